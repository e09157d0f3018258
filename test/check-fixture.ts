/** Reads marked fixtures: a text that says how a delivery differs from a clean one, and beside each line what must be found there. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Neighbours } from '../src/core/neighbours.ts';
import { baseSheets, deltaSheets } from '../src/core/rules/base-delivery.ts';
import { columnsOf, fileOf, type Kind, kinds, type Version } from '../src/core/tables.ts';
import { readRoster } from './check-fixture-roster.ts';

/** What must be found; `severity` where it is not the rule's own. */
export type Expected = { rule: string; file: string; line: number; column: string; severity?: string };

export type Fixture = {
  name: string;
  title: string;
  profile: 'default' | 'strict' | 'lenient';
  now: Date;
  /** Ids of the live roster, by kind, of kinds that are not sent in bulk. */
  known: Map<string, string[]>;
  /** What else the roster holds; undefined when the delivery goes to none. */
  neighbours: Neighbours | undefined;
  files: Record<string, Uint8Array>;
  expected: Expected[];
  /** Rows left out, by kind; compared where nothing is fatal. */
  leftOut: Record<string, number>;
};

type Mark = Omit<Expected, 'file' | 'line'>;
type Line = { key: string; cells: string[]; raw?: string; marks: Mark[] };
type Part = {
  name: string;
  lines: Line[];
  /** What is to be found of the file as a whole, or at a line given by its number. */
  loose: (Mark & { line: number })[];
  texts: string[];
  paths: string[];
};

const rosters = join(import.meta.dirname, 'fixtures/rosters');

/** Reads every fixture of a folder. The form of them is described in the folder's README.md. */
export function readFixtures(folder: string): Fixture[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return names
    .sort()
    .map((name) => readFixture(name.slice(0, -'.txt'.length), readFileSync(join(folder, name), 'utf8')));
}

export function readFixture(name: string, text: string): Fixture {
  const [head = '', ...sections] = text.split(/^--- /m);
  const [title = '', ...settings] = head.trim().split('\n');
  const setting = (key: string) => settings.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2) ?? '';
  const start = setting('start') || '1.1';
  const version: Version = start.includes('1.2') ? '1.2' : '1.1';
  const parts = new Map(startParts(start).map((part) => [part.name, part]));
  const roster = sections.find((section) => section.startsWith('(roster)\n'));
  for (const section of sections) if (section !== roster) readSection(section, parts, version, name);
  const files: Record<string, Uint8Array> = {};
  const expected: Expected[] = [];
  for (const part of parts.values()) finishPart(part, setting('folder'), files, expected);
  return {
    name,
    title,
    profile: (setting('profile') || 'default') as Fixture['profile'],
    now: new Date(`${setting('now') || '2025-10-01'}T12:00:00Z`),
    known: new Map(pairs(setting('known'), '=').map(([kind, ids]) => [kind, ids.split(',')])),
    neighbours: roster === undefined ? undefined : readRoster(roster.split('\n').slice(1)),
    files,
    expected,
    leftOut: Object.fromEntries(pairs(setting('left out'), ' ').map(([kind, count]) => [kind, Number(count)])),
  };
}

/** `a=1; b=2` as pairs. */
const pairs = (text: string, between: string): [string, string][] =>
  text
    .split(/[;,] (?=\w+[ =])/)
    .filter((pair) => pair !== '')
    .map((pair) => [pair.slice(0, pair.indexOf(between)), pair.slice(pair.indexOf(between) + 1)]);

function startParts(start: string): Part[] {
  if (start.startsWith('rosters/')) {
    const folder = join(rosters, start.slice('rosters/'.length));
    return readdirSync(folder)
      .filter((name) => name.endsWith('.csv'))
      .map((name) => newPart(name, [{ ...line([]), raw: readFileSync(join(folder, name), 'latin1') }], ['whole']));
  }
  const version: Version = start.includes('1.2') ? '1.2' : '1.1';
  const sheets = start.startsWith('delta') ? deltaSheets(version) : baseSheets(version);
  return Object.entries(sheets).map(([name, rows]) => newPart(name, rows.map(line)));
}

const newPart = (name: string, lines: Line[] = [], texts: string[] = []): Part => ({
  name,
  lines,
  loose: [],
  texts,
  paths: [],
});
const line = (cells: string[]): Line => ({ key: cells[0] ?? '', cells: [...cells], marks: [] });

function readSection(section: string, parts: Map<string, Part>, version: Version, fixture: string): void {
  const [name = '', ...orders] = section.trimEnd().split('\n');
  const part = parts.get(name.trim()) ?? newPart(name.trim());
  parts.set(part.name, part);
  for (const order of orders) {
    if (order.trim() === '' || order.startsWith('#')) continue;
    const [body = '', marked] = splitMarks(order);
    const [verb = ''] = body.split(' ', 1);
    const rest = body.slice(verb.length + 1);
    const obey = verbs[verb];
    if (!obey) throw new Error(`${fixture}: ${part.name}: there is no "${verb}"`);
    obey(part, rest, readMarks(marked ?? ''), version);
  }
}

const splitMarks = (order: string): string[] => {
  const at = order.lastIndexOf(' << ');
  return at < 0 ? [order.trimEnd()] : [order.slice(0, at).trimEnd(), order.slice(at + 4)];
};

/** `rule column (severity); rule column` */
function readMarks(text: string): Mark[] {
  return text
    .split(';')
    .map((mark) => mark.trim())
    .filter((mark) => mark !== '')
    .map((mark) => {
      const [, rule = '', column = '', severity] = /^(\S+)(?: ((?!\()[^(]+?))?(?: \((\w+)\))?$/.exec(mark) ?? [];
      return { rule, column: unescaped(column), ...(severity ? { severity } : {}) };
    });
}

type Verb = (part: Part, rest: string, marks: Mark[], version: Version) => void;

const verbs: Record<string, Verb> = {
  /** set KEY | column=value | …: other cells in a row. */
  set(part, rest, marks) {
    const [key = '', ...cells] = fields(rest);
    put(part, find(part, key), cells).marks.push(...marks);
  },
  /** every column=value: the same cells in all rows, each of which gets the marks. */
  every(part, rest, marks) {
    for (const row of part.lines.slice(1)) put(part, row, fields(rest)).marks.push(...marks);
  },
  /** add KEY like OTHER | column=value: one more row at the end. */
  add(part, rest, marks) {
    const [keys = '', ...cells] = fields(rest);
    const [key = '', like] = keys.split(' like ');
    const row = line(like ? find(part, like).cells : (part.lines[0] as Line).cells.map(() => ''));
    row.key = key;
    row.cells[0] = key;
    put(part, row, cells).marks.push(...marks);
    part.lines.push(row);
  },
  drop: (part, rest) => void part.lines.splice(part.lines.indexOf(find(part, rest)), 1),
  /** raw KEY | text: the row's text as it stands, in the place of the row with this key. */
  raw(part, rest, marks) {
    const [key, text] = keyAndText(rest);
    const row = find(part, key);
    row.raw = text;
    row.marks.push(...marks);
  },
  /** after KEY | text: one more line of text behind the row with this key; an empty one without text. */
  after(part, rest, marks) {
    const [key, raw] = keyAndText(rest);
    const at = part.lines.indexOf(find(part, key)) + 1;
    part.lines.splice(at, 0, { key: '', cells: [], raw, marks });
  },
  /** at KEY: nothing changes, but something is found. */
  at: (part, rest, marks) => void find(part, rest).marks.push(...marks),
  /** line N: what is found at a line given by its number. */
  line: (part, rest, marks) => void part.loose.push(...marks.map((mark) => ({ ...mark, line: Number(rest) }))),
  lines(part, rest, marks) {
    const [first = 0, last = 0] = rest.split('-').map(Number);
    for (let at = first; at <= last; at++) part.loose.push(...marks.map((mark) => ({ ...mark, line: at })));
  },
  /** expect: what is found of the file as a whole. */
  expect: (part, rest, marks) =>
    void part.loose.push(...[...readMarks(rest), ...marks].map((mark) => ({ ...mark, line: 0 }))),
  /** rename column=other name, in the header. */
  rename(part, rest, marks) {
    const [from = '', to = ''] = rest.split('=');
    const header = part.lines[0] as Line;
    header.cells[columnAt(part, from)] = unescaped(to);
    header.marks.push(...marks);
  },
  /** without COLUMN: the column is not there. */
  without(part, rest, marks) {
    const at = columnAt(part, rest);
    for (const row of part.lines) row.cells.splice(at, 1);
    part.lines[0]?.marks.push(...marks);
  },
  /** move COLUMN before OTHER. */
  move(part, rest, marks) {
    const [column = '', before = ''] = rest.split(' before ');
    const at = columnAt(part, column);
    const cells = part.lines.map((row) => row.cells.splice(at, 1)[0] as string);
    const to = columnAt(part, before);
    for (const [index, row] of part.lines.entries()) row.cells.splice(to, 0, cells[index] as string);
    part.lines[0]?.marks.push(...marks);
  },
  /** column NAME=value: one more column at the right, the same in all rows. */
  column(part, rest, marks) {
    const [name = '', value = ''] = rest.split('=');
    for (const [index, row] of part.lines.entries()) row.cells.push(unescaped(index === 0 ? name : value));
    part.lines[0]?.marks.push(...marks);
  },
  /** header: marks on the header row. */
  header: (part, _, marks) => void part.lines[0]?.marks.push(...marks),
  /** rows COUNT: keeps so many rows. */
  rows: (part, rest) => void part.lines.splice(Number(rest) + 1),
  /** text HOW: what becomes of the whole text. */
  text: (part, rest) => void part.texts.push(rest),
  /** path NAME: the file lies there instead; gone: it is not sent. */
  path: (part, rest) => void part.paths.push(rest),
  gone: (part) => void part.paths.push(''),
  /** new: a file with the standard header and no rows yet. */
  new(part, _, marks, version) {
    const kind = kinds.find((one) => fileOf(one) === part.name) as Kind;
    part.lines.push({ ...line(columnsOf(kind, version)), marks });
  },
  /** content TEXT: the file is this. */
  content: (part, rest, marks) => void part.lines.push({ key: '', cells: [], raw: unescaped(rest), marks }),
};

function keyAndText(rest: string): [string, string] {
  const [key = ''] = rest.split(' | ', 1);
  return [key, unescaped(rest.slice(key.length + 3))];
}

const fields = (text: string): string[] => text.split(' | ').filter((field) => field !== '');

function find(part: Part, key: string): Line {
  const found = part.lines.find((row) => row.key === unescaped(key));
  if (!found) throw new Error(`${part.name} has no row ${key}`);
  return found;
}

function columnAt(part: Part, name: string): number {
  const at = part.lines[0]?.cells.indexOf(name) ?? -1;
  if (at < 0) throw new Error(`${part.name} has no column ${name}`);
  return at;
}

function put(part: Part, row: Line, cells: string[]): Line {
  for (const cell of cells) {
    const [column = ''] = cell.split('=', 1);
    row.cells[columnAt(part, column)] = unescaped(cell.slice(column.length + 1));
  }
  return row;
}

/** `\n`, `\r`, `\t`, `\\`, `\uXXXX`. */
const unescaped = (text: string): string =>
  text.replace(
    /\\(u[0-9a-f]{4}|.)/gi,
    (_, code: string) => escapes[code] ?? String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  );
const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Makes the bytes of a file, and turns its marks into findings at the physical lines on which they stand. */
function finishPart(part: Part, folder: string, files: Record<string, Uint8Array>, expected: Expected[]): void {
  const file = part.name === '(delivery)' ? '' : part.name;
  for (const { line: at, ...mark } of part.loose) expected.push({ ...mark, file, line: at });
  let text = '';
  for (const row of part.lines) {
    const own = row.raw ?? row.cells.map(quoted).join(',');
    const at = text.split('\n').length;
    for (const mark of row.marks) expected.push({ ...mark, file, line: at });
    text += part.texts.includes('whole') ? own : `${own}\r\n`;
  }
  if (part.lines.length === 0 || part.paths.includes('')) return;
  const bytes = Buffer.from(part.texts.reduce(changed, text), encodingOf(part.texts));
  for (const path of part.paths.length > 0 ? part.paths : [`${folder}${part.name}`])
    files[path] = Uint8Array.from(bytes);
}

const encodingOf = (texts: string[]): BufferEncoding =>
  texts.includes('whole') || texts.includes('latin1') ? 'latin1' : texts.includes('utf16') ? 'utf16le' : 'utf8';

function changed(text: string, how: string): string {
  if (how === 'lf') return text.replaceAll('\r\n', '\n');
  if (how === 'cr') return text.replaceAll('\r\n', '\r');
  if (how === 'bom' || how === 'utf16') return `\ufeff${text}`;
  if (how === 'semicolons') return text.replaceAll(',', ';');
  if (how === 'tabs') return text.replaceAll(',', '\t');
  if (how === 'open end') return text.replace(/\r?\n$/, '');
  if (how === 'empty') return '';
  return text;
}
