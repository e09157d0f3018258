import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { callControl, InUseError, openControl, socketPath } from './control.ts';
import { Refusal } from './core/refusal.ts';
import { createLog } from './log.ts';

const root = await mkdtemp(join(tmpdir(), 'hr-control-'));
after(() => rm(root, { recursive: true, force: true }));
const log = createLog('silent');
let count = 0;
async function dataDir(): Promise<string> {
  const dir = join(root, String(count++));
  await mkdir(join(dir, 'run'), { recursive: true });
  return dir;
}

test('acts are called by name, and refusals and faults come back as such', async () => {
  const dir = await dataDir();
  const control = await openControl(dir, log);
  await assert.rejects(callControl(dir, 'add', {}), { code: 'starting', status: 503 });
  control.open({
    add: async ({ a, b }: { a: number; b: number }) => a + b,
    nothing: async () => undefined,
    refuse: async () => {
      throw new Refusal('not-found', 404, 'There is no such district.');
    },
    fail: async () => {
      throw new Error('secret of a row');
    },
  });
  assert.deepEqual(await callControl(dir, 'add', { a: 2, b: 3 }), { result: 5 });
  assert.deepEqual(await callControl(dir, 'nothing', {}), { result: null });
  await assert.rejects(callControl(dir, 'refuse', {}), {
    code: 'not-found',
    status: 404,
    message: 'There is no such district.',
  });
  await assert.rejects(
    callControl(dir, 'fail', {}),
    (error: Refusal) => error.code === 'fault' && !/secret/.test(error.message),
  );
  await assert.rejects(callControl(dir, 'toString', {}), { code: 'unknown-act' });
  await control.close();
  assert.equal(await callControl(dir, 'add', { a: 1, b: 1 }), undefined);
});

test('the socket is private, and one process at a time has the folder', async () => {
  const dir = await dataDir();
  const control = await openControl(dir, log);
  assert.equal((await stat(socketPath(dir))).mode & 0o777, 0o600);
  await assert.rejects(openControl(dir, log), InUseError);
  await control.close();
  const again = await openControl(dir, log);
  await again.close();
});

test('nobody there is not an error, and a path too long for a socket is a sentence', async () => {
  assert.equal(await callControl(await dataDir(), 'add', {}), undefined);
  await assert.rejects(openControl(join(root, 'x'.repeat(100)), log), { code: 'path-too-long' });
});
