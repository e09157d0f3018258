/** Exchanging the key: everything is readable before, meanwhile, after, and wherever it is broken off. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { after, test } from 'node:test';
import sql from 'sql-template-tag';
import { testDb } from '../../test/postgres.ts';
import { addAccount } from '../db/accounts.ts';
import type { Db } from '../db/db.ts';
import { addMail } from '../db/mails.ts';
import { sealedColumns } from '../db/sealed.ts';
import { beginSecondFactor, secondFactorOf } from '../db/second-factors.ts';
import { openVault } from '../vault.ts';
import { type Archive, archivedKeys, openArchive } from './archive.ts';
import { type HouseKeys, openKeys } from './keys.ts';
import { rotateKeys } from './rotate.ts';

const root = await mkdtemp(join(tmpdir(), 'homeroom-rotate-'));
after(() => rm(root, { recursive: true, force: true }));
let count = 0;

/** One chunk, several chunks, exactly one, and none. */
const contents = [Buffer.from('small'), randomBytes(600_000), randomBytes(256 * 1024), Buffer.alloc(0)];

async function house(setting = '') {
  const dir = join(root, String(++count));
  const db = await testDb();
  const open = async (given = setting) => {
    const keys = await openKeys(given, join(dir, 'keys'));
    const archive = await openArchive({ dir: join(dir, 'archive'), tempDir: join(dir, 'work'), key: keys });
    return { db, keys, archive, vault: openVault(keys) };
  };
  const rooms = await open();
  const names: string[] = [];
  for (const content of contents) names.push((await rooms.archive.put(Readable.from([content]))).key);
  const account = await addAccount(db, { email: 'olga@homeroom.example', role: 'owner' });
  const sealed = rooms.vault.seal('JBSWY3DPEHPK3PXP', `second factor:${account.id}`);
  await beginSecondFactor(db, account.id, sealed, new Date());
  const link = rooms.vault.seal('https://rosters.example/x', 'mail link');
  await addMail(db, {
    to: 'a@b.example',
    subject: 'x',
    text: '{link}',
    secret: true,
    sealedLink: link,
    at: new Date(),
  });
  const keyFile = async () => (await readFile(join(dir, 'keys', 'archive.key'), 'utf8')).trim().split('\n');
  return { dir, db, rooms, open, names, account, keyFile };
}

type Rooms = { db: Db; keys: HouseKeys; archive: Archive; vault: ReturnType<typeof openVault> };

async function readable({ db, archive, vault }: Rooms, names: string[], accountId: string): Promise<void> {
  for (const [at, name] of names.entries()) {
    assert.ok((await buffer(archive.get(name))).equals(contents[at] as Buffer), `object ${at}`);
  }
  const factor = await secondFactorOf(db, accountId);
  assert.equal(vault.open(factor?.sealedSecret as Buffer, `second factor:${accountId}`), 'JBSWY3DPEHPK3PXP');
  const mail = await db.one<{ link: Buffer }>(sql`select sealed_link as link from mails`);
  assert.equal(vault.open(mail?.link as Buffer, 'mail link'), 'https://rosters.example/x');
}

test('a new key encrypts everything, and the former one opens nothing any more', async () => {
  const { dir, rooms, open, names, account, keyFile } = await house();
  const [former] = await keyFile();
  assert.deepEqual(await rotateKeys(rooms), { files: 4, secrets: 2, inSetting: false });
  await readable(rooms, names, account.id);
  const [current, ...rest] = await keyFile();
  assert.deepEqual([rest, current === former], [[], false]);
  await readable(await open(), names, account.id);
  const old = { ...(await open(former)), db: rooms.db };
  await assert.rejects(buffer(old.archive.get(names[0] as string)), /damaged/);
  assert.deepEqual((await archivedKeys(join(dir, 'archive'))).sort(), [...names].sort());
});

test('broken off at any moment, everything stays readable, and calling it again brings it to an end', async () => {
  for (const step of ['secrets', 'file 0', 'file 2', 'end'] as const) {
    const { rooms, open, names, account, keyFile } = await house();
    const stop = new Error('the power went');
    const broken: Rooms = { ...rooms };
    let secrets = 0;
    if (step === 'secrets') {
      broken.vault = {
        ...rooms.vault,
        seal: (...given) => {
          if (++secrets > 1) throw stop;
          return rooms.vault.seal(...given);
        },
      };
    } else if (step === 'end') {
      broken.keys = { ...rooms.keys, all: rooms.keys.all, finish: () => Promise.reject(stop) };
    } else {
      const limit = Number(step.slice(5));
      // Ended between two objects: the files that were done lie there anew, the others as before.
      broken.archive = {
        ...rooms.archive,
        async reencrypt() {
          for (const [at, name] of names.entries()) {
            if (at >= limit) throw stop;
            await rooms.archive.put(Readable.from([await buffer(rooms.archive.get(name))]));
          }
          return names.length;
        },
      };
    }
    await assert.rejects(rotateKeys(broken), stop, step);
    assert.equal((await keyFile()).length, 2, `${step}: both keys are kept`);
    const again = await open();
    await readable(again, names, account.id);
    await rotateKeys(again);
    await readable(again, names, account.id);
    assert.equal((await keyFile()).length, 1);
    await readable(await open(), names, account.id);
  }
});

test('what is put while the keys change is readable afterwards', async () => {
  const { rooms, open } = await house();
  let go: () => void = () => {};
  const wait = new Promise<void>((resolve) => {
    go = resolve;
  });
  async function* slow() {
    yield Buffer.from('begun with the former key, ');
    await wait;
    yield Buffer.from('and ended with the new one there');
  }
  const putting = rooms.archive.put(slow());
  const rotating = rotateKeys(rooms);
  await new Promise((resolve) => setTimeout(resolve, 50));
  go();
  const [{ key }] = await Promise.all([putting, rotating]);
  assert.match((await buffer((await open()).archive.get(key))).toString(), /^begun with .* new one there$/);
});

test('keys in the setting: the new one before the former one, which can then be taken out', async () => {
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
  const { rooms, open, names, account } = await house(first);
  await assert.rejects(rotateKeys(rooms), {
    code: 'one-key',
    message: /Put a new key before it, separated by a comma/,
  });
  const both = await open(`${second},${first}`);
  await readable(both, names, account.id);
  assert.deepEqual(await rotateKeys(both), { files: 4, secrets: 2, inSetting: true });
  await readable(await open(second), names, account.id);
  assert.deepEqual(await rotateKeys(both), { files: 0, secrets: 0, inSetting: true }, 'again changes nothing');
});

test('a secret that no key opens does not keep the others from a new key', async () => {
  const { db, rooms, account } = await house();
  const lost = openVault(randomBytes(32)).seal('x', 'mail link');
  await addMail(db, {
    to: 'c@d.example',
    subject: 'x',
    text: '{link}',
    secret: true,
    sealedLink: lost,
    at: new Date(),
  });
  assert.equal((await rotateKeys(rooms)).secrets, 2);
  assert.ok(account.id);
});

test('every column that is named as sealed is sealed anew', async () => {
  const db = await testDb();
  const columns = await db.query<{ table: string; column: string }>(sql`
    select table_name as table, column_name as column from information_schema.columns
    where column_name like 'sealed\_%' and table_schema = 'public' order by 1, 2`);
  const listed = sealedColumns.map(({ table, column }) => ({ table, column }));
  assert.deepEqual(
    columns,
    listed.sort((a, b) => a.table.localeCompare(b.table)),
  );
});
