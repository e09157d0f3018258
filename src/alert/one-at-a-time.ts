/** For work that is called again and again: a call while one is under way joins it, and time goes on while it runs. */

export type Rounds = {
  run(now: Date): Promise<number>;
  /** Waits for what is under way. */
  close(): Promise<void>;
};

/** @param work gets a clock that starts at `now` and goes on. */
export function oneAtATime(work: (clock: () => Date) => Promise<number>): Rounds {
  let running: Promise<number> | undefined;
  return {
    run(now) {
      const started = performance.now();
      running ??= work(() => new Date(now.getTime() + performance.now() - started)).finally(() => {
        running = undefined;
      });
      return running;
    },
    async close() {
      await running?.catch(() => {});
    },
  };
}
