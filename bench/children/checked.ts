/** One check as an installed package does it: JavaScript, as it is built for publishing, in the memory of the command line. */
import type * as Bundle from '../../src/core/bundle.ts';
import type * as Check from '../../src/core/check.ts';
import type { CheckResult } from '../../src/core/record.ts';
import type * as Ahead from '../../src/package/ahead.ts';
import type * as Open from '../../src/sync/open.ts';
import { built } from '../built.ts';

/** The program has to be built. `ms` is from opening the delivery to the last finding. */
export async function checked(
  path: string,
  options: Omit<Check.CheckOptions, 'ahead'>,
): Promise<{ ms: number; result: CheckResult; rows: number }> {
  await built('young-space');
  const { check } = await built<typeof Check>('core/check');
  const { openAhead } = await built<typeof Ahead>('package/ahead');
  const { openDelivery } = await built<typeof Open>('sync/open');
  const { usualLimits } = await built<typeof Bundle>('core/bundle');
  const started = performance.now();
  const bundle = await openDelivery(path, usualLimits);
  const ahead = openAhead();
  const result = await check(bundle, { ...options, ahead });
  const ms = performance.now() - started;
  await ahead.close();
  await bundle.close();
  return { ms, result, rows: result.tables.reduce((sum, table) => sum + table.rows, 0) };
}
