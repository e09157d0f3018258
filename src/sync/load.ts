/** Brings checked records into the stage while they are checked: bytes of the delivery become lines of COPY. */
import { hashRow } from '../core/hash.ts';
import type { Sink, TableCount } from '../core/record.ts';
import { fieldNames, type Kind, rosterKinds } from '../core/tables.ts';
import type { Db } from '../db/db.ts';
import { contentColumns, contentFields, isRosterKind, type StageContext, stageTable } from '../db/roster-sql.ts';
import { createStageOf, finishStage, type LiveCounts, type Loaded, liveCounts, liveHashes } from '../db/staging.ts';
import { CopyWriter } from './copy-lines.ts';
import { LiveSet } from './live-set.ts';

export type RosterSink = Sink & {
  /** What the delivery carries, if it is like the last one of its source: what is live of that can be read already. */
  expect(tables: readonly Pick<TableCount, 'kind' | 'mode'>[]): void;
  /** Ends the loading: only then is the stage whole and may be compared. */
  finish(): Promise<void>;
  /** Gives up what is under way, after a fault. */
  abort(): void;
};

/**
 * A sink that fills the stage made by `createStage`. Of a bulk table only what is not live already, with the same
 * content and from this source, is staged: for the rest the hash is enough. Kinds that the roster does not hold are ignored.
 */
export function rosterSink(db: Db, ctx: StageContext): RosterSink {
  const writer = new CopyWriter(db);
  const loaded: Loaded[] = [];
  const out: { kind: Kind; sourcedId: string }[] = [];
  const takes: { kind: Kind; sourcedId: string; former: string }[] = [];
  const ahead = new Map<Kind, Promise<LiveHashes>>();
  const halves = new Int32Array(2);
  let table: Loading | undefined;

  /** COPY of one table at a time: a second connection held open while waiting could starve the pool. */
  async function writeLeftOut(): Promise<void> {
    if (out.length === 0) return;
    writer.target(stageTable(ctx, 'left out'), ['kind', 'sourced_id']);
    for (const { kind, sourcedId } of out.splice(0)) writer.line(kind, sourcedId);
    await writer.close();
  }

  async function writeTakes(): Promise<void> {
    if (takes.length === 0) return;
    writer.target(stageTable(ctx, 'takes'), ['kind', 'sourced_id', 'former']);
    for (const { kind, sourcedId, former } of takes) writer.line(kind, sourcedId, former);
    await writer.close();
  }

  return {
    expect(tables) {
      const isBulk = (kind: Kind) => tables.some((each) => each.kind === kind && each.mode === 'bulk');
      readAhead(db, ctx, rosterKinds.filter(isBulk), ahead);
    },
    async table(kind, mode) {
      table = isRosterKind(kind) ? await startTable(db, ctx, kind, mode, ahead) : undefined;
      if (table) writer.target(stageTable(ctx, kind), table.columns);
    },
    row(row) {
      if (!table || row.kind !== table.kind) return;
      hashRow(row, halves);
      if (table.live?.see(halves[0] as number, halves[1] as number)) table.unchanged++;
      else writer.row(row, table.fields, halves);
    },
    leftOut(kind, sourcedId) {
      if (isRosterKind(kind)) out.push({ kind, sourcedId });
    },
    takeOver(kind, sourcedId, former) {
      if (isRosterKind(kind)) takes.push({ kind, sourcedId, former });
    },
    async drain() {
      await writer.drain();
      if (out.length < leftOutLimit) return;
      await writer.close();
      await writeLeftOut();
      if (table) writer.target(stageTable(ctx, table.kind), table.columns);
    },
    async tableDone(kind) {
      if (table?.kind !== kind) return;
      await writer.close();
      if (table.live) await writeMissing(writer, ctx, kind, table.live);
      await writeLeftOut();
      loaded.push({ kind, mode: table.mode, unchanged: table.unchanged, live: table.counts });
      table = undefined;
    },
    async finish() {
      await writeLeftOut();
      await writeTakes();
      await finishStage(db, ctx, loaded);
    },
    abort: () => writer.abort(),
  };
}

/** How many ids may wait in memory before the COPY that is under way is interrupted for them. */
const leftOutLimit = 50_000;

type Loading = {
  kind: Kind;
  mode: 'bulk' | 'delta';
  columns: string[];
  /** Positions of the content fields in a Row. */
  fields: Int32Array;
  /** What is live, by content hash; undefined for a delta, which is small against the roster. */
  live: LiveSet | undefined;
  counts: LiveCounts;
  unchanged: number;
};

type LiveHashes = Awaited<ReturnType<typeof liveHashes>>;

async function startTable(
  db: Db,
  ctx: StageContext,
  kind: Kind,
  mode: 'bulk' | 'delta',
  ahead: Map<Kind, Promise<LiveHashes>>,
): Promise<Loading> {
  await createStageOf(db, ctx, kind);
  const names = fieldNames(kind);
  const fields = Int32Array.from(contentFields(kind), (name) => names.indexOf(name));
  const base = { kind, mode, columns: ['status', ...contentColumns(kind)], fields, unchanged: 0 };
  if (mode === 'delta') return { ...base, live: undefined, counts: await liveCounts(db, ctx, kind) };
  const hashes = await (ahead.get(kind) ?? liveHashes(db, ctx, kind));
  ahead.delete(kind);
  readAhead(db, ctx, rosterKinds.slice(rosterKinds.indexOf(kind) + 1), ahead);
  return { ...base, live: new LiveSet(hashes.pieces), counts: hashes.live };
}

/** Reads what is live of kinds that come next, one after the other, while others are checked. */
function readAhead(db: Db, ctx: StageContext, kinds: readonly Kind[], ahead: Map<Kind, Promise<LiveHashes>>): void {
  let turn: Promise<unknown> = Promise.allSettled([...ahead.values()]);
  for (const next of kinds) {
    if (ahead.has(next)) continue;
    const read = turn.then(() => liveHashes(db, ctx, next));
    // Whoever waits for it is told; when nobody does, it does not matter.
    turn = read.catch(() => {});
    ahead.set(next, read);
  }
}

/** Live records that the delivery does not carry as they are: changed ones and absent ones. */
async function writeMissing(writer: CopyWriter, ctx: StageContext, kind: Kind, live: LiveSet): Promise<void> {
  writer.target(stageTable(ctx, 'missing'), ['kind', 'sourced_id']);
  for (const sourcedId of live.unseen()) {
    writer.line(kind, sourcedId);
    if (writer.waiting) await writer.drain();
  }
  await writer.close();
}
