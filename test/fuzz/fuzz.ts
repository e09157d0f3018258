/**
 * Feeds the check with random and mutated bytes for a while: `node test/fuzz/fuzz.ts --seconds 60 [--seed N]`.
 * The work is done in a thread that is watched from outside, so that an endless loop or memory without bound ends as a
 * corpus file like any other broken promise. Exit code 1 when something was found.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Random, randomFrom } from '../differential/faults.ts';
import type { InputKind } from './input.ts';
import { mutate } from './mutate.ts';
import { holdsFor } from './promises.ts';

const corpus = join(import.meta.dirname, 'corpus');
/** Work of this length on one input does not end; time in which the machine lets others work does not count. */
const slowMs = 40_000;
const memoryLimitBytes = 1 << 30;
const mostBytes = 1 << 18;

type Input = { kind: InputKind; bytes: Buffer };
type Message = { tried: number; kept: number } | { crash: string };
type Shared = { seed: number; input: SharedArrayBuffer };

async function main(): Promise<void> {
  const option = (name: string, otherwise: number) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : Number(process.argv[at + 1]);
  };
  const until = Date.now() + option('seconds', 60) * 1000;
  let seed = option('seed', Date.now() % 1_000_000);
  let tried = 0;
  const found = new Set<string>();
  while (Date.now() < until) {
    const { count, crash } = await watched(seed, until);
    tried += count;
    if (crash) {
      console.log(`seed ${seed}: ${crash}`);
      found.add(crash);
    }
    seed++;
  }
  console.log(`${tried} inputs tried, ${found.size} of them broke a promise.`);
  process.exitCode = found.size > 0 ? 1 : 0;
}

/** Runs one thread until the time is over, something is found, or it does not answer any more. */
function watched(seed: number, until: number): Promise<{ count: number; crash?: string }> {
  const input = new SharedArrayBuffer(mostBytes + 8);
  const worker = new Worker(import.meta.filename, {
    workerData: { seed, input } satisfies Shared,
    resourceLimits: { maxOldGenerationSizeMb: 700 },
  });
  let count = 0;
  let last = workedMs();
  let told = Date.now();
  return new Promise((resolve) => {
    const end = async (why?: string) => {
      clearInterval(timer);
      await worker.terminate();
      resolve(why === undefined ? { count } : { count, crash: `${why} -> ${save(current(input))}` });
    };
    const timer = setInterval(() => {
      if (Date.now() - told > 60_000) {
        told = Date.now();
        console.log(`seed ${seed}: ${count} inputs so far`);
      }
      if (workedMs() - last > slowMs) end(`no answer within ${slowMs} ms of work`);
      else if (process.memoryUsage.rss() > memoryLimitBytes) end('more memory than there should be');
      else if (Date.now() > until) end();
    }, 250);
    worker.on('message', (message: Message) => {
      last = workedMs();
      if ('crash' in message) end(message.crash);
      else count = message.tried;
    });
    worker.on('error', (error) => end(error.message.split('\n', 1)[0]));
  });
}

/** Processor time of this process so far, in milliseconds. */
function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function work({ seed, input }: Shared): Promise<void> {
  const random = randomFrom(seed);
  const pool: Input[] = readdirSync(corpus)
    .sort()
    .map((name) => ({ kind: kindOf(name), bytes: readFileSync(join(corpus, name)) }));
  const met = new Set<string>();
  for (let tried = 1; ; tried++) {
    const next = made(pool, random);
    share(next, input);
    try {
      const rules = (await holdsFor(next.kind, next.bytes)).join(' ');
      // A set of rules that was not met before: worth being changed further.
      if (!met.has(rules) && pool.length < 3000) pool.push(next);
      met.add(rules);
    } catch (error) {
      const crash = ((error as Error).stack ?? String(error)).split('\n').slice(0, 2).join(' ').slice(0, 300);
      parentPort?.postMessage({ crash } satisfies Message);
      return;
    }
    parentPort?.postMessage({ tried, kept: pool.length } satisfies Message);
  }
}

function made(pool: Input[], random: Random): Input {
  const { kind, bytes } = pool[random(pool.length)] as Input;
  if (random(500) === 0) return { kind, bytes: Buffer.from(Array.from({ length: random(3000) }, () => random(256))) };
  const alike = pool.filter((other) => other.kind === kind);
  return { kind, bytes: mutate(bytes, (alike[random(alike.length)] as Input).bytes, random) };
}

const kindOf = (name: string) => name.slice(name.lastIndexOf('.') + 1) as InputKind;

/** The present input lies where the watching thread can read it: kind, length, bytes. */
function share({ kind, bytes }: Input, shared: SharedArrayBuffer): void {
  const view = Buffer.from(shared);
  view.writeUInt32LE(kind === 'zip' ? 1 : 0, 0);
  view.writeUInt32LE(bytes.length, 4);
  bytes.copy(view, 8);
}

function current(shared: SharedArrayBuffer): Input {
  const view = Buffer.from(shared);
  const length = view.readUInt32LE(4);
  return { kind: view.readUInt32LE(0) === 1 ? 'zip' : 'set', bytes: Buffer.from(view.subarray(8, 8 + length)) };
}

function save({ kind, bytes }: Input): string {
  const name = `found-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.${kind}`;
  writeFileSync(join(corpus, name), bytes);
  return name;
}

if (isMainThread) await main();
else await work(workerData as Shared);
