/** Brings checked records into the stage while they are checked: bytes of the delivery become lines of COPY. */
import type { Sink } from '../core/record.ts';
import { fieldNames, type Kind } from '../core/tables.ts';
import type { Db } from '../db/db.ts';
import { contentColumns, contentFields, isRosterKind, type StageContext, stageTable } from '../db/roster-sql.ts';
import { createStageOf, finishStage, type Loaded, liveCount, liveHashes } from '../db/staging.ts';
import { CopyWriter } from './copy-lines.ts';
import { HashSet } from './hash-set.ts';

export type RosterSink = Sink & {
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
  let table: Loading | undefined;

  /** COPY of one table at a time: a second connection held open while waiting could starve the pool. */
  async function writeLeftOut(): Promise<void> {
    if (out.length === 0) return;
    writer.target(stageTable(ctx, 'left out'), ['kind', 'sourced_id']);
    for (const { kind, sourcedId } of out.splice(0)) writer.line(kind, sourcedId);
    await writer.close();
  }

  return {
    async table(kind, mode) {
      table = isRosterKind(kind) ? await startTable(db, ctx, kind, mode) : undefined;
      if (table) writer.target(stageTable(ctx, kind), table.columns);
    },
    row(row, hash) {
      if (!table || row.kind !== table.kind) return;
      if (table.live?.see(hash)) table.unchanged++;
      else writer.row(row, table.fields, hash);
    },
    leftOut(kind, sourcedId) {
      if (isRosterKind(kind)) out.push({ kind, sourcedId });
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
      loaded.push({ kind, mode: table.mode, live: table.count, unchanged: table.unchanged });
      table = undefined;
    },
    async finish() {
      await writeLeftOut();
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
  /** Content hashes of what is live; undefined for a delta, which is small against the roster. */
  live: HashSet | undefined;
  count: number;
  unchanged: number;
};

async function startTable(db: Db, ctx: StageContext, kind: Kind, mode: 'bulk' | 'delta'): Promise<Loading> {
  await createStageOf(db, ctx, kind);
  const names = fieldNames(kind);
  const fields = Int32Array.from(contentFields(kind), (name) => names.indexOf(name));
  const live = mode === 'bulk' ? new HashSet(await liveHashes(db, ctx, kind)) : undefined;
  const count = live ? live.size : await liveCount(db, ctx, kind);
  return { kind, mode, columns: ['status', ...contentColumns(kind)], fields, live, count, unchanged: 0 };
}

async function writeMissing(writer: CopyWriter, ctx: StageContext, kind: Kind, live: HashSet): Promise<void> {
  writer.target(stageTable(ctx, 'missing'), ['kind', 'content_hash']);
  for (const hash of live.unseen()) {
    writer.line(kind, hash.toString());
    if (writer.waiting) await writer.drain();
  }
  await writer.close();
}
