/** When a delivery waits for a person: the thresholds of a day, and what they say of what would leave. */

import { keyKinds, kinds, type ModelKind, schoolField } from './district.ts';
import type { Mode } from './history.ts';
import type { Read } from './reading.ts';
import { type Held, kindOf } from './roster.ts';

/** The limits of the guard. */
export type Limits = { share: number; atLeast: number; leftOutShare: number };
export const usualLimits: Limits = { share: 0.1, atLeast: 20, leftOutShare: 0.05 };

/** Days are counted from the beginning; the last one belongs to it. */
export type Window = { from: number; to: number; mode: Mode };
export type ForATime = { until: number; limits: Partial<Limits> };

/** What people have set of a source. */
export class Care {
  mode: Mode = 'active';
  limits: Limits = usualLimits;
  holdsOnlyRemovals = false;
  windows: Window[] = [];
  forATime: ForATime[] = [];

  modeOn(day: number): Mode {
    return this.windows.find(({ from, to }) => from <= day && day <= to)?.mode ?? this.mode;
  }

  /** What was set last for a time counts before what was set before it, and before what holds in all other times. */
  limitsOn(day: number): Limits {
    const set = this.forATime.filter(({ until }) => until >= day).map(({ limits }) => limits);
    return Object.assign({}, this.limits, ...set);
  }

  /** From now on: what was set for a time is over. */
  setLimits(limits: Partial<Limits>): void {
    this.limits = { ...this.limits, ...limits };
    for (const each of this.forATime)
      each.limits = Object.fromEntries(Object.entries(each.limits).filter(([name]) => !(name in limits)));
  }

  /** The last window that is over. */
  windowBefore(day: number): Window | undefined {
    return this.windows.filter(({ to }) => to < day).sort((a, b) => b.to - a.to)[0];
  }

  /** A day has one mode. */
  isFree({ from, to }: Window): boolean {
    return this.windows.every((window) => to < window.from || window.to < from);
  }
}

/** Of a key kind, too many rows are left out. */
export const leavesOutMuch = (files: ReadonlyMap<ModelKind, Read>, { leftOutShare }: Limits): boolean =>
  keyKinds.some((kind) => {
    const { lost, rows } = files.get(kind) ?? { lost: 0, rows: 0 };
    return lost > leftOutShare * rows;
  });

/** A key kind is said to be empty, or too much of a kind, or of one school within it, would leave. */
export function losesMuch(
  records: ReadonlyMap<string, Held>,
  source: number,
  files: ReadonlyMap<ModelKind, Read>,
  isLeaving: (key: string) => boolean,
  limits: Limits,
): boolean {
  const isEmpty = ({ mode, rows }: Pick<Read, 'mode' | 'rows'>) => mode === 'bulk' && rows === 0;
  return (
    keyKinds.some((kind) => files.has(kind) && isEmpty(files.get(kind) as Read)) ||
    kinds.some((kind) => {
      const mine = [...records].filter(
        ([key, held]) => kindOf(key) === kind && held.owner === source && held.status === 'active',
      );
      return isMuchOf(kind, mine, isLeaving, limits);
    })
  );
}

function isMuchOf(
  kind: ModelKind,
  mine: [string, Held][],
  isLeaving: (key: string) => boolean,
  { share, atLeast }: Limits,
): boolean {
  const going = mine.filter(([key]) => isLeaving(key));
  const isMuch = (gone: number, all: number) => gone > 0 && gone >= atLeast && gone > share * all;
  if (isMuch(going.length, mine.length)) return true;
  const field = schoolField[kind];
  if (!field) return false;
  const at = (school: string, list: typeof mine) =>
    list.filter(([, held]) => (held.fields[field] ?? '').split(',').includes(school)).length;
  const schools = new Set(going.flatMap(([, held]) => (held.fields[field] ?? '').split(',')));
  return [...schools].some((school) => isMuch(at(school, going), at(school, mine)));
}
