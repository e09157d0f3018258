/** Hands invented deliveries to the roster as the checker would: the same Row and buffer for every record. */
import { createHash } from 'node:crypto';
import type { Plan } from '../src/core/plan.ts';
import { Row, type TableCount } from '../src/core/record.ts';
import { fieldNames, type Kind } from '../src/core/tables.ts';
import type { Db } from '../src/db/db.ts';
import { newId } from '../src/db/ids.ts';
import { apply, createStage, diff, dropStage, type StageContext } from '../src/db/staging.ts';
import { rosterSink } from '../src/sync/load.ts';

export type Fields = { sourcedId: string } & Record<string, string>;
export type File = {
  mode: 'bulk' | 'delta';
  rows: Fields[];
  leftOut?: string[];
  unidentified?: number;
  takes?: [sourcedId: string, former: string][];
};
export type Delivery = Partial<Record<Kind, File>>;

/** Stages a delivery and compares it. Names in `leftOut` may be of rows that are given too, as the contract allows. */
export async function compare(db: Db, ctx: StageContext, delivery: Delivery): Promise<Plan> {
  await createStage(db, ctx);
  const sink = rosterSink(db, ctx);
  for (const [kind, file] of Object.entries(delivery) as [Kind, File][]) {
    await sink.table(kind, file.mode);
    const row = new Row(kind);
    for (const [index, fields] of file.rows.entries()) {
      fill(row, fields);
      const hash = hashOf(fields);
      row.isHashed = true;
      row.hashHigh = Number(BigInt.asIntN(32, hash >> 32n));
      row.hashLow = Number(BigInt.asIntN(32, hash));
      sink.row(row);
      if (index % 3 === 0) await sink.drain();
    }
    for (const id of file.leftOut ?? []) sink.leftOut(kind, id);
    for (const [id, former] of file.takes ?? []) sink.takeOver?.(kind, id, former);
    await sink.tableDone(kind);
  }
  await sink.finish();
  return diff(db, ctx, countsOf(delivery));
}

export function countsOf(delivery: Delivery): TableCount[] {
  return (Object.entries(delivery) as [Kind, File][]).map(([kind, file]) => {
    const { mode, rows, leftOut = [], unidentified = 0 } = file;
    return { kind, file: `${kind}.csv`, mode, rows: rows.length, leftOut: leftOut.length, unidentified };
  });
}

/** The whole way of one delivery; answers the plan and the sync's id. */
export async function deliver(
  db: Db,
  place: { rosterId: string; sourceId: string },
  delivery: Delivery,
  options: { removals?: boolean } = {},
): Promise<{ plan: Plan; ctx: StageContext }> {
  const ctx = { ...place, syncId: newId() };
  const plan = await compare(db, ctx, delivery);
  await apply(db, ctx, plan, { removals: options.removals ?? true });
  await dropStage(db, ctx);
  return { plan, ctx };
}

const bytes = new Uint8Array(1 << 16);
const encoder = new TextEncoder();

function fill(row: Row, fields: Fields): void {
  let at = 0;
  row.buffer = bytes;
  for (const [index, name] of fieldNames(row.kind).entries()) {
    row.start[index] = at;
    at += encoder.encodeInto(fields[name] ?? '', bytes.subarray(at)).written;
    row.end[index] = at;
  }
  const metadata = Object.entries(fields).filter(([name, value]) => name.startsWith('metadata.') && value !== '');
  row.metadata = metadata.length > 0 ? Object.fromEntries(metadata) : undefined;
}

function hashOf(fields: Fields): bigint {
  const content = Object.entries(fields)
    .filter(([name, value]) => name !== 'status' && name !== 'dateLastModified' && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(content)).digest().readBigUInt64BE();
}
