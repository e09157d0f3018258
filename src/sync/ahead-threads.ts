/** Keeps the second thread of a check for the next one: where deliveries come one after the other, it is warm already. */

import { type AheadThread, openAhead } from '../package/ahead.ts';

const idleMs = 60_000;
const mostIdle = 2;
const idle: { thread: AheadThread; timer: NodeJS.Timeout }[] = [];

/** A thread of one's own until it is given back. */
export function takeAhead(): AheadThread {
  const found = idle.pop();
  if (!found) return openAhead();
  clearTimeout(found.timer);
  return found.thread;
}

export async function giveBackAhead(thread: AheadThread): Promise<void> {
  if (idle.length >= mostIdle || !thread.rest()) return thread.close();
  const timer = setTimeout(() => {
    idle.splice(
      idle.findIndex((each) => each.thread === thread),
      1,
    );
    void thread.close();
  }, idleMs).unref();
  idle.push({ thread, timer });
}
