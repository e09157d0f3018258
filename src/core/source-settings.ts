/** What can be set of a source: each setting declared once, with its default, its form, its bounds and its words. */

import { modeAt, type SourceMode, sourceModes, windows } from './calendar.ts';
import { formats } from './formats/index.ts';
import type { LocalDate } from './local-date.ts';
import { nearest } from './nearest.ts';
import type { Receiving } from './product-settings.ts';
import { Refusal } from './refusal.ts';
import { type Schedule, schedules, usualSchedule } from './schedule.ts';
import { anyOf, count, type Form, flag, oneOf, share } from './setting-form.ts';
import { type Kind, keyKinds, rosterKinds } from './tables.ts';

export type SourceSetting<T = unknown> = {
  form: Form<T>;
  default: T;
  /** One or two sentences for the reference and the console. */
  doc: string;
  /** A threshold of the guard: it may be given for a time, after which the value before holds again by itself. */
  threshold?: true;
  /** Kinds that may have a value of their own, set as `name.kind`. */
  kinds?: readonly Kind[];
};

const declare = <T>(form: Form<T>, fallback: T, doc: string, more: Partial<SourceSetting<T>> = {}) => ({
  form,
  default: fallback,
  doc,
  ...more,
});
const threshold = (form: Form<number>, fallback: number, doc: string, kinds?: readonly Kind[]) =>
  declare(form, fallback, doc, { threshold: true, ...(kinds ? { kinds } : {}) });

/** What the vendor may allow the administrators of a district to do with a source of theirs. */
export const allowances = [
  'decide',
  'rollback',
  'mode',
  'calendar',
  'schedule',
  'holdOnlyRemovals',
  'trustFirst',
  'thresholds',
] as const;
export type Allowance = (typeof allowances)[number];

const records = count(0, 10_000_000);

/** A format of ours, or a mapping by its name. */
const known = oneOf(['auto', ...formats.map(({ id }) => id)]);
const formatNames: Form<string> = {
  looks: `${known.looks}, or \`mapping:\` and the name of a mapping`,
  read: (given, name) =>
    typeof given === 'string' && /^mapping:[a-z0-9][a-z0-9-]{0,62}$/.test(given) ? given : known.read(given, name),
  show: (value) => value,
};

/** In the order in which they are shown. */
export const sourceSettings = {
  mode: declare<SourceMode>(
    oneOf(sourceModes),
    'active',
    'What happens to deliveries. `active`: processed. `paused`: kept, and processed when it ends. `dry run`: everything but applied. `additions only`: nothing is removed.',
  ),
  calendar: declare(
    windows,
    [],
    "Windows of days, both included, in the district's time zone, each with the mode that holds in it. The first delivery that is applied after a window waits for a person.",
  ),
  trustFirst: declare(flag, false, 'The first delivery is applied without a person having looked at it.'),
  holdOnlyRemovals: declare(
    flag,
    false,
    'When removals are all that is unusual, additions and updates are applied at once and the removals alone are held.',
  ),
  removedShare: threshold(share, 0.1, 'Share of the records of a kind that may leave unasked.', rosterKinds),
  removedAtLeast: threshold(records, 20, 'Fewer removals of a kind than this are never held.', rosterKinds),
  schoolRemovedShare: threshold(
    share,
    0.1,
    'Share of the records of a kind at one school that may leave unasked.',
    rosterKinds,
  ),
  schoolRemovedAtLeast: threshold(
    records,
    20,
    'Fewer removals of a kind at one school than this are never held.',
    rosterKinds,
  ),
  leftOutShare: threshold(
    share,
    0.05,
    'Share of the rows of orgs, classes, users or enrollments that may be left out unasked.',
    keyKinds,
  ),
  shrunkenShare: threshold(
    share,
    0.25,
    'Share of its rows by which a complete file may be shorter than in the last delivery that went through.',
    rosterKinds,
  ),
  shrunkenAtLeast: threshold(records, 20, 'A file that is shorter by fewer rows than this is never held.', rosterKinds),
  identityChanges: threshold(
    count(1, 10_000_000),
    20,
    'When so many people come back under a new sourcedId while the old one leaves, the delivery waits for a person.',
  ),
  format: declare(formatNames, 'auto', 'What is sent; `auto` tells it from the files.'),
  profile: declare(oneOf(['default', 'strict', 'lenient']), 'default', 'How strict the check is.'),
  schedule: declare<Schedule>(
    schedules,
    usualSchedule,
    "When a delivery is due: days, a local time, and a time zone if it is not the district's. While it is not set, a delivery is due when the window of the product ends. When nothing came between two due times, the source is late. Sources to which people upload begin with `none`.",
  ),
  missingAfter: declare(
    count(1, 60),
    3,
    'After so many due times in a row without a delivery the source is said to be missing.',
  ),
  identicalDays: declare(
    count(0, 365),
    7,
    'You are told when deliveries have changed nothing for so many days; 0: never.',
  ),
  administratorsMay: declare<Allowance[]>(
    anyOf(allowances),
    ['decide', 'mode', 'calendar', 'schedule', 'holdOnlyRemovals'],
    "What administrators of the district may do: decide about held deliveries, roll syncs back, and change settings. Only the vendor's people change this.",
  ),
} as const;

export type SettingName = keyof typeof sourceSettings;
export type SourceSettings = {
  [N in SettingName]: (typeof sourceSettings)[N] extends SourceSetting<infer T> ? T : never;
};
type ThresholdName = {
  [N in SettingName]: (typeof sourceSettings)[N] extends { threshold?: true; default: number } ? N : never;
}[SettingName];

/** What the guard compares with; `kinds` where a kind has values of its own. */
export type ThresholdValues = Record<ThresholdName, number>;
export type Thresholds = ThresholdValues & { kinds?: Partial<Record<Kind, Partial<ThresholdValues>>> };

/** A value for a time: it holds until the end of a day of the district, and then no more. */
export type Loosened = {
  /** A threshold, with or without a kind: `removedShare.users`. */
  name: string;
  value: number;
  until: LocalDate;
  /** Who gave it, when (ISO) and why. */
  by: string;
  at: string;
  why: string;
};

/** A source as it is stored: four settings have a column of their own, the others stand in `settings`. */
export type StoredSource = Pick<SourceSettings, 'mode' | 'trustFirst'> & {
  format: string;
  profile: SourceSettings['profile'];
  settings: Record<string, unknown>;
  /** What the product says of all its sources. */
  product?: { receiving?: Receiving | null };
};
export const settingColumns = [
  'mode',
  'trustFirst',
  'format',
  'profile',
] as const satisfies readonly (keyof StoredSource)[];

const declared = sourceSettings as unknown as Record<string, SourceSetting>;

/** Each setting as it was set, or its default. What an older version stored and this one does not read counts as not set. */
export function settingsOf(source: StoredSource): SourceSettings {
  const read = Object.keys(declared).map((name) => [name, storedValue(source, name) ?? usualOf(source, name)]);
  return Object.fromEntries(read) as SourceSettings;
}

/** What a setting is while nobody sets it: a delivery is due when the window of its product ends. */
export function usualOf({ product }: Pick<StoredSource, 'product'>, name: string): unknown {
  if (name !== 'schedule' || !product?.receiving) return declared[name]?.default;
  const { days, to } = product.receiving;
  return { days, time: to, timeZone: null } satisfies Schedule;
}

/** The mode of a source on a day, with its calendar. */
export const modeOn = (source: StoredSource, day: LocalDate): SourceMode =>
  modeAt(source.mode, settingsOf(source).calendar, day);

/** The thresholds of a source on a day: those given for a time count until they end. */
export function thresholdsOn(source: StoredSource, day: LocalDate): Thresholds {
  const loosened = new Map(loosenedOf(source, day).map(({ name, value }) => [name, value]));
  const setTo = (name: string): number | undefined =>
    loosened.get(name) ?? (storedValue(source, name) as number | undefined);
  const names = thresholdNames;
  const all = Object.fromEntries(names.map((name) => [name, setTo(name) ?? sourceSettings[name].default]));
  const own: Partial<Record<Kind, Partial<ThresholdValues>>> = {};
  for (const name of names) {
    for (const kind of declared[name]?.kinds ?? []) {
      const value = setTo(`${name}.${kind}`);
      if (value !== undefined) own[kind] = { ...own[kind], [name]: value };
    }
  }
  return { ...(all as ThresholdValues), kinds: own };
}

const thresholdNames = Object.keys(sourceSettings).filter((name) => declared[name]?.threshold) as ThresholdName[];

/** The thresholds of a source of which nothing was set. */
export const defaultThresholds: Thresholds = Object.fromEntries(
  thresholdNames.map((name) => [name, sourceSettings[name].default]),
) as ThresholdValues;

/** Values for a time that have not ended on a day. */
export function loosenedOf({ settings }: StoredSource, day: LocalDate): Loosened[] {
  const all = Array.isArray(settings.loosened) ? (settings.loosened as Loosened[]) : [];
  return all.filter(({ name, value, until }) => until >= day && partsOf(name) !== undefined && Number.isFinite(value));
}

function storedValue(source: StoredSource, name: string): unknown {
  const own = (settingColumns as readonly string[]).includes(name);
  const stored = own ? source[name as (typeof settingColumns)[number]] : source.settings[name];
  if (stored === undefined || stored === null) return undefined;
  try {
    return partsOf(name)?.setting.form.read(stored, name);
  } catch {
    return undefined;
  }
}

/** The declaration behind `removedShare` or `removedShare.users`; undefined when there is none. */
export function partsOf(
  name: string,
): { setting: SourceSetting; base: SettingName; kind: Kind | undefined } | undefined {
  const [base = '', kind, ...more] = name.split('.');
  const setting = Object.hasOwn(declared, base) ? declared[base] : undefined;
  if (!setting || more.length > 0) return undefined;
  if (kind !== undefined && !setting.kinds?.includes(kind as Kind)) return undefined;
  return { setting, base: base as SettingName, kind: kind as Kind | undefined };
}

/** The declaration behind a name. @throws Refusal `source-setting` with what was probably meant. */
export function declarationOf(name: string): NonNullable<ReturnType<typeof partsOf>> {
  const parts = partsOf(name);
  if (parts) return parts;
  const [base = '', kind = ''] = name.split('.');
  const shown = name.replace(/\p{Cc}/gu, '').slice(0, 80);
  const setting = Object.hasOwn(declared, base) ? declared[base] : undefined;
  const choices = setting ? (setting.kinds ?? []) : Object.keys(sourceSettings);
  const meant = nearest(setting ? kind : base, choices);
  const guess = meant === undefined ? '' : ` Did you mean ${setting ? `${base}.${meant}` : meant}?`;
  const sentence = !setting
    ? `There is no setting "${shown}" of a source.${guess || ` Settings: ${choices.join(', ')}.`}`
    : setting.kinds
      ? `${base} has no value of its own for "${shown.slice(base.length + 1)}".${guess} Kinds: ${choices.join(', ')}.`
      : `${base} is the same for all kinds.`;
  throw new Refusal('source-setting', 400, sentence);
}
