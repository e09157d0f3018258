/** Looks from time to time at what has not happened: nothing came, nothing changes, and what was new since yesterday. */
import { closeAlerts, type Desk, openAlert } from '../alert/alerts.ts';
import { inLocalWords } from '../alert/due.ts';
import { SettingError } from '../config.ts';
import { isTime, isTimeZone } from '../core/schedule.ts';
import { settingsOf } from '../core/source-settings.ts';
import { forgetAlerts, openAlerts } from '../db/alerts.ts';
import type { Db } from '../db/db.ts';
import { type SourceRow, sourcesOf } from '../db/districts.ts';
import { noteUnwatched, type SameRun, type SourceTimes, sameRuns, sourceTimes } from '../db/watch.ts';
import { aboutSource } from './about.ts';
import { sendDigests } from './digest.ts';
import { isExpecting, lateFacts, latenessOf } from './lateness.ts';
import { tellLocks } from './locks.ts';

export type WatchDeps = {
  db: Db;
  desk: Desk;
  /** Local time of the daily digest, `07:00`. */
  digestTime: string;
  /** Time zone of the people of the vendor. */
  timeZone: string;
  /** Days for which alerts that are over are kept. */
  retentionDays: number;
};

const dayMs = 86_400_000;
/** How old the note may be that nothing is expected of a source. */
const unwatchedMs = 3_600_000;
const watched = ['late', 'missing', 'identical'] as const;

/** @throws SettingError when a setting of the digest cannot be used. */
export function checkWatch({ digestTime, timeZone }: Pick<WatchDeps, 'digestTime' | 'timeZone'>): void {
  if (!isTime(digestTime)) throw new SettingError('HOMEROOM_DIGEST_TIME must be a local time such as 07:00.');
  if (!isTimeZone(timeZone)) throw new SettingError('HOMEROOM_TIME_ZONE must be a name such as America/Denver.');
}

/** Doing it twice, on any number of nodes, tells everything once. */
export async function watch(deps: WatchDeps, now: Date): Promise<void> {
  const { db, desk } = deps;
  const sources = await sourcesOf(db);
  const times = await sourceTimes(db);
  await noteUnexpected(db, sources, times, now);
  const open = await openAlerts(db, watched);
  for (const source of sources) {
    const own = times.get(source.id);
    if (own) await watchArrival({ db, desk, source, times: own, open, now });
  }
  await watchSame(deps, sources, open, now);
  await tellLocks(db, desk, now);
  await sendDigests(deps, sources, now);
  await forgetAlerts(db, new Date(now.getTime() - deps.retentionDays * dayMs));
}

async function noteUnexpected(db: Db, sources: SourceRow[], times: Map<string, SourceTimes>, now: Date): Promise<void> {
  const ids = sources
    .filter((source) => !isExpecting(source, now))
    .map(({ id }) => id)
    .filter((id) => now.getTime() - (times.get(id)?.watchedFrom?.getTime() ?? 0) > unwatchedMs);
  if (ids.length > 0) await noteUnwatched(db, ids, now);
}

type Looking = {
  db: Db;
  desk: Desk;
  source: SourceRow;
  times: SourceTimes;
  /** Open alerts, by subject and kind. */
  open: Set<string>;
  now: Date;
};

async function watchArrival({ db, desk, source, times, open, now }: Looking): Promise<void> {
  const about = aboutSource(source);
  const { missingAfter } = settingsOf(source);
  const lateness = latenessOf(source, times, now, missingAfter);
  const isOpen = (kind: 'late' | 'missing') => open.has(`${about.subject} ${kind}`);
  const facts = lateFacts(lateness);
  if (!facts) {
    const told = (['late', 'missing'] as const).filter(isOpen);
    if (told.length > 0) await closeAlerts(db, desk, about, told, now);
    return;
  }
  const occasion = (lateness.missed[0] as Date).toISOString();
  if (!isOpen('late')) await openAlert(db, desk, { kind: 'late', occasion, about, facts, at: now });
  if (lateness.missed.length < missingAfter || isOpen('missing')) return;
  const missing = { since: facts.since, missed: lateness.missed.length };
  await openAlert(db, desk, { kind: 'missing', occasion, about, facts: missing, at: now });
}

async function watchSame({ db, desk }: WatchDeps, sources: SourceRow[], open: Set<string>, now: Date): Promise<void> {
  const runs = new Map((await sameRuns(db, new Date(now.getTime() - dayMs))).map((run) => [run.sourceId, run]));
  for (const source of sources) {
    const about = aboutSource(source);
    const run = runs.get(source.id);
    const { identicalDays } = settingsOf(source);
    const isOpen = open.has(`${about.subject} identical`);
    if (!run || identicalDays === 0 || daysOf(run) < identicalDays) {
      if (isOpen) await closeAlerts(db, desk, about, ['identical'], now);
      continue;
    }
    if (isOpen) continue;
    const zone = source.district.timeZone;
    const facts = { count: run.count, days: daysOf(run), since: inLocalWords(run.since, zone) };
    // A run has one beginning, so it is told once.
    const occasion = run.since.toISOString();
    await openAlert(db, desk, { kind: 'identical', occasion, about, facts, at: now });
  }
}

/** Whole days for which deliveries have come and changed nothing. */
const daysOf = ({ since, lastAt }: SameRun): number => Math.floor((lastAt.getTime() - since.getTime()) / dayMs);
