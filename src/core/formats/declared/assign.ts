/** Tells which file of a delivery is which file of a declared format: by words of its name, by its pattern, by its header. */

import { type Bundle, decode, type Entry } from '../../record.ts';
import { show } from '../../show.ts';
import type { Tally } from '../../tally.ts';
import { headOf } from '../sniff.ts';
import type { Declaration, FileDeclaration } from './declaration.ts';
import { columnNamed, directiveOf } from './header.ts';
import { recoded } from './recode.ts';

export type Assigned = ReadonlyMap<string, Entry>;

/** Files by the id that the declaration gives them. Says which file it cannot tell, which is missing, which is not read. */
export async function assign(declaration: Declaration, { entries }: Bundle, tally: Tally): Promise<Assigned> {
  const assigned = new Map<string, Entry>();
  const known = Object.values(declaration.files).map(({ name }) => name);
  for (const entry of entries) {
    if (!isTable(entry)) {
      sayUnknown(entry, declaration, known, tally);
      continue;
    }
    const [first, ...more] = await filesFor(entry, declaration);
    if (first === undefined) sayUnknown(entry, declaration, known, tally);
    else if (more.length > 0) sayUnclear(entry, [first, ...more], declaration, tally);
    else {
      const other = assigned.get(first);
      if (other) sayTwice(entry, other, declaration.files[first] as FileDeclaration, tally);
      else assigned.set(first, entry);
    }
  }
  for (const [id, file] of Object.entries(declaration.files)) {
    if (file.need === 'required' && !assigned.has(id))
      tally.add('format-file-missing', {
        file: file.name,
        message: `There is no ${file.name} (${file.title.toLowerCase()}) in the delivery`,
      });
  }
  if (assigned.size === 0 && tally.counts.fatal === 0)
    tally.add('format-file-missing', {
      message: `No file of ${declaration.title} is in the delivery; its files are ${known.join(', ')}`,
    });
  return assigned;
}

export type Likeness = { score: number; files: { id: string; entry: Entry }[] };

/** How much a delivery looks like a format; undefined when it does not. Nothing is said. */
export async function likeness(declaration: Declaration, { entries }: Bundle): Promise<Likeness | undefined> {
  let score = 0;
  const files: Likeness['files'] = [];
  for (const entry of entries.filter(isTable)) {
    const names = await headNames(entry, declaration);
    const [id, ...more] = await filesFor(entry, declaration, names);
    const file = id === undefined ? undefined : declaration.files[id];
    if (id === undefined || !file || more.length > 0 || files.some((other) => other.id === id)) continue;
    const found = names.map((name) => columnNamed(file, name));
    const lacks = file.columns.some(({ need }, at) => need === 'required' && !found.includes(at));
    if (lacks && !file.header) continue;
    const hits = found.filter((at) => at >= 0).length;
    score += 2 * hits - found.length + exactNames(file, names);
    files.push({ id, entry });
  }
  const required = Object.entries(declaration.files).filter(([, { need }]) => need === 'required');
  const isWhole = required.every(([id]) => files.some((found) => found.id === id));
  return files.length > 0 && isWhole && score > 0 ? { score, files } : undefined;
}

/** Names that are written as templates write them tell formats apart that have columns in common. */
const exactNames = ({ columns }: FileDeclaration, names: readonly string[]): number =>
  columns.filter(({ name }) => names.includes(name)).length / 2;

export const isTable = ({ name }: Pick<Entry, 'name'>): boolean => /\.(csv|txt|tsv|xlsx|xlsm|xls)$/i.test(name);

/** Ids of the files that an entry may be: one where it is clear. */
async function filesFor(entry: Entry, declaration: Declaration, names?: readonly string[]): Promise<string[]> {
  const base = entry.name.slice(entry.name.lastIndexOf('/') + 1);
  const files = Object.entries(declaration.files);
  const byPattern = files.filter(([, { match }]) => match?.some((pattern) => fits(base, pattern)));
  if (byPattern.length === 1) return [(byPattern[0] as [string, unknown])[0]];
  const words = wordsOf(base);
  const byWord = files.filter(([, file]) => file.words?.some((word) => words.includes(word)));
  if (byWord.length === 1) return [(byWord[0] as [string, unknown])[0]];
  const header = names ?? (await headNames(entry, declaration));
  const byHeader = files.filter(([, file]) => hasMarks(file, header));
  if (byHeader.length > 0) return byHeader.map(([id]) => id);
  return byWord.map(([id]) => id);
}

function hasMarks(file: FileDeclaration, header: readonly string[]): boolean {
  if (!file.marks) return false;
  const found = header.map((name) => file.columns[columnNamed(file, name)]?.name);
  return file.marks.every((mark) => found.includes(mark));
}

/** The words of a file name, in lower case: cut at what is no letter, and where a capital follows a small letter. */
export const wordsOf = (name: string): string[] =>
  name
    .replace(/\.[a-z]+$/i, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');

/** Whether a name fits a pattern with `*` and `?`; capitals do not count, and a workbook fits where a CSV file is meant. */
export function fits(name: string, pattern: string): boolean {
  const plain = name.toLowerCase().replace(/\.xls[xm]?$/, '.csv');
  const wanted = pattern.toLowerCase().replace(/\.xls[xm]?$/, '.csv');
  let [at, from] = [0, 0];
  let [star, mark] = [-1, 0];
  while (at < plain.length) {
    if (from < wanted.length && (wanted[from] === '?' || wanted[from] === plain[at])) {
      at++;
      from++;
    } else if (wanted[from] === '*') {
      star = from++;
      mark = at;
    } else if (star >= 0) {
      from = star + 1;
      at = ++mark;
    } else return false;
  }
  while (wanted[from] === '*') from++;
  return from === wanted.length;
}

/** The names in the first line that is not a directive. */
async function headNames(entry: Entry, declaration: Declaration): Promise<string[]> {
  const form = Object.values(declaration.files)[0] ?? {};
  const head = await headOf(recoded(entry, form)).catch(() => new Uint8Array(0));
  const lines = decode(head, 0, head.length)
    .replace(/^\ufeff/, '')
    .split(/\r\n|\r|\n/);
  for (const line of lines) {
    const cells = line.split(',').map((cell) => cell.trim().replace(/^"|"$/g, ''));
    const filled = cells.filter((cell) => cell !== '');
    if (filled.length === 0 || (filled.length === 1 && directiveOf(filled[0] as string) !== undefined)) continue;
    return cells.filter((cell) => cell !== '' && directiveOf(cell) === undefined);
  }
  return [];
}

function sayUnknown({ name }: Entry, { title }: Declaration, known: readonly string[], tally: Tally): void {
  tally.add('format-file-unknown', {
    file: show(name),
    message: `${show(name)} is not a file of ${title} and is not read; its files are ${known.join(', ')}`,
  });
}

function sayUnclear({ name }: Entry, ids: string[], { files, title }: Declaration, tally: Tally): void {
  const which = ids.map((id) => files[id]?.title.toLowerCase()).join(' or ');
  tally.add('format-file-unclear', {
    file: show(name),
    message: `${show(name)} could be ${which} of ${title}: neither its name nor its columns tell`,
  });
}

function sayTwice({ name }: Entry, other: Entry, { title }: FileDeclaration, tally: Tally): void {
  tally.add('format-file-twice', {
    file: show(name),
    message: `${show(name)} and ${show(other.name)} both hold ${title.toLowerCase()}`,
  });
}
