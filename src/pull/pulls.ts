/** Pulls of all sources: when one is due, who has asked for one, and the work on those that are open. */
import { duesBefore } from '../alert/due.ts';
import { localDateOf } from '../core/local-date.ts';
import { pullSettingsOf } from '../core/pull-settings.ts';
import { Refusal } from '../core/refusal.ts';
import { modeOn, settingsOf } from '../core/source-settings.ts';
import type { Db } from '../db/db.ts';
import { type SourceRow, sourcesOf } from '../db/districts.ts';
import * as pulls from '../db/pulls.ts';
import { sourceTimes } from '../db/watch.ts';
import { type PullDeps, runPull } from './pull.ts';

export type Pulls = {
  /** Makes a pull for each source of which one is due. @returns the sources that have work to do now. */
  due(now: Date): Promise<string[]>;
  /** A person asks for one. @throws Refusal `pull-unset`, `source-paused` */
  ask(source: SourceRow, asked: { by: string; full: boolean }): Promise<pulls.PullRow>;
  /** Works on the pull of a source that is open. */
  work(sourceId: string, signal: AbortSignal): Promise<boolean>;
  /** Removes pages that belong to nothing. */
  sweep(): Promise<void>;
};

const minuteMs = 60_000;

export function openPulls(deps: PullDeps): Pulls {
  const { db, store } = deps;
  return {
    async due(now) {
      await addDue(db, now);
      return [...new Set((await pulls.pullsToDo(db, now)).map(({ sourceId }) => sourceId))];
    },
    async ask(source, { by, full }) {
      if (!(await pulls.connectionOf(db, source.id)))
        throw new Refusal('pull-unset', 409, 'This source does not pull: it has no address of an API.');
      if (modeOn(source, localDateOf(deps.now(), source.district.timeZone)) === 'paused')
        throw new Refusal('source-paused', 409, 'This source is paused. Make it active first.');
      const { id: sourceId, rosterId } = source;
      const scope = full ? 'full' : 'changes';
      const added = await pulls.addPull(db, { rosterId, sourceId, scope, askedBy: by, at: deps.now() });
      if (added) return added;
      const open = await pulls.openPull(db, sourceId);
      if (!open) throw new Refusal('pull-over', 409, 'A pull has just come to its end. Ask again.');
      // Whoever asks does not wait for the next try.
      if (open.nextAt) await pulls.setPull(db, open, { nextAt: null });
      return open;
    },
    async work(sourceId, signal) {
      const open = await pulls.openPull(db, sourceId);
      if (open && (!open.nextAt || open.nextAt <= deps.now())) await runPull(open.id, deps, signal);
      return false;
    },
    async sweep() {
      await store.sweep(await pulls.storedKeys(db));
    },
  };
}

/** Pulls begin before their delivery is due. What was due while nobody was there to see is made up for once. */
async function addDue(db: Db, now: Date): Promise<void> {
  const sources = (await sourcesOf(db)).filter(({ kind }) => kind === 'pull');
  if (sources.length === 0) return;
  const last = await pulls.lastDues(db);
  const times = await sourceTimes(db);
  for (const source of sources) {
    const connection = await pulls.connectionOf(db, source.id);
    if (!connection || modeOn(source, localDateOf(now, source.district.timeZone)) === 'paused') continue;
    const { leadMinutes } = pullSettingsOf(connection.settings);
    const until = new Date(now.getTime() + leadMinutes * minuteMs);
    const [dueAt] = duesBefore(settingsOf(source).schedule, source.district.timeZone, until, 1);
    const createdAt = times.get(source.id)?.createdAt ?? now;
    if (!dueAt || dueAt < createdAt || (last.get(source.id) ?? new Date(0)) >= dueAt) continue;
    const { id: sourceId, rosterId } = source;
    await pulls.addPull(db, { rosterId, sourceId, scope: 'changes', dueAt, at: now });
  }
}
