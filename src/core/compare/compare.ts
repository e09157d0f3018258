/** Compares two deliveries as a sync would: what the newer one would add, change and remove, by kind, school and record. */

import { type CheckOptions, check } from '../check.ts';
import { LEFT_OUT } from '../id-set.ts';
import type { Bundle, CheckResult, Row, Sink } from '../record.ts';
import { textsOf } from '../row-texts.ts';
import { type Kind, rosterKinds, tableOf } from '../tables.ts';
import { KnownRecords, OTHER, SAME, schoolOf } from './known-records.ts';

export type CompareOptions = Pick<CheckOptions, 'profile' | 'now' | 'seed' | 'format'>;

/** A value before and after; absent where the field is blank. Secrets are masked. */
export type FieldChange = { from?: string; to?: string };
export type RecordChange = {
  kind: Kind;
  sourcedId: string;
  action: 'added' | 'changed' | 'removed';
  school: string | null;
  /** Of changed records: the fields that differ. Of the others: every filled field, on its own side. */
  fields: Record<string, FieldChange>;
};

export type Counts = { added: number; changed: number; removed: number };
export type Comparison = {
  older: CheckResult;
  newer: CheckResult;
  /** By kind that the newer delivery carries. `leftAlone`: faulty in the newer one, so that it stays as it was. */
  kinds: (Counts & { kind: Kind; before: number; unchanged: number; leftAlone: number; removalsSuspended: boolean })[];
  /** Schools within kinds in which anything changes, the most changes first. */
  schools: (Counts & { kind: Kind; school: string; name: string | null })[];
};

type Side = Map<Kind, KnownRecords>;

/**
 * Reads each delivery twice: once for ids and hashes, once for the values of records that differ. Memory: some bytes for
 * each id, and the former values of changed records.
 */
export async function compare(
  olderBundle: Bundle,
  newerBundle: Bundle,
  options: CompareOptions,
  report: (change: RecordChange) => void,
): Promise<Comparison> {
  const older = await known(olderBundle, options);
  const newer = await known(newerBundle, options, older.side);
  const kinds = newer.result.tables.flatMap(({ kind, mode, unidentified }) => {
    if (mode === 'absent' || !rosterKinds.includes(kind)) return [];
    const own = older.side.get(kind) ?? new KnownRecords();
    return [match(kind, own, newer.side.get(kind) ?? new KnownRecords(), mode, mode === 'bulk' && unidentified > 0)];
  });
  const schools = new Schools();
  const told = (change: RecordChange) => {
    schools.add(change);
    report(change);
  };
  const isReadable = older.result.counts.fatal + newer.result.counts.fatal === 0;
  if (isReadable) {
    const former = await readFormer(olderBundle, older.side, newer, options, schools, told);
    await readLatter(newerBundle, older.side, newer.side, former, options, schools, told);
  }
  return { older: older.result, newer: newer.result, kinds, schools: schools.list() };
}

type Known = { side: Side; result: CheckResult };

async function known(bundle: Bundle, options: CompareOptions, former?: Side): Promise<Known> {
  const side: Side = new Map();
  const of = (kind: Kind) => {
    let records = side.get(kind);
    if (!records) {
      records = new KnownRecords(options.seed);
      side.set(kind, records);
    }
    return records;
  };
  const sink: Sink = {
    table(kind) {
      of(kind);
    },
    row: (row) => of(row.kind).add(row),
    leftOut: (kind, sourcedId) => of(kind).leaveOut(sourcedId),
    drain() {},
    tableDone() {},
  };
  const result = await check(bundle, { ...options, ...knownOf(former), sink });
  return { side, result };
}

const knownOf = (former: Side | undefined) => (former ? { known: (kind: Kind) => former.get(kind)?.taken() } : {});

/** Marks in both sides what stands in the other, and counts. */
function match(
  kind: Kind,
  older: KnownRecords,
  newer: KnownRecords,
  mode: 'bulk' | 'delta',
  removalsSuspended: boolean,
): Comparison['kinds'][number] {
  const counts = { kind, before: 0, added: 0, changed: 0, removed: 0, unchanged: 0, leftAlone: 0, removalsSuspended };
  for (let index = 0; index < newer.ids.size; index++) {
    if (!newer.isTaken(index)) continue;
    const id = newer.ids.bytesOf(index);
    const at = older.ids.find(id, 0, id.length);
    if (at < 0 || !older.isTaken(at)) counts.added++;
    else {
      const flag = older.hashOf(at) === newer.hashOf(index) ? SAME : OTHER;
      newer.flag(index, flag);
      older.flag(at, flag);
      if (flag === SAME) counts.unchanged++;
      else counts.changed++;
    }
  }
  for (let index = 0; index < older.ids.size; index++) {
    if (!older.isTaken(index)) continue;
    counts.before++;
    if (older.has(index, SAME | OTHER)) continue;
    const fate = fateOf(older, index, newer, mode, removalsSuspended);
    if (fate === 'removed') counts.removed++;
    else if (fate === 'left alone') counts.leftAlone++;
    else counts.unchanged++;
  }
  return counts;
}

/** What becomes of a former record that the newer delivery does not take. */
function fateOf(
  older: KnownRecords,
  index: number,
  newer: KnownRecords,
  mode: 'bulk' | 'delta',
  removalsSuspended: boolean,
): 'removed' | 'left alone' | 'not mentioned' {
  const id = older.ids.bytesOf(index);
  const at = newer.ids.find(id, 0, id.length);
  if (at >= 0) return newer.has(at, LEFT_OUT) ? 'left alone' : 'removed';
  if (mode === 'delta') return 'not mentioned';
  return removalsSuspended ? 'left alone' : 'removed';
}

/** Former values of what changes, as JSON by kind and index; what leaves is told on the way. */
async function readFormer(
  bundle: Bundle,
  older: Side,
  newer: Known,
  options: CompareOptions,
  schools: Schools,
  report: (change: RecordChange) => void,
): Promise<Map<Kind, Map<number, string>>> {
  const former = new Map<Kind, Map<number, string>>();
  const tables = new Map(newer.result.tables.map((table) => [table.kind, table]));
  const row = (one: Row) => {
    const { kind } = one;
    const own = older.get(kind) as KnownRecords;
    const index = own.indexOf(one);
    if (index < 0 || !own.isTaken(index)) return;
    if (kind === 'orgs') schools.name(one.text(0), textsOf(one).name ?? '');
    const table = tables.get(kind);
    if (!table || table.mode === 'absent' || !rosterKinds.includes(kind) || own.has(index, SAME)) return;
    if (own.has(index, OTHER)) {
      const kept = former.get(kind) ?? new Map<number, string>();
      kept.set(index, JSON.stringify(valuesOf(one)));
      former.set(kind, kept);
      return;
    }
    const suspended = table.mode === 'bulk' && table.unidentified > 0;
    if (fateOf(own, index, newer.side.get(kind) ?? new KnownRecords(), table.mode, suspended) !== 'removed') return;
    const fields = Object.fromEntries(Object.entries(valuesOf(one)).map(([name, from]) => [name, { from }]));
    report({
      kind,
      sourcedId: one.text(0),
      action: 'removed',
      school: schoolOf(one) ?? null,
      fields: masked(kind, fields),
    });
  };
  await check(bundle, { ...options, sink: rowsOnly(row) });
  return former;
}

async function readLatter(
  bundle: Bundle,
  older: Side,
  newer: Side,
  former: Map<Kind, Map<number, string>>,
  options: CompareOptions,
  schools: Schools,
  report: (change: RecordChange) => void,
): Promise<void> {
  const row = (one: Row) => {
    const { kind } = one;
    const own = newer.get(kind) as KnownRecords;
    const index = own.indexOf(one);
    if (index < 0 || !own.isTaken(index) || !rosterKinds.includes(kind)) return;
    if (kind === 'orgs') schools.name(one.text(0), textsOf(one).name ?? '');
    if (own.has(index, SAME)) return;
    const values = valuesOf(one);
    const change = { kind, sourcedId: one.text(0), school: schoolOf(one) ?? null };
    if (!own.has(index, OTHER)) {
      const fields = Object.fromEntries(Object.entries(values).map(([name, to]) => [name, { to }]));
      return report({ ...change, action: 'added', fields: masked(kind, fields) });
    }
    const text = former.get(kind)?.get((older.get(kind) as KnownRecords).indexOf(one));
    const before = JSON.parse(text ?? '{}') as Record<string, string>;
    report({ ...change, action: 'changed', fields: masked(kind, differences(before, values)) });
  };
  await check(bundle, { ...options, ...knownOf(older), sink: rowsOnly(row) });
}

const rowsOnly = (row: (one: Row) => void): Sink => ({ table() {}, row, leftOut() {}, drain() {}, tableDone() {} });

/** Every filled field but the two mode columns, and extension columns. */
function valuesOf(row: Row): Record<string, string> {
  const { sourcedId: _, status, dateLastModified, ...fields } = textsOf(row);
  return { ...(fields as Record<string, string>), ...row.metadata };
}

function differences(before: Record<string, string>, after: Record<string, string>): Record<string, FieldChange> {
  const changes: Record<string, FieldChange> = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [before[name], after[name]];
    if (from === to) continue;
    changes[name] = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  }
  return changes;
}

function masked(kind: Kind, fields: Record<string, FieldChange>): Record<string, FieldChange> {
  const declared = tableOf(kind).fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, change]) => {
      if (declared[name]?.privacy !== 'credential') return [name, change];
      return [name, Object.fromEntries(Object.keys(change).map((side) => [side, '(hidden)']))];
    }),
  );
}

/** Counts by kind and school, with the names that the deliveries give the schools. */
class Schools {
  #counts = new Map<string, Counts & { kind: Kind; school: string }>();
  #names = new Map<string, string>();

  name(school: string, name: string): void {
    this.#names.set(school, name);
  }

  add({ kind, school, action }: RecordChange): void {
    if (school === null || kind === 'orgs') return;
    const key = `${kind} ${school}`;
    const counts = this.#counts.get(key) ?? { kind, school, added: 0, changed: 0, removed: 0 };
    counts[action]++;
    this.#counts.set(key, counts);
  }

  list(): Comparison['schools'] {
    const total = ({ added, changed, removed }: Counts) => added + changed + removed;
    return [...this.#counts.values()]
      .sort((a, b) => total(b) - total(a) || (a.school < b.school ? -1 : 1))
      .map((one) => ({ ...one, name: this.#names.get(one.school) ?? null }));
  }
}
