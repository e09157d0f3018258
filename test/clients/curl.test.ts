import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { signedIn } from '../sftp-client.ts';
import { folder, person, sha256, until } from '../sftp-door.ts';
import { needs, noise, type Ran, run, type Stage, stage, strike } from './program.ts';

describe('curl', () => {
  let s: Stage;
  before(async () => {
    needs('curl', 'curl');
    s = await stage();
    const { out } = await run('curl', ['-V'], { home: s.home });
    if (!/^Protocols:.* sftp/m.test(out))
      throw new Error('This curl was built without SFTP. Install Debian’s: apt-get install curl');
  });
  after(() => strike(s));
  beforeEach(() => {
    s.door.deliveries.length = 0;
  });

  function curl(args: string[], path: string, password = person.password): Promise<Ran> {
    const url = `sftp://127.0.0.1:${s.door.port}${encodeURI(path)}`;
    return run('curl', ['-sS', '--user', `${person.username}:${password}`, ...args, url], { home: s.home });
  }

  test('puts a zip into the folder, twice', async () => {
    const path = await s.file('OneRoster.zip', noise(2_000_000));
    for (let i = 0; i < 2; i++) {
      const ran = await curl(['-T', path], `${folder}/`);
      assert.equal(ran.code, 0, ran.errors);
    }
    assert.deepEqual(
      s.door.deliveries.map(({ name, files }) => `${name} ${sha256(files[0]!.bytes)}`),
      Array.from({ length: 2 }, () => `OneRoster.zip ${sha256(noise(2_000_000))}`),
    );
  });

  test('puts under a temporary name and renames', async () => {
    const path = await s.file('OneRoster.zip', noise(1000));
    const rename = `-rename ${folder}/OneRoster.zip.tmp ${folder}/OneRoster.zip`;
    const ran = await curl(['-T', path, '-Q', rename], `${folder}/OneRoster.zip.tmp`);
    assert.equal(ran.code, 0, ran.errors);
    assert.deepEqual(
      s.door.deliveries.map(({ name }) => name),
      ['OneRoster.zip'],
    );
  });

  test('lists the folder', async () => {
    await curl(['-T', await s.file('a b.zip', noise(1234))], `${folder}/a b.zip`);
    const ran = await curl([], `${folder}/`);
    assert.equal(ran.code, 0, ran.errors);
    assert.match(ran.out, /^-rw------- .* 1234 .* a b\.zip$/m);
  });

  test('resumes an upload that was cut off', async () => {
    const bytes = noise(800_000);
    const path = await s.file('Resumed.zip', bytes);
    const half = await signedIn(s.door);
    const handle = await half.open(`${folder}/Resumed.zip`, 'w');
    await half.write(handle, bytes.subarray(0, 300_000), 0);
    half.end();
    const other = await signedIn(s.door);
    await until(async () => (await other.stat(`${folder}/Resumed.zip`)).size === 300_000);
    other.end();
    const ran = await curl(['-C', '-', '-T', path], `${folder}/Resumed.zip`);
    assert.equal(ran.code, 0, ran.errors);
    assert.equal(sha256(s.door.deliveries[0]!.files[0]!.bytes), sha256(bytes));
  });

  test('is denied elsewhere', async () => {
    const path = await s.file('OneRoster.zip', 'PK');
    for (const place of ['/imagine/', `${folder}/reports/`, '/etc/']) {
      const ran = await curl(['-T', path], place);
      assert.notEqual(ran.code, 0, place);
    }
    assert.equal(s.door.deliveries.length, 0);
  });

  test('a wrong password ends it', async () => {
    const ran = await curl([], '/', 'wrong');
    assert.equal(ran.code, 67, 'CURLE_LOGIN_DENIED');
  });
});
