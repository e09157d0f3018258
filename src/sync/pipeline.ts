/**
 * The whole product on one page: a delivery is opened, checked, staged, compared, judged and applied. A sync that comes
 * from no file (a rollback, a school-year reset) has nothing to check, and is compared, judged and applied alike.
 */

import type { Limits } from '../core/bundle.ts';
import type { SourceMode } from '../core/calendar.ts';
import { type LocalDate, localDateOf } from '../core/local-date.ts';
import type { Plan } from '../core/plan.ts';
import type { TableCount } from '../core/record.ts';
import { modeOn } from '../core/source-settings.ts';
import type { Db, Pool } from '../db/db.ts';
import { type SourceRow, sourceById } from '../db/districts.ts';
import { applyRewrite } from '../db/rewrite.ts';
import { RosterChanged } from '../db/roster-version.ts';
import { apply, createStage, diff, dropStage, keepRemovals, stageLoaded } from '../db/staging.ts';
import { type Delivery, finishStep, type Sync, setSync, startStep, syncById } from '../db/syncs.ts';
import { earlierWaiting, findingsKeyOf } from '../db/turns.ts';
import type { Log } from '../log.ts';
import type { Archive } from './archive.ts';
import { checkDelivery, checkedAs } from './checking.ts';
import { keepCompared } from './compared.ts';
import { removalsOf } from './decide.ts';
import { judge } from './judge.ts';
import * as outcome from './outcome.ts';
import { bySchool, readyToLook, tried } from './previewed.ts';
import { judgeRewrite, planRewrite } from './rewrite.ts';
import { settled } from './same.ts';

export type PipelineDeps = {
  db: Pool;
  archive: Archive;
  log: Log;
  /** Private folder for what is being worked on. */
  tempDir: string;
  limits: Limits;
  now(): Date;
  /** Called at the named moments of a sync: for tests that end the process there. */
  at?: (moment: Moment) => void | Promise<void>;
};

export type Moment =
  | 'check'
  | 'checking'
  | 'staged'
  | 'checked'
  | 'compared'
  | 'apply'
  | 'applying'
  | 'applied'
  | 'publishing'
  | 'published';

/** One sync with all that its steps need. */
export type Turn = {
  sync: Sync;
  /** Null when the sync comes from no file. */
  delivery: Delivery | null;
  source: SourceRow;
  /** The day in the district's time zone, and the mode that the source has on it. */
  day: LocalDate;
  mode: SourceMode;
  ctx: { rosterId: string; sourceId: string; syncId: string };
  deps: PipelineDeps;
  signal: AbortSignal;
};

/**
 * Takes a sync as far as it goes: to an outcome, to a person (held), or to waiting for one. It may be called again
 * after any interruption and then goes on after the last step that was finished. Telling the outcome is `publish`.
 *
 * @throws the signal's reason when it is aborted; anything else is a fault of ours, and the sync can be tried again.
 */
export async function run(syncId: string, deps: PipelineDeps, signal: AbortSignal): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      return await advance(await turnOf(syncId, deps, signal));
    } catch (error) {
      // A person has changed the roster in between. What follows from the delivery now is found out anew.
      if (!(error instanceof RosterChanged) || round === roundsLimit) throw error;
    }
  }
}

/** Acts of people that come between comparing and applying are rare; so many in a row are a fault of ours. */
const roundsLimit = 5;

async function advance(turn: Turn): Promise<void> {
  let tables: TableCount[] | undefined = [];
  if (turn.delivery) {
    if (await isSettled(turn.delivery, turn)) return;
    tables = (await checkedBefore(turn)) ?? (await checkAndStage(turn));
    if (!tables || !(await outcome.mayGoOn(turn, tables))) return;
  }
  const plan = await compare(turn, tables);
  const { verdict, reasons } = turn.delivery ? await judge(turn, tables, plan) : judgeRewrite(turn.sync, plan);
  if (turn.sync.dryRun) return tried(turn, plan, reasons);
  if (verdict === 'hold') {
    await readyToLook(turn, plan);
    return outcome.held(turn, reasons);
  }
  if (verdict === 'unchanged') return outcome.unchanged(turn, tables, plan);
  await applyPlan(turn, tables, plan, verdict === 'apply all but removals');
}

/** It says what the last one said, and takes nobody's place. A stage is there only where an earlier try was broken off. */
async function isSettled(delivery: Delivery, { sync, source, ctx, deps }: Turn): Promise<boolean> {
  if ((await earlierWaiting(deps.db, sync)).length > 0) return false;
  return deps.db.tx(async (tx) => {
    const isSame = await settled(tx, { sync, delivery }, source);
    if (isSame) await dropStage(tx, ctx);
    return isSame;
  });
}

async function turnOf(syncId: string, deps: PipelineDeps, signal: AbortSignal): Promise<Turn> {
  const sync = await syncById(deps.db, syncId);
  const delivery = sync?.delivery ?? null;
  const source = sync ? await sourceById(deps.db, sync.sourceId) : undefined;
  if (!sync || !source || (!delivery && sync.origin === 'delivery'))
    throw new Error(`Sync ${syncId} or what it belongs to is not there.`);
  const day = localDateOf(deps.now(), source.district.timeZone);
  const ctx = { rosterId: sync.rosterId, sourceId: sync.sourceId, syncId };
  return { sync, delivery, source, day, mode: modeOn(source, day), ctx, deps, signal };
}

/** What an earlier try read, when its stage is still whole. */
async function checkedBefore({ sync, ctx, deps }: Turn): Promise<TableCount[] | undefined> {
  if (sync.state !== 'comparing' && sync.state !== 'applying') return undefined;
  if (!sync.tables || !sync.findingCounts || !(await stageLoaded(deps.db, ctx))) return undefined;
  return sync.tables;
}

/** Undefined when the delivery cannot be taken; it is rejected then. */
async function checkAndStage(turn: Turn): Promise<TableCount[] | undefined> {
  const { sync, ctx, deps } = turn;
  await setSync(deps.db, sync.id, { state: 'checking', fault: null });
  await startStep(deps.db, sync.id, 'checking');
  await deps.at?.('check');
  await createStage(deps.db, ctx);
  const { result, rows, findingsKey } = await checkDelivery(turn);
  await deps.at?.('staged');
  await deps.db.tx(async (tx) => {
    await setSync(tx, sync.id, {
      // A delivery that cannot be taken goes no further than this.
      state: result.counts.fatal > 0 ? 'checking' : 'comparing',
      format: result.format,
      formatVersion: result.version ?? null,
      bulk: outcome.isBulk(result.tables),
      tables: result.tables,
      findingCounts: result.counts,
      checkedAs: checkedAs(turn.source),
      leftOut: result.tables.reduce((sum, table) => sum + table.leftOut, 0),
    });
    await finishStep(tx, sync.id, 'checking', { rows, ...(findingsKey ? { findings: findingsKey } : {}) });
  });
  await deps.at?.('checked');
  if (result.counts.fatal === 0) return result.tables;
  await outcome.rejected(turn, result.tables);
  return undefined;
}

async function compare(turn: Turn, tables: TableCount[]): Promise<Plan> {
  const { sync, delivery, ctx, deps } = turn;
  const former = await findingsKeyOf(deps.db, sync.rosterId, sync.id, ['comparing']);
  await setSync(deps.db, sync.id, { state: 'comparing' });
  await startStep(deps.db, sync.id, 'comparing');
  const whole = delivery ? await diff(deps.db, ctx, tables) : await planRewrite(deps.db, ctx, sync);
  const plan = sync.removalsOnly ? await keepRemovals(deps.db, ctx, whole) : whole;
  const findings = delivery ? await keepCompared(turn, plan, former) : undefined;
  await deps.db.tx(async (tx) => {
    await setSync(tx, sync.id, { plan });
    await finishStep(tx, sync.id, 'comparing', findings === undefined ? {} : { findings });
  });
  await deps.at?.('compared');
  return plan;
}

async function applyPlan(turn: Turn, tables: TableCount[], plan: Plan, keepsRemovals: boolean): Promise<void> {
  const { sync, delivery, mode, ctx, deps } = turn;
  // Without the names: these stand in the roster, and what is kept with a sync holds nothing of it.
  const schools = (await bySchool(turn, plan)).map(({ name: _, ...counts }) => counts);
  await setSync(deps.db, sync.id, { state: 'applying', schools });
  await startStep(deps.db, sync.id, 'applying');
  await deps.at?.('apply');
  const removals = !delivery || (!keepsRemovals && removalsOf(sync.decision, mode));
  const inside = async (tx: Db) => {
    await outcome.applied(tx, turn, tables, plan, removals);
    await deps.at?.('applying');
  };
  if (delivery) await apply(deps.db, ctx, plan, { removals, inside });
  else await applyRewrite(deps.db, ctx, plan, inside);
  await deps.at?.('applied');
}
