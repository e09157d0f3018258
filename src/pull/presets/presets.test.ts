/** Each preset is recognised by addresses that its districts have, sets what can be set, and asks nobody else for tokens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedPullSettings } from '../../core/pull-settings.ts';
import { addressCandidates, tokenCandidates } from '../probe-addresses.ts';
import { elsewhereFor, presetFor, presetShown, presets } from './index.ts';

const known: [string, string][] = [
  ['classlink', 'https://lakeview-v2.oneroster.com/ims/oneroster/v1p1'],
  ['classlink-proxy', 'https://oneroster-proxy.classlink.io/abc%2F1%3D/ims/oneroster/v1p1'],
  ['classlink-proxy', 'https://oneroster-proxy.apis.classlink.com/abc/ims/oneroster/v1p1'],
  [
    'infinite-campus',
    'https://lakeview.infinitecampus.org/campus/api/oneroster/v1p2/lakeview/ims/oneroster/rostering/v1p2',
  ],
  ['infinite-campus', 'https://sis.lakeview.example/campus/oneroster/lakeview/ims/oneroster/v1p1'],
  ['powerschool', 'https://lakeview.powerschool.com/api/ims/oneroster/v1p1'],
  ['powerschool-unified-classroom', 'https://accounts.powerschool.com/as/token.oauth2'],
  ['eschoolplus', 'https://eschoolplus.lakeview.example/ims/oneroster/rostering/v1p2'],
  ['skyward', 'https://skyward.lakeview.example/API/ims/oneroster/v1p1'],
  ['skyward-qmlativ', 'https://lakeview.example/qmlativ/ims/oneroster/v1p1'],
  ['aeries', 'https://lakeview.aeries.net/aeries/ims/oneroster/v1p1'],
  ['aeries', 'https://lakeviewapi.aeries.net/ims/oneroster/v1p1'],
  ['synergy', 'https://lakeview.edupoint.com/ims/oneroster/v1p1'],
  ['blackbaud', 'https://lakeview.myschoolapp.com/ims/oneroster/v1p1'],
  ['blackbaud', 'https://oauth2.sky.blackbaud.com/token'],
  ['aspen', 'https://lakeview.myfollett.com/ims/oneroster/v1p1'],
  ['aspen', 'https://x2-lakeview.example/ims/oneroster/v1p1'],
  ['rediker', 'https://lakeview.rediker.example/ims/oneroster/v1p1'],
  ['gg4l', 'https://oneroster.gg4l.example/ims/oneroster/v1p1'],
  ['kimono', 'https://api.kimonocloud.example/ims/oneroster/v1p1'],
  ['edsembli', 'https://lakeview.edsembli.example/ims/oneroster/v1p1'],
  ['login-token', 'https://roster.lakeview.example/login'],
  ['untis', 'https://api.webuntis.com/ims/oneroster/v1p1'],
  ['certification-sandbox', 'https://onerosterv1p1.imsglobal.org/ims/oneroster/v1p1'],
];

for (const [id, address] of known) {
  test(`${id} is recognised by ${new URL(address).host}`, () => {
    assert.equal(presetFor(address)?.id, id);
  });
}

test('an address of nobody is nobody’s, and a token address is enough to tell', () => {
  assert.equal(presetFor('https://sis.lakeview.example/ims/oneroster/v1p1'), undefined);
  assert.equal(
    presetFor('https://x.example/api', 'https://lakeview.powerschool.com/oauth/access_token')?.id,
    'powerschool',
  );
  assert.equal(presetFor('nonsense', null, undefined), undefined);
});

test('every preset has an address here, and a sentence in which it is said', () => {
  assert.deepEqual([...new Set(known.map(([id]) => id))].sort(), presets.map(({ id }) => id).sort());
  for (const { id, known: by } of presets) assert.ok(by.length > 0, id);
});

test('answers tell what addresses do not, and nothing of most servers', () => {
  const shown = (headers: string[], hrefs: string[]) =>
    presetShown({ headers: new Set(headers), hrefs: new Set(hrefs) })?.id;
  assert.equal(shown(['content-type', 'x-total-count', 'x-count', 'link'], []), 'classlink');
  assert.equal(shown(['content-type'], ['~/ims/oneroster/v1p1/orgs/894']), 'aeries');
  assert.equal(
    shown(['content-type', 'x-total-count', 'link'], ['https://sis.example/ims/oneroster/v1p1/orgs/1']),
    undefined,
  );
});

test('Clever is told for what it is, and no other', () => {
  assert.equal(elsewhereFor('https://api.clever.com/v3.0')?.id, 'clever');
  for (const [, address] of known) assert.equal(elsewhereFor(address), undefined);
  assert.equal(presetFor('https://aspenk12.example/ims/oneroster/v1p1'), undefined, 'a town, not a system');
});

test('what presets set can be set, and each has an id of its own', () => {
  assert.equal(new Set(presets.map(({ id }) => id)).size, presets.length);
  for (const { settings } of presets) assert.deepEqual(changedPullSettings({}, settings), settings);
});

test('tokens are asked for where they were said to be, or under the same server and hosts of the system', () => {
  for (const [id, address] of known) {
    const preset = presetFor(address);
    const { origin } = new URL(address);
    for (const url of tokenCandidates(address, undefined, preset)) {
      const own = new URL(url).origin === origin;
      const system = preset?.tokenUrls?.(new URL(address)).includes(url);
      assert.ok(own || system, `${id}: ${url}`);
    }
    assert.deepEqual(tokenCandidates(address, ' https://t.example/token/?a=b ', preset), [
      'https://t.example/token/?a=b',
    ]);
  }
  const campus = 'https://lakeview.infinitecampus.org/campus/oneroster/lakeview/ims/oneroster/v1p1';
  assert.equal(
    tokenCandidates(campus, undefined, presetFor(campus))[0],
    'https://lakeview.infinitecampus.org/campus/oauth2/token?appName=lakeview',
  );
});

test('addresses are tried on the server that was pasted, the pasted one early, and percent signs stay', () => {
  const proxy = 'https://oneroster-proxy.classlink.io/abc%2F1%3D/ims/oneroster/v1p1';
  assert.equal(addressCandidates(`${proxy}/users/`, presetFor(proxy))[0], proxy);
  assert.equal(
    addressCandidates('sis.lakeview.example', undefined)[0],
    'https://sis.lakeview.example/ims/oneroster/rostering/v1p2',
  );
  for (const [, address] of known)
    for (const each of addressCandidates(address, presetFor(address)))
      assert.equal(new URL(each).origin, new URL(address).origin);
  assert.ok(!addressCandidates('https://old.example/learningdata/v1', undefined)[0]?.includes('learningdata'));
  assert.throws(() => addressCandidates('ftp://sis.example/', undefined), { code: 'api-address' });
  assert.throws(() => addressCandidates('https://user:pass@sis.example/', undefined), { code: 'api-address' });
});
