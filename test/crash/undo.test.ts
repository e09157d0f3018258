/** A rollback that is killed at any of its steps is done whole by the next process, once. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { sampleZip, tempFolder } from '../sync/district.ts';
import type { UndoOrder, UndoState } from './undo-child.ts';

const moments = ['compared', 'apply', 'applying', 'applied', 'publishing', 'published'] as const;
const folder = await tempFolder();
after(folder.remove);

async function child(order: UndoOrder): Promise<{ states: UndoState[]; signal: string | null }> {
  const script = fileURLToPath(new URL('./undo-child.ts', import.meta.url));
  const running = spawn(process.execPath, [script, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code, signal]] = await Promise.all([
    text(running.stdout),
    text(running.stderr),
    once(running, 'close'),
  ]);
  assert.ok(code === 0 || signal === 'SIGKILL', `the child ended with ${code}: ${errors}`);
  const lines = output.split('\n').filter(Boolean);
  return { states: lines.map((line) => JSON.parse(line) as UndoState), signal };
}

test('a rollback, and the rollback of a rollback, are whole and once wherever they were killed', async () => {
  const data = join(folder.path, 'data');
  const take = [await sampleZip(folder.path, '0'), await sampleZip(folder.path, '1', { generation: 1 })];
  const [first, ...rest] = moments;
  const begun = await child({ data, take, at: first });
  assert.equal(begun.signal, 'SIGKILL');
  const [before, night] = begun.states as [UndoState, UndoState];
  assert.notEqual(before.roster, night.roster);
  const changes = new Set<string>();
  for (const [index, at] of [...rest, undefined].entries()) {
    const { states, signal } = await child({ data, ...(at ? { at } : {}) });
    assert.equal(signal, at ? 'SIGKILL' : null);
    const [found] = states as [UndoState];
    const died = `after dying at ${moments[index]}`;
    // Each process takes back what the one before it did: odd ones bring the first roster, even ones the second.
    const expected = index % 2 === 0 ? before : night;
    assert.deepEqual(JSON.parse(found.roster), JSON.parse(expected.roster), died);
    assert.equal(found.syncs.length, 3 + index, died);
    const [number, ...words] = (found.syncs.at(-1) as string).split(' ');
    assert.equal(number, String(3 + index));
    changes.add(words.join(' '));
    const newer = found.syncs.at(-2) as string;
    assert.match(newer, / rolled back /, died);
    assert.equal(found.stages, 0, 'no stage is left');
  }
  assert.equal(
    changes.size,
    1,
    `the same origin, state, steps and number of changes each time: ${[...changes].join('; ')}`,
  );
  assert.match([...changes][0] as string, /^rollback applied (\d+) \1 1 applying,comparing,published$/);
});
