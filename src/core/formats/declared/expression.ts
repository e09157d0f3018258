/** Makes a writer of bytes of each expression of a declaration: templates, lookups, dates, lists, conditions. */

import { encode, judgeDate } from '../../bytes.ts';
import { nearest } from '../../nearest.ts';
import { show } from '../../show.ts';
import { Tally } from '../../tally.ts';
import { type CellWriter, escapedId } from './cell-writer.ts';
import { dateFrom } from './date-form.ts';
import {
  type Condition,
  type Expression,
  type FileDeclaration,
  type Lookup,
  plainValue,
  type ValueExpression,
} from './declaration.ts';
import { inputsOf } from './inputs.ts';
import { Memo } from './memo.ts';
import type { SourceRow } from './source-row.ts';
import { compileTemplate, type Mode } from './template.ts';

/** Where an expression stands: what it may look at, and where its findings go. */
export type Scope = {
  file: FileDeclaration;
  /** The file as it was sent. */
  name: string;
  tally: Pick<Tally, 'add' | 'profile'>;
  ignoreCase: boolean;
  lookups: Readonly<Record<string, Lookup>>;
  columnOf(name: string): number;
  /** A cell of another file by the value of a column of it. */
  finding(find: NonNullable<ValueExpression['find']>): (key: string) => string | undefined;
};

export type Compiled = {
  /** Writes the value; true when the record cannot be made. */
  write(row: SourceRow, out: CellWriter): boolean;
  /** The first column that it reads, or -1. */
  column: number;
};

const LOST = Symbol('lost');
type Value = string | typeof LOST;
type Evaluated = { value(row: SourceRow, item?: string): Value; column: number };

export function compile(expression: Expression, mode: Mode, scope: Scope): Compiled {
  if (typeof expression === 'string') {
    const template = compileTemplate(expression, mode, scope.ignoreCase, scope.columnOf);
    return {
      column: template.column,
      write(row, out) {
        template.write(row, out);
        return false;
      },
    };
  }
  if (expression.each !== undefined && isPlainList(expression)) return compileList(expression.each, mode, scope);
  let isSilent = true;
  const add: Tally['add'] = (rule, where) => {
    isSilent = false;
    return scope.tally.add(rule, where);
  };
  const { value, column } = evaluator(expression, mode, { ...scope, tally: { profile: scope.tally.profile, add } });
  const memo = new Memo(inputsOf(expression, scope.columnOf));
  return {
    column,
    write(row, out) {
      const known = memo.find(row);
      if (known >= 0) {
        memo.write(known, out);
        return false;
      }
      isSilent = true;
      const text = value(row);
      if (text === LOST) return true;
      const bytes = text === '' ? NOTHING : encode(text);
      // What has something to say says it of every row.
      if (isSilent) memo.keep(bytes);
      out.copy(bytes, 0, bytes.length);
      return false;
    },
  };
}

const NOTHING = new Uint8Array(0);

/** Whether a condition holds for a row. */
export function compileCondition(condition: Condition | undefined, scope: Scope): (row: SourceRow) => boolean {
  if (!condition) return () => true;
  if ('all' in condition) {
    const all = condition.all.map((each) => compileCondition(each, scope));
    return (row) => all.every((holds) => holds(row));
  }
  if ('any' in condition) {
    const any = condition.any.map((each) => compileCondition(each, scope));
    return (row) => any.some((holds) => holds(row));
  }
  // What is wrong with a value is said where it is written.
  const quiet = { ...scope, tally: new Tally(scope.tally.profile) };
  const { value } = evaluator(condition.value, 'text', quiet);
  const textOf = (row: SourceRow): string => {
    const found = value(row);
    return found === LOST ? '' : plainValue(found);
  };
  if ('contains' in condition) return (row) => textOf(row).includes(plainValue(condition.contains));
  if ('filled' in condition) return (row) => (textOf(row) !== '') === condition.filled;
  const listed = new Set(('is' in condition ? condition.is : condition.not).map(plainValue));
  const wanted = 'is' in condition;
  return (row) => listed.has(textOf(row)) === wanted;
}

/** The values of a list cell, without blank ones. */
export const splitList = (cell: string, separator: string | RegExp): string[] =>
  cell
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');

const isPlainList = ({ each: _, value = '{item}', ...rest }: ValueExpression): boolean =>
  value === '{item}' && Object.keys(rest).length === 0;

/** A list as it stands, cut at its separator; bytes are copied. */
function compileList(name: string, mode: Mode, scope: Scope): Compiled {
  const column = scope.columnOf(name);
  const separator = (scope.file.separator ?? ';').charCodeAt(0);
  return {
    column,
    write(row, out) {
      const end = row.end[column] as number;
      let isFirst = true;
      for (let from = row.start[column] as number; from < end; ) {
        let to = from;
        while (to < end && row.buffer[to] !== separator) to++;
        let a = from;
        let b = to;
        while (a < b && (row.buffer[a] as number) <= 32) a++;
        while (b > a && (row.buffer[b - 1] as number) <= 32) b--;
        if (b > a) {
          if (!isFirst) out.byte(COMMA);
          isFirst = false;
          if (mode === 'id') out.id(row.buffer, a, b, scope.ignoreCase);
          else out.copy(row.buffer, a, b);
        }
        from = to + 1;
      }
      return false;
    },
  };
}
const COMMA = 44;

function evaluator(expression: Expression, mode: Mode, scope: Scope): Evaluated {
  if (typeof expression === 'string') {
    const template = compileTemplate(expression, mode, scope.ignoreCase, scope.columnOf);
    return { value: (row, item) => template.text(row, item), column: template.column };
  }
  const { when, each } = expression;
  const cutsFirst = mode === 'id' && isFirstOfCell(expression);
  const source =
    each === undefined ? sourceOf(expression, cutsFirst ? 'text' : mode, scope) : listOf(each, expression, mode, scope);
  const steps = each === undefined ? stepsOf(expression, source.column, scope) : [];
  // The sign between values is no part of an id: the cell is cut before it becomes one.
  if (cutsFirst) steps.splice(1, 0, (value) => escapedId(value, scope.ignoreCase));
  const holds = when ? compileCondition(when, scope) : undefined;
  return {
    column: source.column,
    value(row, item) {
      if (holds && !holds(row)) return '';
      let value = source.value(row, item);
      for (const step of steps) {
        if (value === LOST || value === '') return value;
        value = step(value, row);
      }
      return value;
    },
  };
}

/** The first value of one cell, and nothing beside it. */
const isFirstOfCell = ({ several, value = '' }: ValueExpression): boolean =>
  several === 'first' && /^\{[^{}]+\}$/.test(value);

function sourceOf(expression: ValueExpression, mode: Mode, scope: Scope): Evaluated {
  const { first, find, value = '' } = expression;
  if (first) {
    const all = first.map((each) => evaluator(each, mode, scope));
    return {
      column: all.find(({ column }) => column >= 0)?.column ?? -1,
      value(row, item) {
        for (const each of all) {
          const found = each.value(row, item);
          if (found !== '') return found;
        }
        return '';
      },
    };
  }
  if (find) return found(find, expression, mode, scope);
  const template = compileTemplate(value, mode, scope.ignoreCase, scope.columnOf);
  return { column: template.column, value: (row, item) => template.text(row, item) };
}

/** What stands in another file, and of several rows each value once, as a list. */
function found(find: Find, expression: ValueExpression, mode: Mode, scope: Scope): Evaluated {
  const key = evaluator(find.is, 'text', scope);
  const lookUp = scope.finding(find);
  const shape = compileTemplate(expression.value ?? '{item}', mode, scope.ignoreCase, scope.columnOf);
  const separator = scope.file.separator ?? ';';
  return {
    column: key.column,
    value(row, item) {
      const wanted = key.value(row, item ?? (row.itemEnd > row.itemStart ? itemOf(row) : undefined));
      if (wanted === LOST || wanted === '') return wanted;
      if (!find.all) {
        const one = lookUp(plainValue(wanted));
        return one === undefined || one === '' ? '' : shape.text(row, one);
      }
      const all = splitList(wanted, /[;,]/).flatMap((each) => splitList(lookUp(plainValue(each)) ?? '', separator));
      return [...new Set(all)].map((each) => shape.text(row, each)).join(',');
    },
  };
}

type Find = NonNullable<ValueExpression['find']>;
const decoder = new TextDecoder();
const itemOf = ({ buffer, itemStart, itemEnd }: SourceRow): string =>
  decoder.decode(buffer.subarray(itemStart, itemEnd));

/** A list of which each value goes through all steps. */
function listOf(each: string, expression: ValueExpression, mode: Mode, scope: Scope): Evaluated {
  const column = scope.columnOf(each);
  const { each: _, when: __, value = '{item}', ...rest } = expression;
  const one = evaluator({ ...rest, value }, mode, scope);
  return {
    column,
    value(row) {
      const made: string[] = [];
      for (const item of splitList(row.text(column), scope.file.separator ?? ';')) {
        const found = one.value(row, item);
        if (found === LOST) return LOST;
        if (found !== '' && !made.includes(found)) made.push(found);
      }
      return made.join(',');
    },
  };
}

type Step = (value: string, row: SourceRow) => Value;

function stepsOf(expression: ValueExpression, column: number, scope: Scope): Step[] {
  const { several, pad, date, lookup } = expression;
  const steps: Step[] = [];
  const table = typeof lookup === 'string' ? (scope.lookups[lookup] ?? {}) : lookup;
  if (several === 'first') steps.push((value) => value.split(scope.file.separator ?? ';')[0]?.trim() ?? '');
  else if (several) steps.push(lowest(table ?? {}, column, scope, several === 'lowest'));
  if (expression.case) steps.push(caseOf(expression.case));
  if (date) steps.push(dateStep(date, column, scope));
  if (table) steps.push(lookupStep(table, expression, column, scope));
  if (pad) steps.push((value) => value.padStart(pad, '0'));
  return steps;
}

const caseOf =
  (how: NonNullable<ValueExpression['case']>): Step =>
  (value) => {
    if (how === 'upper') return value.toUpperCase();
    if (how === 'lower') return value.toLowerCase();
    return value.toLowerCase().replace(/(^|[\s'-])(\p{L})/gu, (_, before, letter) => before + letter.toUpperCase());
  };

function say(
  rule: string,
  column: number,
  row: SourceRow,
  value: string,
  scope: Scope,
  message: string,
  isRemark = false,
) {
  const declared = scope.file.columns[column];
  const key = row.isBlank(0) ? undefined : show(row.text(0));
  scope.tally.add(rule, {
    file: scope.name,
    line: row.line,
    ...(declared ? { column: declared.name } : {}),
    ...(key ? { key } : {}),
    value: declared?.secret ? '(hidden)' : show(value),
    message,
    ...(isRemark ? { severity: 'warning' as const } : {}),
  });
}

function dateStep(forms: readonly string[], column: number, scope: Scope): Step {
  return (value, row) => {
    const made = dateFrom(value, forms);
    const bytes = made === undefined ? undefined : encode(made);
    if (bytes && judgeDate(bytes, 0, bytes.length) === 'ok') return made as string;
    const name = scope.file.columns[column]?.name ?? 'The value';
    say(
      'format-value-unreadable',
      column,
      row,
      value,
      scope,
      `${name} "${show(value)}" is not a date like ${forms.join(' or ')}`,
    );
    return LOST;
  };
}

function lookupStep(
  table: Lookup,
  { otherwise = 'error', exact = false }: ValueExpression,
  column: number,
  scope: Scope,
): Step {
  const plain = exact ? (text: string) => text.trim() : plainValue;
  const known = new Map(Object.entries(table).map(([from, to]) => [plain(from), to]));
  const name = scope.file.columns[column]?.name ?? 'The value';
  return (value, row) => {
    const found = known.get(plain(value));
    if (typeof found === 'string') return found;
    if (found === undefined && otherwise === 'keep') return value;
    const shown = `${name} "${show(value)}"`;
    if (otherwise === 'error' || otherwise === 'keep') {
      const near = found === undefined ? nearest(value, Object.keys(table)) : undefined;
      const what = found === null ? 'is not taken' : `is not known${near ? `; did you mean ${near}?` : ''}`;
      say('format-value-unknown', column, row, value, scope, `${shown} ${what}`);
      return LOST;
    }
    const instead = otherwise === 'blank' ? '' : otherwise.value;
    const how = instead === '' ? 'is read as blank' : `is read as ${instead}`;
    say('format-value-unknown', column, row, value, scope, `${shown} is not known and ${how}`, true);
    return instead;
  };
}

/** Of several values in a cell the one that stands first in the table. */
function lowest(table: Lookup, column: number, scope: Scope, isTold: boolean): Step {
  const ranks = new Map(Object.keys(table).map((key, at) => [plainValue(key), at]));
  const rankOf = (item: string) => ranks.get(plainValue(item)) ?? Number.MAX_SAFE_INTEGER;
  return (value, row) => {
    const items = value
      .split(/[;,]/)
      .map((item) => item.trim())
      .filter((item) => item !== '');
    if (items.length < 2) return items[0] ?? '';
    const found = items.reduce((low, item) => (rankOf(item) < rankOf(low) ? item : low));
    if (!isTold) return found;
    const name = scope.file.columns[column]?.name ?? 'The value';
    say(
      'format-several-values',
      column,
      row,
      value,
      scope,
      `${name} "${show(value)}" holds several values; ${show(found)} is read`,
    );
    return found;
  };
}
