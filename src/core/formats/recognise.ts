/** Tells which format a delivery is of, and says so where another one is expected. */

import { EntryFault } from '../bundle.ts';
import { finding } from '../finding.ts';
import type { Bundle, Finding } from '../record.ts';
import { show } from '../show.ts';
import { isTable } from './declared/assign.ts';
import type { Format } from './format.ts';
import { formats } from './index.ts';
import { headOf, sniff } from './sniff.ts';

export type Expected = {
  /** The format to read with; undefined when there is none. */
  format: Format | undefined;
  /** The delivery is of another format than expected: what it is, in a sentence. */
  other?: string;
  /** A file cannot be opened, and nothing else tells what the delivery is. */
  fault?: Finding;
};

/** A format or its id; `auto`, or the formats of which one is to be recognised. */
export type AskedFormat = string | Format | readonly Format[];

const isList = (asked: AskedFormat): asked is readonly Format[] => Array.isArray(asked);

/**
 * The format that a delivery is read as.
 * @throws Error when `expected` names no format.
 */
export async function expectedFormat(bundle: Bundle, expected: AskedFormat): Promise<Expected> {
  if (expected === 'auto' || isList(expected)) {
    const found = await recognised(bundle, isList(expected) ? expected : formats);
    if (found) return { format: found.format };
    const unknown = await strange(bundle);
    const fault = unknown.fault ?? (unknown.other ? undefined : await misspelt(bundle));
    return { format: undefined, ...unknown, ...(fault ? { fault } : {}) };
  }
  const format = typeof expected === 'string' ? formats.find(({ id }) => id === expected) : expected;
  if (!format) throw new Error(`There is no format "${expected}". Formats: ${formats.map(({ id }) => id).join(', ')}.`);
  if (bundle.entries.length === 0) return { format };
  // Of formats with columns in common, some file of another one may be readable: all of them count.
  const own = await format.recognise?.(bundle);
  if (own ? own.files === tablesIn(bundle) : format.detect(bundle) !== undefined) return { format };
  const found = await recognised(bundle);
  const claimed = own?.files ?? (await format.claims?.(bundle)) ?? 0;
  const isOther = found && (found.files > claimed || (!own && isWholly(found, format, bundle)));
  if (isOther && !isKin(found.format, format)) {
    const message = `This is ${found.format.title}, and ${format.title} is expected here. ${found.reason}`;
    return { format, other: message };
  }
  if (own) return { format };
  // What its files lack is said by the format itself, unless there is no file that it could read.
  const unknown = await strange(bundle);
  if (!format.declaration) return { format };
  if (unknown.other) return { format, other: `${unknown.other} ${format.title} is expected here.` };
  return unknown.fault && claimed === 0 ? { format, fault: unknown.fault } : { format };
}

/** Formats of one suite differ by their product alone; what is expected is what counts. */
const isKin = (a: Format, b: Format): boolean =>
  a.id === b.id ||
  (a.id.replace(/-(literacy|math)$/, '') === b.id.replace(/-(literacy|math)$/, '') &&
    a.id !== a.id.replace(/-(literacy|math)$/, ''));

/** All files have the columns of another format, while those of the expected one, which everybody knows, are not there. */
const isWholly = (found: { format: Format; files: number }, expected: Format, bundle: Bundle): boolean =>
  found.format.declaration !== undefined &&
  formats.some(({ id }) => id === expected.id) &&
  found.files === tablesIn(bundle);

const tablesIn = ({ entries }: Bundle): number => entries.filter(isTable).length;

/** The format that a delivery looks most like. */
export async function recognised(
  bundle: Bundle,
  among: readonly Format[] = formats,
): Promise<{ format: Format; reason: string; files: number } | undefined> {
  const byName = among.find((format) => format.detect(bundle) !== undefined);
  const named = byName && { format: byName, reason: byName.detect(bundle) ?? '', files: bundle.entries.length };
  // A manifest is OneRoster's alone; so is a delivery of which nothing could be opened.
  if (bundle.entries.length === 0 || bundle.entries.some(({ name }) => /(^|\/)manifest\.csv$/i.test(name)))
    return named;
  let best: { format: Format; reason: string; files: number; score: number } | undefined;
  for (const format of among) {
    const found = await format.recognise?.(bundle);
    if (found && (!best || found.score > best.score)) best = { format, ...found };
  }
  return best ?? named;
}

/** What a delivery is of which no file can be read as a table. */
async function strange({ entries }: Bundle): Promise<{ other?: string; fault?: Finding }> {
  const kinds: string[] = [];
  for (const entry of entries.slice(0, FILES_LOOKED_AT)) {
    let fault: Finding | undefined;
    const head = await headOf(entry).catch((error: unknown) => {
      if (error instanceof EntryFault) fault = error.finding;
      return new Uint8Array(0);
    });
    if (fault && fault.rule !== 'zip-nested-zip') return { fault };
    if (fault) {
      kinds.push(`${fault.message}.`);
      continue;
    }
    const kind = contentKind(head);
    if (kind === undefined) return {};
    kinds.push(`${show(entry.name)} is ${kind}.`);
  }
  return kinds.length === 0 ? {} : { other: kinds.join(' ') };
}
const FILES_LOOKED_AT = 3;

/** Why the first table cannot be read as one, where its bytes tell: another separator, another encoding. */
async function misspelt({ entries }: Bundle): Promise<Finding | undefined> {
  const entry = entries.find(isTable);
  if (!entry) return undefined;
  const file = show(entry.name);
  const judged = sniff(await headOf(entry).catch(() => new Uint8Array(0)), file);
  if (judged.fault === undefined || judged.fault === 'csv-empty-file') return undefined;
  return finding(judged.fault, { file, line: 1, message: judged.message });
}

const starts: readonly [string, string][] = [
  ['%PDF', 'a PDF document'],
  ['\xd0\xcf\x11\xe0', 'an Excel workbook of the old kind (.xls), or another old Office document'],
  ['PK\x03\x04', 'a zip archive or an Office document'],
  ['\x89PNG', 'a picture (PNG)'],
  ['\xff\xd8\xff', 'a picture (JPEG)'],
  ['GIF8', 'a picture (GIF)'],
  ['{\\rtf', 'a rich text document'],
  ['\x1f\x8b', 'a gzip archive'],
  ['SQLite format 3', 'a database'],
];

/** What a file is by its first bytes, where that is no text. */
export function contentKind(head: Uint8Array): string | undefined {
  const text = Array.from(head.subarray(0, 64), (byte) => String.fromCharCode(byte)).join('');
  const found = starts.find(([start]) => text.startsWith(start));
  if (found) return found[1];
  const words = text.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (/^(<!doctype html|<html)/i.test(words)) return 'a web page';
  if (words.startsWith('<?xml')) return 'an XML document';
  return /^[[{]\s*["[{]/.test(words) ? 'a JSON document' : undefined;
}
