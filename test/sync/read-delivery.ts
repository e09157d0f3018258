/** Reads what a delivery says, for tests that compare deliveries with each other and with rosters. */

import assert from 'node:assert/strict';
import { usualLimits } from '../../src/core/bundle.ts';
import { check } from '../../src/core/check.ts';
import { textsOf } from '../../src/core/row-texts.ts';
import { openDelivery } from '../../src/sync/open.ts';

/** Texts of each record, under its kind and id. */
export type Rows = Record<string, Record<string, string>>;

/** What a delivery says, by kind and id, as the check reads it; refused when the check finds any error. */
export async function readDelivery(path: string): Promise<Rows> {
  const rows: Rows = {};
  const bundle = await openDelivery(path, usualLimits);
  const result = await check(bundle, {
    profile: 'default',
    sink: {
      table() {},
      row(row) {
        const { status: _, dateLastModified: __, password: ___, ...texts } = textsOf(row);
        rows[`${row.kind}/${texts.sourcedId}`] = { ...texts, ...row.metadata } as Record<string, string>;
      },
      leftOut() {},
      drain() {},
      tableDone() {},
    },
  });
  await bundle.close();
  assert.deepEqual([result.counts.fatal, result.counts.error], [0, 0], JSON.stringify(result.rules));
  return rows;
}
