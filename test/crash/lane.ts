/** One crash run: the story is lived through by processes that are killed again and again, and must come out as a calm one. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { KillAt, Order, Said, Victim } from './child.ts';
import { mark, type StoryFiles } from './files.ts';
import type { State } from './state.ts';
import { type Counts, story } from './story.ts';

/** What a kill hits, and when: at a named moment, or so many milliseconds after a step has begun or a process was started. */
export type Kill = (
  | { victim: Victim; at: KillAt }
  | { victim: 'process' | 'process and database'; after: 'begin' | 'start'; ms: number }
) & {
  /** It hits so many steps after the first one that the process does. */
  later?: number;
};

/** A kill that has come about. */
export type Hit = { victim: Victim; at?: KillAt; after?: 'begin' | 'start' };

export type Over = { state: State; roster: string; counts: Counts; ms: number };

export const kills: readonly KillAt[] = ['received', 'check', 'checking', 'staged', 'checked', 'compared', 'apply', 'applying', 'applied', 'publishing', 'published', 'rest']; // biome-ignore format: one line is easier to read

type Heard = {
  over: Over[];
  found: string | undefined;
  begun: { step: number; again: boolean; at: number }[];
  heard: number[];
  killed: { victim: Victim; at?: KillAt } | undefined;
  signal: string | null;
};

/** The story without a kill, or its first `steps`: what there is after each step. */
export async function calmly(data: string, files: StoryFiles, steps = story.length): Promise<Over[]> {
  const counts = { deliveries: 0, syncs: 0, decisions: 0 };
  const heard = await live({ data, files, next: 0, end: steps, counts }, undefined);
  assert.equal(heard.signal, null, 'the calm process ended by itself');
  assert.equal(heard.over.length, steps);
  return heard.over;
}

/**
 * Lives through the story once, as far as the calm one went, with the kills that `next` hands out for each process, one a process.
 * @param onKill told of each kill that hit.
 * @throws AssertionError when something differs from the calm run, or does not hold.
 */
export async function killedAgainAndAgain(
  data: string,
  files: StoryFiles,
  calm: readonly Over[],
  next: (step: number) => Kill | undefined,
  onKill: (hit: Hit) => void,
): Promise<void> {
  let step = 0;
  let counts: Counts = { deliveries: 0, syncs: 0, decisions: 0 };
  let wasHeard = false;
  while (step < calm.length) {
    const kill = next(step);
    const heard = await live({ data, files, next: step, end: calm.length, counts }, kill);
    const what = `${story[step]?.say} (step ${step}), then ${JSON.stringify(kill)}`;
    if (heard.found !== undefined) assertWhole(heard.found, calm, step, what);
    for (const [index, over] of heard.over.entries()) assertSame(over, calm[step + index] as Over, what);
    for (const begun of heard.begun) {
      if (begun.step === step && wasHeard) assert.ok(begun.again, `what was heard of is there: ${what}`);
    }
    if (heard.over.length > 0) wasHeard = false;
    step += heard.over.length;
    counts = heard.over.at(-1)?.counts ?? counts;
    wasHeard ||= heard.heard.includes(step);
    if (heard.killed && kill) onKill({ ...kill, ...heard.killed });
  }
  await assertLogs(data);
}

/** The roster that a new process finds is that of before the step or that of after it, and nothing between. */
function assertWhole(found: string, calm: readonly Over[], step: number, what: string): void {
  const empty = calm[0]?.roster as string;
  const allowed = [calm[step - 1]?.roster ?? empty, calm[step]?.roster];
  assert.ok(allowed.includes(found), `the roster is whole: ${what}`);
}

function assertSame(found: Over, expected: Over, what: string): void {
  for (const part of Object.keys(expected.state))
    assert.deepEqual(found.state[part], expected.state[part], `${part} after ${what}`);
}

async function assertLogs(data: string): Promise<void> {
  const log = await readFile(join(data, 'postgres.log'), 'utf8');
  assert.ok(!log.includes(mark), 'no name stands in the log of the database');
}

const script = fileURLToPath(new URL('./child.ts', import.meta.url));

/** Runs one process to its end, or to its kill. */
async function live(order: Order, kill: Kill | undefined): Promise<Heard> {
  const step = order.next + (kill?.later ?? 0);
  const told: Order = kill && 'at' in kill ? { ...order, kill: { ...kill, step } } : order;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, JSON.stringify(told)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<[number | null, string | null]>((resolve) => child.once('close', (...end) => resolve(end)));
  const heard: Heard = { over: [], found: undefined, begun: [], heard: [], killed: undefined, signal: null };
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const killAfter = (ms: number) =>
    setTimeout(() => {
      if (kill && kill.victim === 'process and database') killDatabase(order.data);
      if (kill) heard.killed = { victim: kill.victim };
      child.kill('SIGKILL');
    }, ms);
  let timer = kill && 'after' in kill && kill.after === 'start' ? killAfter(kill.ms) : undefined;
  let last = performance.now();
  let cutOff: string | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = saidIn(line);
    if (!said) cutOff = line;
    else if ('found' in said) heard.found = said.found;
    else if ('begun' in said) {
      heard.begun.push({ step: said.begun, again: said.again, at: performance.now() });
      last = performance.now();
      if (said.begun === step && kill && 'after' in kill && kill.after === 'begin') timer = killAfter(kill.ms);
    } else if ('heard' in said) heard.heard.push(said.heard);
    else if ('killed' in said) heard.killed = { victim: said.killed, at: said.at };
    else {
      assert.deepEqual(said.problems, [], `after ${story[said.over]?.say}`);
      heard.over.push({ state: said.state, roster: said.roster, counts: said.counts, ms: performance.now() - last });
    }
  }
  clearTimeout(timer);
  const [code, signal] = await ended;
  heard.signal = signal;
  assert.ok(code === 0 || signal === 'SIGKILL', `a process ended with ${code}: ${errors.slice(0, 4000)}`);
  assert.ok(cutOff === undefined || signal === 'SIGKILL', `a process has said what nobody understands: ${cutOff}`);
  assert.ok(!errors.includes(mark), 'no name stands in the log');
  return heard;
}

/** Undefined when its process was killed while it said it. */
function saidIn(line: string): Said | undefined {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return undefined;
  }
}

function killDatabase(data: string): void {
  try {
    process.kill(Number.parseInt(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8'), 10), 'SIGKILL');
  } catch {
    // It is not running yet, or not any more.
  }
}
