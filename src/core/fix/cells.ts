/** Repairs of single values that can be meant in one way only. */

import { judgeDateTime } from '../bytes.ts';
import { booleanWords, isNullWord } from '../cell-forms.ts';
import type { Field, Version } from '../tables.ts';
import type { DateVotes } from './dates.ts';

/** Told of each repair: the rule that is satisfied, and what was done. */
export type Say = (rule: string, done: string) => void;

const lists = new Set(['refs', 'grades', 'enums', 'strings']);
/** Lists whose items cannot hold a semicolon or bar, and in whose order nothing is counted. */
const tight = new Set(['refs', 'grades', 'enums']);
const aroundInvisible = /^[\s\u00a0\u200b-\u200f\u2060\ufeff\u0000]+|[\s\u00a0\u200b-\u200f\u2060\ufeff\u0000]+$/g;

/** The value put right, or as it was. */
export function repairCell(
  text: string,
  field: Field,
  version: Version,
  votes: DateVotes | undefined,
  say: Say,
): string {
  if (text === '') return text;
  let value = text.replace(aroundInvisible, '');
  if (value !== text)
    say('csv-surrounding-whitespace', 'Spaces and invisible characters around a value were taken off');
  if (value !== '' && isNullWord(value) && !field.required.includes(version) && field.type !== 'guid') {
    say('csv-null-literal', 'A word for nothing was made a blank cell');
    return '';
  }
  if (value === '') return value;
  if (lists.has(field.type)) value = repairList(value, field, say);
  switch (field.type) {
    case 'boolean':
      return repairBoolean(value, say);
    case 'enum':
      return repairCase(value, field.values?.[version] ?? [], say);
    case 'enums':
      return eachItem(value, (item) => repairCase(item, field.values?.[version] ?? [], say));
    case 'grades':
      return eachItem(value, (item) => repairGrade(item, field.values?.[version] ?? [], say));
    case 'date':
      return repairDate(value, votes, say);
    case 'dateTime':
      return repairTime(value, say);
    case 'year':
      return repairYear(value, say);
    default:
      return value;
  }
}

const eachItem = (list: string, repair: (item: string) => string): string => list.split(',').map(repair).join(',');

function repairList(text: string, { type }: Field, say: Say): string {
  let value = text;
  if (tight.has(type) && !value.includes(',') && /[;|]/.test(value)) {
    say('list-wrong-separator', 'The items of a list were separated by commas');
    value = value.replace(/[;|]/g, ',');
  }
  let items = value.split(',');
  const trimmed = items.map((item) => item.trim());
  if (trimmed.some((item, at) => item !== items[at]))
    say('list-space-around-item', 'Spaces around commas were taken off');
  items = trimmed;
  if (!tight.has(type)) return items.join(',');
  const filled = items.filter((item) => item !== '');
  if (filled.length < items.length) say('list-empty-item', 'Empty items of a list were taken out');
  const once = [...new Set(filled)];
  if (once.length < filled.length) say('list-duplicate-item', 'An item that stood twice in a list was kept once');
  return once.join(',');
}

function repairBoolean(value: string, say: Say): string {
  const meant = booleanWords[value.toLowerCase()];
  if (!meant || meant === value) return value;
  say('boolean-invalid', 'A yes-or-no value was written true or false');
  return meant;
}

function repairCase(value: string, tokens: readonly string[], say: Say): string {
  if (tokens.includes(value)) return value;
  const meant = tokens.filter((token) => token.toLowerCase() === value.toLowerCase());
  if (meant.length !== 1) return value;
  say('enum-wrong-case', 'A value was given the capitals of the standard');
  return meant[0] as string;
}

function repairGrade(value: string, codes: readonly string[], say: Say): string {
  if (codes.includes(value)) return value;
  if (/^[1-9]$/.test(value)) {
    say('grade-missing-leading-zero', 'A grade was given its leading zero');
    return `0${value}`;
  }
  const meant = codes.find((code) => code.toLowerCase() === value.toLowerCase());
  if (!meant) return value;
  say('grade-unknown', 'A grade code was given the capitals of the standard');
  return meant;
}

function repairDate(value: string, votes: DateVotes | undefined, say: Say): string {
  const reading = votes?.reading();
  const read = reading?.read(value);
  if (!reading || read === undefined || read === value) return value;
  say(
    'date-format-invalid',
    `Dates written ${reading.name} were written YYYY-MM-DD; the whole column agrees on that reading`,
  );
  return read;
}

function repairTime(value: string, say: Say): string {
  const verdict = judgeDateTime(value);
  if (verdict === 'no-milliseconds') {
    say('datetime-without-milliseconds', 'A time was given its milliseconds');
    return value.replace('Z', '.000Z');
  }
  if (verdict !== 'not-utc' || !/[+-]\d\d:?\d\d$/.test(value)) return value;
  const time = new Date(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(time.getTime())) return value;
  say('datetime-not-utc', 'A time was converted to UTC');
  return time.toISOString();
}

/** 2025-2026 and 2025-26 can only be the year that ends in 2026. */
function repairYear(value: string, say: Say): string {
  const match = /^(\d{4})\s*[-/–]\s*(\d{4}|\d\d)$/.exec(value);
  if (!match) return value;
  const end = String(Number(match[1]) + 1);
  if (match[2] !== end && match[2] !== end.slice(2)) return value;
  say('year-invalid', 'A school year written as two years was written as the one in which it ends');
  return end;
}
