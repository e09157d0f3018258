/** Tells what was delivered, a zip or loose CSV files, by its bytes and not by its name; in Node and in browsers. */

import type { Limits } from '../core/bundle.ts';
import { finding } from '../core/finding.ts';
import { sortFiles } from '../core/package-names.ts';
import type { Bundle, Entry, Finding } from '../core/record.ts';
import { show } from '../core/show.ts';
import { thousands } from '../core/words.ts';
import { archiveKind, headLength } from './magic.ts';
import { isWorkbookName, workbookEntry } from './xlsx/workbook.ts';
import { openZip, type Unpack, type ZipSource } from './zip.ts';

/** One file that lies somewhere, with the two ways of reading it. */
export type LooseFile = Entry & {
  /** At most `length` bytes from its beginning. */
  head(length: number): Promise<Uint8Array>;
  /** Random access, asked for when it is a zip. */
  zip(): Promise<ZipSource>;
  /** For what is packed inside it. */
  unpack: Unpack;
};

/** Opens one file: a zip, whatever it is called, or else a CSV file. Never throws for what is in it. */
export async function openFile(file: LooseFile, limits: Limits): Promise<Bundle> {
  const kind = archiveKind(await file.head(headLength));
  const wantsZip = /\.zip$/i.test(file.name);
  if (kind === 'zip' || (kind === undefined && wantsZip && file.sizeBytes > 0)) {
    const opened = await openZip(await file.zip(), file.name, limits);
    if (wantsZip && holdsOffice(opened))
      return {
        ...opened,
        entries: [],
        findings: [packedAs(file.name, 'an Excel workbook or another Office document')],
      };
    if (!wantsZip && isOffice(opened)) return looseFiles(file.name, [file], limits, file.unpack);
    if (!wantsZip && opened.entries.length > 0) opened.findings.unshift(inTruth(file.name));
    return { ...opened, entries: withTables(opened.entries, file.unpack, limits) };
  }
  const fault =
    kind && !isWorkbookName(file.name)
      ? packedAs(file.name, `${kind}, not a zip archive`)
      : wantsZip
        ? emptyZip(file.name)
        : undefined;
  return fault
    ? { name: file.name, entries: [], findings: [fault] }
    : looseFiles(file.name, [file], limits, file.unpack);
}

/** Files that lie beside each other, as one delivery. */
export function looseFiles(name: string, files: readonly Entry[], limits: Limits, unpack: Unpack): Bundle {
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (total > limits.unpackedLimitBytes) return { name, entries: [], findings: [tooLarge(name, total, limits)] };
  const sorted = sortFiles(files);
  return { name, entries: withTables(sorted.files, unpack, limits), findings: sorted.findings };
}

/** Workbooks as the tables that they hold. */
const withTables = (entries: readonly Entry[], unpack: Unpack, limits: Limits): Entry[] =>
  entries.map((entry) => (isWorkbookName(entry.name) ? workbookEntry(entry, unpack, limits) : entry));

/** A workbook under its own name; under another one, it is what it is not called. */
const isOffice = (bundle: Bundle): boolean => isWorkbookName(bundle.name) && holdsOffice(bundle);
const holdsOffice = ({ entries }: Bundle): boolean => entries.some((entry) => entry.name === '[Content_Types].xml');

const inTruth = (name: string): Finding =>
  packedAs(name, 'a zip archive, an Excel workbook or another Office document');

const packedAs = (name: string, kind: string): Finding =>
  finding('zip-extension-not-zip', { file: show(name), message: `${show(name)} is in truth ${kind}` });

const emptyZip = (name: string): Finding =>
  finding('zip-upload-incomplete', { file: show(name), message: `${show(name)} is empty: it has no bytes at all` });

const tooLarge = (name: string, total: number, { unpackedLimitBytes }: Limits): Finding =>
  finding('zip-size-limit', {
    file: show(name),
    message: `The files have ${thousands(total)} bytes together; the limit is ${thousands(unpackedLimitBytes)}`,
  });
