/** Follows a sync live on standard error: a bar while it is read, a line for each step that is done. */

import { setTimeout as sleep } from 'node:timers/promises';
import { thousands } from '../core/words.ts';
import { type Bar, progressBar } from './progress.ts';

/** What following needs to know of a sync; times may have come through JSON. */
type Facts = {
  state: string;
  /** It is held still, and about to be taken up again. */
  decided: boolean;
  /** Nothing happens to it until somebody does something. */
  waits: boolean;
  steps: {
    step: string;
    startedAt: Date | string;
    finishedAt: Date | string | null;
    detail: Record<string, unknown>;
  }[];
};
type Follow<F> = { follow(which: { sync: string }): Promise<F> };

const pauseMs = 100;
/** States in which nothing happens until somebody does something. */
const restStates = ['applied', 'unchanged', 'rejected', 'held', 'superseded', 'discarded', 'failed', 'rolled back'];
const words: Record<string, string> = {
  received: 'received: safe on disk',
  checking: 'checked',
  comparing: 'compared with the live roster',
  applying: 'applied',
};

/** Answers with the sync when it rests, and its outcome is told, or when `signal` is aborted. */
export async function followSync<F extends Facts>(acts: Follow<F>, sync: string, signal?: AbortSignal): Promise<F> {
  const told = new Set<string>();
  let bar: Bar | undefined;
  for (;;) {
    const now = await acts.follow({ sync });
    const checking = now.steps.find(({ step, finishedAt }) => step === 'checking' && !finishedAt);
    const { totalBytes, readBytes } = (checking?.detail ?? {}) as { totalBytes?: number; readBytes?: number };
    if (totalBytes) {
      bar ??= progressBar('checking', totalBytes, 'bytes');
      bar.set(readBytes ?? 0);
    }
    if (!checking) {
      bar?.stop();
      bar = undefined;
      tellSteps(now, told);
    }
    const published = now.steps.some(({ step, finishedAt }) => step === 'published' && finishedAt);
    if (
      signal?.aborted ||
      now.waits ||
      (!now.decided && restStates.includes(now.state) && (published || now.state === 'failed'))
    ) {
      bar?.stop();
      return now;
    }
    await sleep(pauseMs);
  }
}

function tellSteps({ steps }: Facts, told: Set<string>): void {
  for (const { step, startedAt, finishedAt, detail } of steps) {
    const word = words[step];
    if (!word || !finishedAt || told.has(step)) continue;
    told.add(step);
    const seconds = ((new Date(finishedAt).getTime() - new Date(startedAt).getTime()) / 1000).toFixed(1);
    const rows = typeof detail.rows === 'number' ? `, ${thousands(detail.rows)} rows` : '';
    process.stderr.write(`  ${word}${rows} (${seconds} s)\n`);
  }
}
