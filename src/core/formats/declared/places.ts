/** Turns what the rules say of made records into the district's own words: its file, its line, its column. */

import type { Finding } from '../../record.ts';
import { fileOf, type Kind, kinds } from '../../tables.ts';

/** A line of a record carries the number of its file in its high bits. */
const LINE_BITS = 26;
const LINE_MASK = (1 << LINE_BITS) - 1;
/** Files that can be told apart so. */
export const FILES_LIMIT = 31;

export const placeLine = (fileNumber: number, line: number): number => (fileNumber << LINE_BITS) | (line & LINE_MASK);
export const lineOf = (placed: number): number => placed & LINE_MASK;
const fileNumberOf = (placed: number): number => placed >>> LINE_BITS;

/** What the translation knows. */
export type Places = {
  /** Names of files by their number; number 0 is none. */
  names: readonly string[];
  /** Files of which records of a kind are made. */
  filesOf(kind: Kind): readonly string[];
  /** Column of a file that a field is made of. */
  columnOf(kind: Kind, field: string, fileNumber: number): string | undefined;
  /** Whether what is wrong with a reference is said of another record that is made of the same cell. */
  isToldElsewhere(kind: Kind, field: string, fileNumber: number): boolean;
};

/** Rules that ask for what no format but OneRoster has, or that the format has judged already. */
export const notAsked: ReadonlySet<string> = new Set([
  'grade-unknown',
  'grade-missing-leading-zero',
  'class-term-is-school-year',
  'enrollment-no-primary',
  'org-school-without-parent',
  'org-no-district',
  'user-password-present',
  'product-file-missing',
  'zip-unknown-file',
  'zip-file-name-case',
  'zip-file-name-alias',
]);

/** Rules about what a reference points to. */
const ofReferences = new Set(['reference-not-found', 'org-type-not-school']);

/** A finding in the district's words; undefined where it is no concern of theirs. */
export function translator(places: Places): (finding: Finding) => Finding | undefined {
  const kindByFile = new Map(kinds.map((kind) => [fileOf(kind), kind]));
  return (finding) => {
    const kind = kindByFile.get(finding.file ?? '');
    if (!kind || isOwn(finding)) return finding;
    const { line, file: _, column, ...rest } = finding;
    const number = line === undefined ? 0 : fileNumberOf(line);
    if (ofReferences.has(finding.rule) && column !== undefined && places.isToldElsewhere(kind, column, number))
      return undefined;
    const own = places.names[number];
    const files = places.filesOf(kind);
    const file = own ?? files[0];
    const told: Finding = { ...rest, message: inWords(finding.message, kind, number, places) };
    if (file) told.file = file;
    if (line !== undefined && own) told.line = lineOf(line);
    if (column !== undefined) told.column = places.columnOf(kind, column, number) ?? column;
    return told;
  };
}

/** Said by the reader of the files, in their own words already; files of some formats have the names of OneRoster's. */
const isOwn = ({ rule, line }: Finding): boolean =>
  line === undefined ? /^(format|workbook|csv)-/.test(rule) : fileNumberOf(line) === 0;

const filePattern = new RegExp(`\\b(${kinds.join('|')})\\.csv\\b`, 'g');

function inWords(message: string, kind: Kind, number: number, places: Places): string {
  return message
    .replace(filePattern, (file, name: Kind) => places.filesOf(name).join(' and ') || file)
    .replace(/\blines? (\d{8,})\b/g, (_, placed: string) => {
      const name = places.names[fileNumberOf(Number(placed))];
      return `line ${lineOf(Number(placed))}${name ? ` of ${name}` : ''}`;
    })
    .replace(
      /\b[a-z]+[A-Z][A-Za-z]*\b|\b(?:grades|role|username|email|identifier|password)\b/g,
      (word) => places.columnOf(kind, word, number) ?? word,
    );
}
