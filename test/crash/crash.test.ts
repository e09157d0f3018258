/** A process that is killed at any step of a sync leaves nothing that the next one cannot put right. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sampleZip, tempFolder } from '../sync/district.ts';
import type { Order } from './child.ts';
import type { State } from './state.ts';

const moments = [
  'received', 'check', 'checking', 'staged', 'checked', 'compared', 'apply', 'applying', 'applied', 'publishing', 'published',
] as const; // biome-ignore format: one line is easier to read
const folder = await tempFolder();
after(folder.remove);

/** What a child prints, a state a line, and whether it was killed. */
async function child(order: Order): Promise<{ states: State[]; signal: string | null; errors: string }> {
  const script = fileURLToPath(new URL('./child.ts', import.meta.url));
  const running = spawn(process.execPath, [script, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code, signal]] = await Promise.all([
    text(running.stdout),
    text(running.stderr),
    once(running, 'close'),
  ]);
  assert.ok(code === 0 || signal === 'SIGKILL', `the child ended with ${code}: ${errors}`);
  return {
    states: output
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as State),
    signal,
    errors,
  };
}

test('a sync that is killed at any moment ends as if nothing had happened', async () => {
  const files: string[] = [];
  for (const [generation, moment] of moments.entries()) {
    const faults = moment === 'checking' || moment === 'staged' || moment === 'publishing';
    files.push(await sampleZip(folder.path, `${generation}`, { generation, faults, students: 60 }));
  }
  const calm = await child({ data: join(folder.path, 'calm'), fresh: true, take: files });
  assert.equal(calm.states.length, files.length);

  const data = join(folder.path, 'killed');
  for (const [index, at] of moments.entries()) {
    const before = await child({ data, fresh: index === 0, look: index > 0, put: files[index] as string, at });
    assert.equal(before.signal, 'SIGKILL', `died at ${at}`);
    if (index > 0) assertSame(before.states[0], calm.states[index - 1], moments[index - 1]);
  }
  const last = await child({ data, look: true });
  assertSame(last.states[0], calm.states.at(-1), moments.at(-1));
});

function assertSame(found: State = {}, expected: State = {}, died = ''): void {
  for (const part of Object.keys(expected))
    assert.deepEqual(found[part], expected[part], `${part} after dying at ${died}`);
}
