/** The settings of a source as people and programs read them: each with its value, its default and its words. */

import { modeAt, type SourceMode, type Window, windowAt } from './calendar.ts';
import type { LocalDate } from './local-date.ts';
import type { Control } from './setting-form.ts';
import {
  type Loosened,
  loosenedOf,
  type SettingName,
  type SourceSetting,
  type StoredSource,
  settingsOf,
  sourceSettings,
  usualOf,
} from './source-settings.ts';
import type { Kind } from './tables.ts';

export type SettingView = {
  name: SettingName;
  value: unknown;
  /** As a person would type it. */
  shown: string;
  default: string;
  /** Somebody has set it to something else than the default. */
  isSet: boolean;
  /** Kinds with a value of their own. */
  kinds: { kind: Kind; value: unknown; shown: string }[];
  looks: string;
  doc: string;
  /** What a page offers for it; null: a person types it. */
  control: Control | null;
  /** Kinds that may have a value of their own. */
  ownKinds: readonly Kind[];
};

export type SourceView = {
  settings: SettingView[];
  /** The mode that holds today, and the window that sets it. */
  mode: SourceMode;
  window: Window | null;
  /** Thresholds that hold for a time. */
  forATime: (Loosened & { shown: string })[];
};

export function viewOf(source: StoredSource, day: LocalDate): SourceView {
  const values = settingsOf(source);
  const { calendar } = values;
  return {
    settings: (Object.keys(sourceSettings) as SettingName[]).map((name) => settingView(source, name, values[name])),
    mode: modeAt(source.mode, calendar, day),
    window: windowAt(calendar, day) ?? null,
    forATime: loosenedOf(source, day).map((each) => ({ ...each, shown: declared(each.name).form.show(each.value) })),
  };
}

const declared = (name: string): SourceSetting => {
  const all = sourceSettings as unknown as Record<string, SourceSetting>;
  return all[name.split('.')[0] as SettingName] as SourceSetting;
};

function settingView(source: StoredSource, name: SettingName, value: unknown): SettingView {
  const { form, doc, kinds = [] } = declared(name);
  const own = kinds.flatMap((kind) => {
    const stored = source.settings[`${name}.${kind}`];
    return stored === undefined ? [] : [{ kind, value: stored, shown: form.show(stored) }];
  });
  const shown = form.show(value);
  const usual = form.show(usualOf(source, name));
  const { looks, control = null } = form;
  return {
    name,
    value,
    shown,
    default: usual,
    isSet: shown !== usual,
    kinds: own,
    looks,
    doc,
    control,
    ownKinds: kinds,
  };
}
