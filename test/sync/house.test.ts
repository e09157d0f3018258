/** A house as a whole: it stops in the middle of work and goes on, its doors take what clients send, its command line joins in. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../src/config.ts';
import { openHouse } from '../../src/house.ts';
import { createLog } from '../../src/log.ts';
import { houseOn, sampleZip, settled, setUp, tempFolder, which } from './district.ts';

const folder = await tempFolder();
after(folder.remove);
const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

async function homeroom(data: string, args: string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const environment = {
    ...process.env,
    HOMEROOM_DATA: data,
    HOMEROOM_HTTP_PORT: '0',
    HOMEROOM_SFTP_PORT: '0',
    NO_COLOR: '1',
  };
  const child = spawn(process.execPath, [main, ...args], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number, out, err };
}

test('a house that is closed in the middle of a check goes on with it when it is opened again', async (t) => {
  const data = join(folder.path, 'stopped');
  let begun: () => void = () => {};
  const checking = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const first = await houseOn(data, { at: (moment) => (moment === 'check' ? begun() : undefined) });
  await setUp(first);
  const { sync } = await first.acts.sync({ path: await sampleZip(folder.path, 'long', { students: 3000 }), ...which });
  await checking;
  await first.close();
  assert.equal(first.ready(), false);

  const second = await houseOn(data);
  t.after(() => second.close());
  const done = await settled(second, sync);
  assert.equal(done.state, 'applied');
  assert.equal(done.fault, null);
  await second.close();
});

test('a port that is taken is a sentence, and nothing is left open', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  const data = join(folder.path, 'taken');
  const open = (settings: Record<string, string>) =>
    openHouse(
      readConfig({ HOMEROOM_DATA: data, HOMEROOM_HTTP_PORT: '0', HOMEROOM_SFTP_PORT: '0', ...settings }),
      createLog('silent'),
      { doors: true },
    );
  await assert.rejects(open({ HOMEROOM_SFTP_PORT: port }), {
    message: `Port ${port} is in use by another program. Start with --sftp-port to choose another.`,
  });
  await assert.rejects(open({ HOMEROOM_HTTP_PORT: port }), {
    message: `Port ${port} is in use by another program. Start with --http-port to choose another.`,
  });
  const house = await open({});
  taken.close();
  const health = await fetch(`${house.http?.url}/healthz`);
  assert.equal(health.status, 200);
  assert.match(house.sftp?.fingerprints[0]?.fingerprint ?? '', /^SHA256:/);
  for (const name of ['', 'archive', 'keys', 'uploads', 'reports', 'run']) {
    assert.equal((await stat(join(data, name))).mode & 0o077, 0, `${name || 'the data folder'} is private`);
  }
  await house.close();
  await house.close();
});

test('commands open the data folder themselves, or join the server that has it', async (t) => {
  const data = join(folder.path, 'commands');
  const done = async (args: string[], input?: string) => {
    const result = await homeroom(data, args, input);
    assert.equal(result.code, 0, result.err);
    return result.out;
  };
  assert.equal(await done(['add', 'product', 'literacy', '--name', 'Literacy']), 'Added the product literacy.\n');
  assert.equal(
    await done(['add', 'district', '1234567', '--name', 'Lakeview Unified', '--slug', 'lakeview']),
    'Added Lakeview Unified (1234567).\n',
  );
  assert.match(
    await done(['add', 'source', '--district', '1234567', '--product', 'literacy']),
    /Files go to \/homeroom\/1234567-lakeview\/literacy\n$/,
  );
  const zip = await sampleZip(folder.path, 'one');
  const held = await homeroom(data, [
    'sync',
    zip,
    '--district',
    '1234567',
    '--product',
    'literacy',
    '--output',
    'json',
  ]);
  assert.equal(held.code, 1);
  const { id, state, counts } = JSON.parse(held.out);
  assert.equal(state, 'held');

  const server = await houseOn(data);
  t.after(() => server.close());
  assert.match(await done(['decide', id, 'apply']), /\nApplied: /);
  const history = JSON.parse(await done(['history', '--output', 'json']));
  assert.deepEqual(
    history.map((sync: Record<string, unknown>) => [sync.id, sync.district, sync.product, sync.state, sync.counts]),
    [[id, '1234567', 'literacy', 'applied', counts]],
  );
  assert.match(await done(['history']), /1234567 Lakeview Unified +literacy +1 +applied/);
  const shown = await done(['show', 'org', '7142394', '--district', 'lakeview', '--product', 'literacy']);
  assert.match(shown, /^orgs 7142394: active, managed by the source SFTP\n/);
  assert.match(shown, /\n {2}\d{4}-\d\d-\d\d \d\d:\d\d UTC {2}create by delivery 1 \(one\.zip, source SFTP\)\n$/);
  const password = 'marmalade bicycle quarter sunrise';
  assert.equal(
    await done(
      ['add', 'contact', 'ana@lakeview.example', '--district', '1234567', '--password-stdin'],
      `${password}\n`,
    ),
    'Added ana@lakeview.example (administrator).\n',
  );
  assert.match(
    await done(['sign-in-link', 'ana@lakeview.example']),
    /^http:\/\/\S+\/sign-in\?token=\S+\nIt works once/,
  );

  const again = await homeroom(data, ['sync', zip, '--district', '1234567', '--product', 'literacy']);
  assert.equal(again.code, 0);
  assert.match(again.out, /\nUnchanged: nothing in this delivery changes the roster\./);
  const audit = await server.db.query<{ act: string }>({
    text: 'select act from audit order by id',
    values: [],
  } as never);
  assert.deepEqual(
    audit.map(({ act }) => act),
    [
      'product added',
      'district added',
      'source added',
      'delivery put',
      'sync apply all',
      'person added',
      'sign-in link made',
      'delivery put',
    ],
  );
});

test('what cannot be done is a sentence and exit code 2', async (t) => {
  const data = join(folder.path, 'commands');
  const server = await houseOn(data);
  t.after(() => server.close());
  const refused = async (args: string[]) => {
    const { code, out, err } = await homeroom(data, args);
    assert.deepEqual([code, out], [2, '']);
    return err;
  };
  const at = ['--district', '1234567', '--product', 'literacy'];
  assert.equal(await refused(['sync', '/nowhere.zip', ...at]), 'There is no file or folder /nowhere.zip.\n');
  assert.equal(
    await refused(['show', 'users', 'nobody', ...at]),
    'There is no record nobody among the users of this roster.\n',
  );
  assert.match(await refused(['show', 'people', 'nobody', ...at]), /^There is no kind people\. Kinds: orgs, /);
  assert.match(await refused(['history', '--district', '99']), /^There is no district 99\./);
  assert.match(await refused(['add', 'product']), /missing required argument/);
  assert.match(await refused(['serve']), /^Another Homeroom is running on the data folder /);
});

test('serve says where it is, and stops cleanly when it is told to', async () => {
  const data = join(folder.path, 'served');
  const environment = { ...process.env, HOMEROOM_DATA: data, HOMEROOM_HTTP_PORT: '0', HOMEROOM_SFTP_PORT: '0' };
  const child = spawn(process.execPath, [main, 'serve'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for await (const part of child.stdout) {
    out += part;
    if (/Nobody can sign in yet/.test(out)) break;
  }
  assert.match(out, /Console {2}http:\/\/127\.0\.0\.1:\d+\n/);
  assert.match(out, /SFTP {5}127\.0\.0\.1 port \d+\n/);
  assert.match(out, /SHA256:\S+ \(ssh-ed25519\)/);
  const pid = Number((await readFile(join(data, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);
  child.kill('SIGTERM');
  const [code] = await once(child, 'exit');
  assert.equal(code, 0);
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'its database has stopped');
});
