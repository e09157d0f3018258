/** Makes a format of a declaration: recognises its files, reads them, and hands on the records that are made of them. */

import type { Ahead } from '../../ahead/block.ts';
import { encode } from '../../bytes.ts';
import type { Bundle, Mode } from '../../record.ts';
import { type Kind, kinds } from '../../tables.ts';
import { Tally } from '../../tally.ts';
import type { Format, OpenContext, Opened, TableSource } from '../format.ts';
import { assign, likeness } from './assign.ts';
import { type Declaration, fileIn, plainName, type RecordRule } from './declaration.ts';
import { type LoadedFile, loadFile } from './load.ts';
import { FILES_LIMIT, notAsked, translator } from './places.ts';
import { type SchoolYear, schoolYearColumns, schoolYearOn } from './school-year.ts';
import { SourceRow } from './source-row.ts';
import { type Delivered, type Fed, hasColumn, tableSource, VERSION } from './table-source.ts';
import { columnsIn } from './template.ts';

export function declaredFormat(declaration: Declaration): Format {
  const { id, title } = declaration;
  return {
    id,
    title,
    declaration,
    detect: () => undefined,
    async recognise(bundle) {
      const found = await likeness(declaration, bundle);
      if (!found) return undefined;
      const reason = `It holds ${found.files.map(({ entry }) => entry.name).join(', ')}.`;
      return { score: found.score, files: found.files.length, reason };
    },
    claims: async (bundle) => (await assign(declaration, bundle, new Tally('default'))).size,
    open: (bundle, tally, ahead, context = {}) => open(declaration, bundle, tally, ahead, context),
  };
}

/** Where nobody says what day it is, nothing depends on it. */
const anyDay = '2000-01-01';

async function open(
  declaration: Declaration,
  bundle: Bundle,
  tally: Tally,
  ahead: Ahead | undefined,
  context: OpenContext,
): Promise<Opened> {
  const assigned = [...(await assign(declaration, bundle, tally))].slice(0, FILES_LIMIT);
  const files = new Map<string, LoadedFile>();
  for (const [at, [id, entry]] of assigned.entries()) {
    const file = fileIn(declaration, id);
    files.set(id, await loadFile(file, entry, at + 1, declaration.keysIgnoreCase ?? false, tally));
  }
  const year = schoolYearOn(context.now?.toISOString().slice(0, 10) ?? anyDay, declaration.yearStarts);
  const schoolYear = yearFile(year);
  const inYear = { ...declaration, records: placed(declaration.records, year) };
  const delivered: Delivered = {
    declaration: inYear,
    files,
    schoolYear,
    tally,
    ahead,
    live: context.live,
    tables: new Map(),
  };
  return {
    version: VERSION,
    tables: tablesOf(delivered, context.isAll ?? false),
    translate: translator(placesOf(delivered)),
    notAsked,
  };
}

function tablesOf(delivered: Delivered, isAll: boolean): TableSource[] {
  const { declaration, files, schoolYear } = delivered;
  const modes = new Map<Kind, Mode>();
  const fedBy = new Map<Kind, Fed[]>();
  for (const kind of kinds) {
    const rules = declaration.records[kind] ?? [];
    const fed = rules.flatMap((rule) => {
      const file = rule.from === 'schoolYear' ? schoolYear : files.get(rule.from);
      const isThere = file && !(file.reading && !file.reading.present);
      return isThere && (rule.needs?.some((name) => hasColumn(file, name)) ?? true) ? [{ rule, file }] : [];
    });
    if (fed.length === 0) continue;
    fedBy.set(kind, fed);
    modes.set(kind, isAll || isWhole(rules, delivered) ? 'bulk' : 'delta');
  }
  return kinds.flatMap((kind) => {
    const fed = fedBy.get(kind);
    const mode = modes.get(kind);
    if (!fed || !mode) return [];
    const isUnreadable = (declaration.records[kind] ?? []).some(({ from }) => {
      const reading = files.get(from)?.reading;
      return reading !== undefined && reading.present === undefined;
    });
    if (fed.some(({ file }) => file !== schoolYear))
      return [{ ...tableSource(kind, mode, fed, delivered), ...(isUnreadable ? { isUnreadable } : {}) }];
    // The year comes with the classes that are placed in it, as complete as they are.
    const classes = modes.get('classes');
    return classes ? [tableSource(kind, classes, fed, delivered)] : [];
  });
}

/** Whether every file that tells of a kind is here and complete, so that what is not in it has left. */
function isWhole(rules: readonly RecordRule[], { declaration, files }: Delivered): boolean {
  return rules.every(({ from, each }) => {
    if (from === 'schoolYear') return true;
    const { mode, columns } = fileIn(declaration, from);
    if (mode === 'full') return true;
    const file = files.get(from);
    if (mode === 'changes' || !file) return false;
    if (file.reading?.isFull) return true;
    if (each === undefined) return false;
    const at = columns.findIndex(({ name }) => plainName(name) === plainName(each));
    return file.reading?.present?.[at] === false;
  });
}

function placesOf({ declaration, files }: Delivered) {
  const names = ['', ...[...files.values()].map(({ name }) => name)];
  return {
    names,
    filesOf: (kind: Kind) => [
      ...new Set((declaration.records[kind] ?? []).flatMap(({ from }) => files.get(from)?.name ?? [])),
    ],
    isToldElsewhere(kind: Kind, field: string, number: number) {
      const rules = (declaration.records[kind] ?? []).filter(({ from }) => files.get(from)?.number === number);
      // The course of a class is made of the class's own row.
      if (kind === 'courses')
        return rules.some(({ from }) => (declaration.records.classes ?? []).some((other) => other.from === from));
      // What is looked up in another file is told where it stands.
      return rules.some(({ fields }) => {
        const found = findIn(fields[field]);
        return found !== undefined && files.has(found);
      });
    },
    columnOf(kind: Kind, field: string, number: number) {
      for (const rule of declaration.records[kind] ?? []) {
        if (number > 0 && files.get(rule.from)?.number !== number) continue;
        const column = columnsOf(rule.fields[field], rule.each)[0];
        if (column !== undefined) return column;
      }
      return undefined;
    },
  };
}

/** The other file that an expression looks into first. */
function findIn(expression: unknown): string | undefined {
  if (typeof expression !== 'object' || expression === null) return undefined;
  const { first, find } = expression as { first?: readonly unknown[]; find?: { in: string } };
  return find?.in ?? findIn(first?.[0]);
}

/** Names of the columns that an expression reads. */
export function columnsOf(expression: unknown, item?: string): string[] {
  if (typeof expression === 'string')
    return [...(expression.includes('{item}') && item ? [item] : []), ...columnsIn(expression)];
  if (typeof expression !== 'object' || expression === null) return [];
  const { each, value, first, find } = expression as Record<string, unknown>;
  return [
    ...(typeof each === 'string' ? [each] : []),
    ...columnsOf(value, item),
    ...(Array.isArray(first) ? first.flatMap((one) => columnsOf(one, item)) : []),
    ...(find ? columnsOf((find as { is: unknown }).is, item) : []),
  ];
}

/** The rules with the year in the places of `{schoolYear.endYear}` and the like. */
function placed<T>(value: T, year: SchoolYear): T {
  if (typeof value === 'string')
    return value.replace(
      /\{schoolYear\.(startYear|endYear|startDate|endDate)\}/g,
      (_, name: keyof SchoolYear) => year[name],
    ) as T;
  if (Array.isArray(value)) return value.map((each) => placed(each, year)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, placed(each, year)])) as T;
}

/** One row that stands for the school year. */
function yearFile(year: SchoolYear): LoadedFile {
  const row = new SourceRow(schoolYearColumns.length);
  const texts = schoolYearColumns.map((name) => encode(year[name]));
  row.buffer = new Uint8Array(texts.reduce((sum, text) => sum + text.length, 0));
  let at = 0;
  for (const [column, text] of texts.entries()) {
    row.buffer.set(text, at);
    row.start[column] = at;
    at += text.length;
    row.end[column] = at;
  }
  const columns = schoolYearColumns.map((name) => ({ name, need: 'required' as const, example: year[name], help: '' }));
  const reading = { present: columns.map(() => true), isFull: true, broken: 0, rows: 1 };
  return {
    declared: { title: 'School year', name: '', need: 'optional', mode: 'full', columns },
    name: '',
    number: 0,
    sizeBytes: 0,
    reading,
    async each(visit) {
      visit.row(row);
      return reading;
    },
  };
}
