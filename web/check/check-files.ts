/** Checks chosen files as `homeroom check` does, with the same core, and tells how far it is. */

import { usualLimits } from '../../src/core/bundle.ts';
import { check } from '../../src/core/check.ts';
import { checkForProduct } from '../../src/core/product-check.ts';
import { products } from '../../src/core/profiles/index.ts';
import type { Entry } from '../../src/core/record.ts';
import { formatTitle, verdict } from '../../src/core/report.ts';
import { summaryOf } from '../../src/core/summary.ts';
import { openFiles } from './files.ts';
import { gather } from './gather.ts';
import type { Outcome, Progress, Rows, Task } from './messages.ts';

export type Checked = { outcome: Outcome; rows: (rule: string, page: number) => Rows };

/** @param onProgress is called after each piece that was read, always with the same array. */
export async function checkFiles(task: Task, onProgress: (progress: Progress) => void): Promise<Checked> {
  const bundle = await openFiles(task.files, task.name, usualLimits);
  const progress = bundle.entries.map(({ name, sizeBytes }) => ({ name, sizeBytes, readBytes: 0 }));
  const entries = bundle.entries.map((entry, at) =>
    watched(entry, progress[at] as Progress[number], () => onProgress(progress)),
  );
  const found = gather();
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  const product = task.product === undefined ? undefined : products.get(task.product);
  const how = { profile: task.profile, report: found.report, now: new Date(), seed: seed >>> 1 };
  const result = await (product
    ? checkForProduct({ ...bundle, entries }, product, how)
    : check({ ...bundle, entries }, how));
  const outcome = {
    counts: result.counts,
    tables: result.tables,
    verdict: verdict(result),
    summary: result.consequences ? summaryOf(result.consequences) : [],
    format: formatTitle(result),
    groups: found.groups(result),
    total: Object.values(result.counts).reduce((sum, count) => sum + count, 0),
    csv: found.csv(),
  };
  return { outcome, rows: found.rows };
}

function watched(entry: Entry, state: Progress[number], onPiece: () => void): Entry {
  return {
    ...entry,
    async *bytes() {
      state.readBytes = 0;
      for await (const piece of entry.bytes()) {
        state.readBytes += piece.length;
        onPiece();
        yield piece;
      }
    },
  };
}
