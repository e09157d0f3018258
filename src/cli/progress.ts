/** A progress bar on standard error, for terminals alone. */
import cliProgress from 'cli-progress';

export type Bar = { add(amount: number): void; set(amount: number): void; stop(): void };

/** @param total in `unit`s; bytes are shown in MB. */
export function progressBar(label: string, total: number, unit: 'bytes' | 'rows'): Bar {
  if (!process.stderr.isTTY || total === 0) return { add() {}, set() {}, stop() {} };
  const scale = unit === 'bytes' ? 1e6 : 1;
  const name = unit === 'bytes' ? 'MB' : 'rows';
  const bar = new cliProgress.SingleBar({
    format: `${label} {bar} {percentage}% | {value}/{total} ${name}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  bar.start(Math.ceil(total / scale), 0);
  let done = 0;
  const show = () => bar.update(Math.min(Math.round(done / scale), Math.ceil(total / scale)));
  return {
    add(amount) {
      done += amount;
      show();
    },
    set(amount) {
      done = amount;
      show();
    },
    stop: () => bar.stop(),
  };
}
