/** Changes the settings of a source for a person: whole or not at all, with a row in the audit log. */

import { localDateOf } from '../core/local-date.ts';
import { Refusal } from '../core/refusal.ts';
import { type Changed, changeSource, type ForATime, refuseBeyond, type SettingChanges } from '../core/source-change.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/db.ts';
import { lockSource, type SourceRow, setSource, sourceById } from '../db/districts.ts';

export type SettingsChange = {
  sourceId: string;
  changes: SettingChanges;
  /** For thresholds that hold for a time only. */
  forATime?: ForATime;
  /** Windows that join the calendar, and first days of those that leave it. */
  addWindows?: readonly unknown[];
  removeWindows?: readonly string[];
  /** Null for the command line. */
  accountId: string | null;
  /** Email address, or what stands for the person. */
  by: string;
  address?: string | null;
  /** An administrator of the district changes only what the vendor allows. */
  asAdministrator?: boolean;
};

/**
 * @returns the source as it is now, and what is different.
 * @throws Refusal `source-unknown`, `source-setting`, `not-allowed`.
 */
export async function setSourceSettings(
  db: Db,
  change: SettingsChange,
  at: Date,
): Promise<{ source: SourceRow; changes: Changed['changes'] }> {
  return db.tx(async (tx) => {
    await lockSource(tx, change.sourceId);
    const source = await sourceById(tx, change.sourceId);
    if (!source) throw new Refusal('source-unknown', 404, 'There is no such source.');
    const given = withWindows(source, change);
    if (change.asAdministrator) refuseBeyond(source, Object.keys(given));
    const day = localDateOf(at, source.district.timeZone);
    const context = { day, by: change.by, at };
    const { source: next, changes } = changeSource(source, given, context, change.forATime);
    if (changes.length === 0) return { source, changes };
    const { mode, trustFirst, format, profile, settings } = next;
    const stored = await setSource(tx, source.id, { mode, trustFirst, format, profile, settings });
    const { accountId, address = null, by } = change;
    await audit(tx, { accountId, address, act: 'source set', object: source.id, detail: { by, changes } });
    return { source: stored as SourceRow, changes };
  });
}

/** The calendar with windows added and taken away, as one of the changes. */
function withWindows(
  source: SourceRow,
  { changes, addWindows = [], removeWindows = [] }: SettingsChange,
): SettingChanges {
  if (addWindows.length === 0 && removeWindows.length === 0) return changes;
  const before = Array.isArray(source.settings.calendar) ? (source.settings.calendar as { from: string }[]) : [];
  for (const from of removeWindows) {
    if (before.some((window) => window.from === from)) continue;
    throw new Refusal('source-setting', 404, `The calendar has no window that begins on ${from}.`);
  }
  const kept = before.filter(({ from }) => !removeWindows.includes(from));
  return { ...changes, calendar: [...kept, ...addWindows] };
}
