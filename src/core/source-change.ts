/** Changes the settings of a source: what a person gave is read, bounded and put where it is stored. */

import { dayInWords, isLocalDate, type LocalDate } from './local-date.ts';
import { Refusal } from './refusal.ts';
import { nonsense } from './setting-form.ts';
import {
  type Allowance,
  declarationOf,
  type Loosened,
  loosenedOf,
  type StoredSource,
  settingColumns,
  settingsOf,
  usualOf,
} from './source-settings.ts';

/** What a person gives: values by name; null (or `default`) goes back to the default. */
export type SettingChanges = Record<string, unknown>;

/** For thresholds that are to hold for a time only. */
export type ForATime = { until: LocalDate; why: string };

export type Changed = {
  /** The source as it is to be stored. */
  source: StoredSource;
  /** What is different now, as a person would type it: for the audit log. */
  changes: { name: string; from: string; to: string; until?: LocalDate; why?: string }[];
};

const whyLimit = 500;
const longestDays = 366;

/**
 * The source with other settings. Nothing is different when one of them makes no sense.
 * @param context who gives them and when; `day` is today in the district's time zone.
 * @throws Refusal `source-setting` with a sentence.
 */
export function changeSource(
  source: StoredSource,
  given: SettingChanges,
  context: { day: LocalDate; by: string; at: Date },
  forATime?: ForATime,
): Changed {
  const names = Object.keys(given);
  if (names.length === 0) throw new Refusal('source-setting', 400, 'Say what to set, such as removedShare=20%.');
  const next: StoredSource = { ...source, settings: { ...source.settings } };
  const changes: Changed['changes'] = [];
  for (const name of names) {
    if (forATime) changes.push(loosen(next, name, given[name], forATime, context));
    else changes.push(...change(next, name, given[name]));
  }
  return { source: next, changes };
}

/** Which allowance an administrator of the district needs for a setting; undefined: the vendor alone changes it. */
export function allowanceFor(name: string): Allowance | undefined {
  const { setting, base } = declarationOf(name);
  if (setting.threshold) return 'thresholds';
  if (base === 'missingAfter' || base === 'identicalDays') return 'schedule';
  const asNamed = ['mode', 'calendar', 'schedule', 'holdOnlyRemovals', 'trustFirst'] as const;
  return asNamed.find((each) => each === base);
}

/**
 * Whether an administrator of the district may make these changes.
 * @throws Refusal `not-allowed`; a dry run that the vendor has set is not ended by the district.
 */
export function refuseBeyond(source: StoredSource, names: readonly string[]): void {
  const { administratorsMay, mode } = settingsOf(source);
  for (const name of names) {
    const needed = allowanceFor(name);
    if (needed === undefined || !administratorsMay.includes(needed))
      throw new Refusal('not-allowed', 403, `Your vendor sets ${name} of this source.`);
    if ((needed === 'mode' || needed === 'calendar') && mode === 'dry run')
      throw new Refusal('not-allowed', 403, 'This source is in dry run; your vendor ends that.');
  }
}

function change(next: StoredSource, name: string, given: unknown): Changed['changes'] {
  const { setting, base, kind } = declarationOf(name);
  const isDefault = given === null || given === 'default';
  // `default` is a value of `profile` too.
  const resets = isDefault && !(base === 'profile' && given === 'default');
  const value = resets ? usualOf(next, base) : setting.form.read(given, name);
  const before = shown(next, name);
  if ((settingColumns as readonly string[]).includes(name)) Object.assign(next, { [name]: value });
  else if (resets) delete next.settings[name];
  else next.settings[name] = value;
  // Whoever sets a threshold without an end means it from now on.
  const forATime = Array.isArray(next.settings.loosened) ? (next.settings.loosened as Loosened[]) : [];
  if (forATime.some((each) => each.name === name))
    next.settings.loosened = forATime.filter((each) => each.name !== name);
  const after = resets && kind !== undefined ? `as ${base}` : setting.form.show(value);
  return before === after ? [] : [{ name, from: before, to: after }];
}

/** As it was before, in the words of a person; a kind without a value of its own goes by that of all kinds. */
function shown(source: StoredSource, name: string): string {
  const { setting, base, kind } = declarationOf(name);
  if (kind === undefined) return setting.form.show(settingsOf(source)[base]);
  return source.settings[name] === undefined ? `as ${base}` : setting.form.show(source.settings[name]);
}

function loosen(
  next: StoredSource,
  name: string,
  given: unknown,
  { until, why }: ForATime,
  { day, by, at }: { day: LocalDate; by: string; at: Date },
): Changed['changes'][number] {
  const { setting } = declarationOf(name);
  if (!setting.threshold) {
    const sentence = `${name} is no threshold, so it cannot be set for a time. For modes there is the calendar.`;
    throw new Refusal('source-setting', 400, sentence);
  }
  if (!isLocalDate(until)) throw nonsense('until', until, 'a day such as 2026-08-15');
  if (until < day) throw new Refusal('source-setting', 400, `${dayInWords(until)} is over already.`);
  if ((Date.parse(until) - Date.parse(day)) / 86_400_000 > longestDays) {
    const sentence = `${dayInWords(until)} is more than a year away. Set ${name} without an end instead.`;
    throw new Refusal('source-setting', 400, sentence);
  }
  const reason = why.trim();
  if (reason === '' || reason.length > whyLimit)
    throw new Refusal('source-setting', 400, `Say why, in at most ${whyLimit} characters: it is kept with the value.`);
  const value = setting.form.read(given, name) as number;
  const before = loosenedOf(next, day);
  const earlier = before.find((each) => each.name === name);
  const added: Loosened = { name, value, until, by, at: at.toISOString(), why: reason };
  next.settings.loosened = [...before.filter((each) => each !== earlier), added];
  const from = earlier ? setting.form.show(earlier.value) : shown(next, name);
  return { name, from, to: setting.form.show(value), until, why: reason };
}
