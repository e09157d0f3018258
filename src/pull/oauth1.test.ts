/** Signatures are those of the published vectors, and of a second implementation for any input. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import Second from 'oauth-1.0a';
import { authorization, baseString, normalised, type OAuth1, signatureOf } from './oauth1.ts';

const photos = 'http://photos.example.net/photos?file=vacation.jpg&size=original';
const users = 'https://sis.example.edu/ims/oneroster/v1p1/users';
const delta = `${users}?limit=2&offset=0&sort=sourcedId&orderBy=asc&filter=dateLastModified%3E%272024-08-01T00%3A00%3A00.000Z%27%20AND%20familyName~%27O%20Neil%27`;
const port = 'https://sis.example.edu:443/ims/oneroster/v1p1/users?filter=givenName%3D%27Colin+Robert%27';
const orgs = 'https://sis.example.edu/ims/oneroster/v1p1/orgs';
const odd =
  'https://SIS.Example.edu:8443/Ims/OneRoster/v1p1/users?filter=familyName%3d%27Mu%c3%b1oz%27&fields=sourcedId&fields=email&x=&y=a%2Bb';

const awkward = { consumerKey: 'key-123', consumerSecret: 's3cr3t/+ &x' };
const plain = { consumerKey: 'key-123', consumerSecret: 'plainsecret' };
const foreign = { consumerKey: 'ключ 1', consumerSecret: 'gëheim~*' };
const sha1 = { method: 'HMAC-SHA1', version: '1.0' } as const;
const sha256 = { method: 'HMAC-SHA256', version: '1.0' } as const;
const at = (nonce: string) => ({ nonce, timestamp: 1722470400 });
const long = at('abcDEF0123456789');
const short = at('n0nce');

const vectors: [string, string, OAuth1, { nonce: string; timestamp: number }, string][] = [
  ['A', delta, { ...awkward, ...sha1 }, long, 'iWAOjdTJ/HmDZLtWgypgwkta+mM='],
  ['B', delta, { ...awkward, ...sha256 }, long, 'pbgaJl/DELhbLn/JgLoXqRRmtoSEwCui5rUValt9LXY='],
  ['C', delta, { ...awkward, method: 'HMAC-SHA256' }, long, 'kj0UkN1FIt2vFa1RIIW610PwR+LbpdwjRc6PJp/ddJE='],
  ['D', port, { ...plain, ...sha1 }, short, 'KZH4QMaF5aOcHwE0SawRaxAazHg='],
  ['E', port, { ...plain, ...sha256 }, short, 'b/140cHfscX1KTZNNMiq35tuAOB+86KfcRu7dX5smMY='],
  ['F', orgs, { ...plain, ...sha256 }, short, '1g1kxsigUiDdi9sTH74QkOhALbT5wNKDSaEVmf+aMLo='],
  ['G', orgs, { ...plain, ...sha1 }, short, 'qoI3HAsHEJLs0nafpjW5eQeaeaE='],
  ['H', odd, { ...foreign, ...sha1 }, at('n-1'), 'kVkgbkdbkADaLHxUKZYbiN3FJuw='],
  ['I', odd, { ...foreign, ...sha256 }, at('n-1'), 'cmluCBbYFfWa126d8T/s9Eubukx0gCDT1pO4LTzGW9I='],
];

for (const [name, url, oauth, moment, expected] of vectors) {
  test(`vector ${name}`, () => {
    assert.equal(signatureOf('get', url, oauth, moment), expected);
  });
}

test('the classic vector with a token', () => {
  const oauth: OAuth1 = {
    consumerKey: 'dpf43f3p2l4k3l03',
    consumerSecret: 'kd94hf93k423kf44',
    ...sha1,
    token: { key: 'nnch734d00sl2jdk', secret: 'pfkkdhi9sl3r4s00' },
  };
  const moment = { nonce: 'kllo9940pd9333jh', timestamp: 1191242096 };
  assert.equal(signatureOf('GET', photos, oauth, moment), 'tR3+Ty81lMeYAr/Fid0kMTYa/WM=');
});

test('the header of vector A, and what was signed', () => {
  assert.equal(
    authorization('GET', delta, { ...awkward, ...sha1 }, long),
    'OAuth oauth_consumer_key="key-123", oauth_nonce="abcDEF0123456789", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1722470400", oauth_version="1.0", oauth_signature="iWAOjdTJ%2FHmDZLtWgypgwkta%2BmM%3D"',
  );
  assert.equal(
    baseString('GET', port, [
      ['oauth_consumer_key', 'key-123'],
      ['oauth_nonce', 'n0nce'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '1722470400'],
      ['oauth_version', '1.0'],
    ]),
    'GET&https%3A%2F%2Fsis.example.edu%2Fims%2Foneroster%2Fv1p1%2Fusers&filter%3DgivenName%253D%2527Colin%2520Robert%2527%26oauth_consumer_key%3Dkey-123%26oauth_nonce%3Dn0nce%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1722470400%26oauth_version%3D1.0',
  );
  const pairs = [
    ['filter', "familyName='Muñoz'"],
    ['fields', 'sourcedId'],
    ['fields', 'email'],
    ['x', ''],
    ['y', 'a+b'],
  ] as const;
  assert.equal(normalised(pairs), 'fields=email&fields=sourcedId&filter=familyName%3D%27Mu%C3%B1oz%27&x=&y=a%2Bb');
});

test('any input is signed as the library oauth-1.0a signs it', () => {
  const word = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => text.toWellFormed());
  const name = fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !/^oauth_/.test(text));
  fc.assert(
    fc.property(
      fc.constantFrom('HMAC-SHA1' as const, 'HMAC-SHA256' as const),
      word,
      word,
      fc.uniqueArray(fc.tuple(name, word), { selector: ([key]) => key, maxLength: 6 }),
      fc.webPath(),
      (method, consumerKey, consumerSecret, pairs, path) => {
        const query = pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&');
        const url = new URL(`https://sis.example.edu${path}${query ? `?${query}` : ''}`).href;
        const second = new Second({
          consumer: { key: consumerKey, secret: consumerSecret },
          signature_method: method,
          hash_function: (base, key) =>
            createHmac(method === 'HMAC-SHA1' ? 'sha1' : 'sha256', key)
              .update(base)
              .digest('base64'),
        });
        const moment = { nonce: 'n', timestamp: 1722470400 };
        // Its nonce and its clock are its own, so it is handed ours.
        const data = {
          oauth_consumer_key: consumerKey,
          oauth_nonce: moment.nonce,
          oauth_signature_method: method,
          oauth_timestamp: moment.timestamp,
          oauth_version: '1.0',
        };
        // It does not decode names in an address, so it is handed them beside it.
        const request = { url: url.split('?')[0] as string, method: 'GET', data: Object.fromEntries(pairs) };
        const expected = second.getSignature(request, undefined, data as unknown as Second.Data);
        const oauth: OAuth1 = { consumerKey, consumerSecret, method, version: '1.0' };
        assert.equal(signatureOf('GET', url, oauth, moment), expected);
      },
    ),
    { numRuns: 500 },
  );
});
