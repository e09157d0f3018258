/** The forms that a setting of a source can have: what a value looks like, and a sentence when it looks otherwise. */

import { nearest } from './nearest.ts';
import { Refusal } from './refusal.ts';
import { limitPercent, thousands } from './words.ts';

/** What a page offers for a value; where there is none, a person types it. */
export type Control =
  | { type: 'share' | 'flag' | 'windows' | 'schedule' }
  | { type: 'count'; least: number; most: number }
  | { type: 'one' | 'any'; choices: readonly string[] };

/** How values of one type are read and shown. */
export type Form<T> = {
  control?: Control;
  /** What a value looks like, for the reference and for refusals. */
  looks: string;
  /**
   * The value that is meant: from the database, from JSON of a program, or from what a person typed.
   * @throws Refusal `source-setting`
   */
  read(given: unknown, name: string): T;
  /** As a person would type it. */
  show(value: T): string;
};

/** A share of a whole: kept as 0.1, typed as `10%`, `10 %` or `0.1`. */
export const share: Form<number> = {
  control: { type: 'share' },
  looks: 'a share, such as `10%`',
  read(given, name) {
    // A bare "1" is left alone: one percent, or all of it?
    const text = typeof given === 'string' ? given.trim() : '';
    const typed = /^(\d{1,3}(?:\.\d{1,4})?)\s*%$/.exec(text) ?? /^([01]\.\d{1,6}|0)$/.exec(text);
    const value = typed ? Math.round(Number(typed[1]) * (text.endsWith('%') ? 10_000 : 1_000_000)) / 1_000_000 : given;
    if (typeof value !== 'number' || !(value >= 0 && value <= 1))
      throw nonsense(name, given, 'a share from 0% to 100%');
    return value;
  },
  show: (value) => limitPercent(value).replace(' ', ''),
};

/** A whole number within bounds. */
export const count = (least: number, most: number): Form<number> => {
  const looks = `a whole number from ${thousands(least)} to ${thousands(most)}`;
  return {
    control: { type: 'count', least, most },
    looks,
    read(given, name) {
      const value = typeof given === 'string' && /^\d{1,9}$/.test(given.trim()) ? Number(given) : given;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
        throw nonsense(name, given, looks);
      return value;
    },
    show: String,
  };
};

export const flag: Form<boolean> = {
  control: { type: 'flag' },
  looks: '`yes` or `no`',
  read(given, name) {
    if (typeof given === 'boolean') return given;
    if (typeof given === 'string' && /^(yes|true|on)$/i.test(given.trim())) return true;
    if (typeof given === 'string' && /^(no|false|off)$/i.test(given.trim())) return false;
    throw nonsense(name, given, 'yes or no');
  },
  show: (value) => (value ? 'yes' : 'no'),
};

export const oneOf = <const T extends string>(choices: readonly T[]): Form<T> => ({
  control: { type: 'one', choices },
  looks: listed(choices),
  read(given, name) {
    const found = choices.find((choice) => choice === given);
    if (found === undefined) throw nonsense(name, given, `one of ${choices.join(', ')}`, choices);
    return found;
  },
  show: (value) => value,
});

/** Any of some words: a list, or a text with commas; empty is none of them. */
export const anyOf = <const T extends string>(choices: readonly T[]): Form<T[]> => ({
  control: { type: 'any', choices },
  looks: `any of ${listed(choices)}, with commas; or \`none\``,
  read(given, name) {
    const typed = typeof given === 'string' ? given.split(',').map((word) => word.trim()) : given;
    if (!Array.isArray(typed)) throw nonsense(name, given, `some of ${choices.join(', ')}`);
    const words = typed.filter((word) => word !== '' && word !== 'none');
    for (const word of words) {
      if (!choices.includes(word)) throw nonsense(name, word, `one of ${choices.join(', ')}`, choices);
    }
    return choices.filter((choice) => words.includes(choice));
  },
  show: (value) => (value.length === 0 ? 'none' : value.join(', ')),
});

/** "removedShare cannot be "lots": it takes a share from 0% to 100%." */
export function nonsense(name: string, given: unknown, takes: string, choices: readonly string[] = []): Refusal {
  const text = typeof given === 'string' ? given : (JSON.stringify(given) ?? '');
  const shown = text.replace(/\p{Cc}/gu, '').slice(0, 80);
  const meant = typeof given === 'string' ? nearest(given, choices) : undefined;
  return new Refusal(
    'source-setting',
    400,
    `${name} cannot be "${shown}": it takes ${takes}.${meant ? ` Did you mean ${meant}?` : ''}`,
  );
}

const listed = (choices: readonly string[]): string => choices.map((choice) => `\`${choice}\``).join(', ');
