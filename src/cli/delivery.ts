/** Opens the delivery that a command was given, with its findings, and tells how a check of it ends. */
import { randomInt } from 'node:crypto';
import { Option } from 'commander';
import { AHEAD_FROM_BYTES, type Ahead } from '../core/ahead/block.ts';
import { formats } from '../core/formats/index.ts';
import { products } from '../core/profiles/index.ts';
import type { Bundle, CheckResult, Entry } from '../core/record.ts';
import { openAhead } from '../package/ahead.ts';
import { openDelivery } from '../sync/open.ts';
import { CommandError, NO } from './fail.ts';
import { progressBar } from './progress.ts';
import { limitsFromEnvironment } from './settings.ts';

export const formatOption = (): Option =>
  new Option('--format <id>', 'what the delivery is')
    .choices(['auto', ...formats.map((format) => format.id)])
    .default('auto');

export const profileOption = (): Option =>
  new Option('--profile <name>', 'how strict to be').choices(['default', 'strict', 'lenient']).default('default');

export const productOption = (description: string): Option =>
  new Option('--product <id>', description).choices([...products.keys()]);

/** The present, and a seed for hashes that nobody can foresee. */
export const nowAndSeed = (): { now: Date; seed: number } => ({ now: new Date(), seed: randomInt(2 ** 31) });

/**
 * Opens a delivery, hands it on with a progress bar behind its bytes, and closes it.
 * @param passes how many times its bytes are read, for the length of the bar.
 */
export async function withDelivery<T>(
  paths: readonly string[],
  work: (bundle: Bundle, ahead: Ahead | undefined) => Promise<T>,
  { label = 'checking', passes = 1 } = {},
): Promise<T> {
  const path = paths.length === 1 ? (paths[0] as string) : paths;
  const delivery = await openDelivery(path, limitsFromEnvironment()).catch((error: Error) => {
    throw new CommandError(error.message);
  });
  const total = delivery.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  const bar = progressBar(label, total * passes, 'bytes');
  const ahead = total < AHEAD_FROM_BYTES ? undefined : openAhead();
  try {
    const entries = delivery.entries.map((entry) => watched(entry, (bytes) => bar.add(bytes)));
    return await work({ name: delivery.name, entries, findings: delivery.findings }, ahead);
  } finally {
    bar.stop();
    await ahead?.close();
    await delivery.close();
  }
}

function watched(entry: Entry, onBytes: (bytes: number) => void): Entry {
  return {
    ...entry,
    async *bytes() {
      for await (const piece of entry.bytes()) {
        onBytes(piece.length);
        yield piece;
      }
    },
  };
}

/** A delivery of which nothing can be taken counts as unreadable only when not a single file of it was read. */
export function exitCode({ counts, tables }: Pick<CheckResult, 'counts' | 'tables'>): number {
  if (counts.fatal === 0) return counts.error > 0 ? NO : 0;
  return tables.length === 0 ? 2 : NO;
}
