/**
 * Puts a delivery right where a fault can be meant in one way only. Nothing is guessed and no record is dropped: what
 * is not certain stays as it was, and the check of the result names it.
 */

import { CsvLine, csvLine } from '../formats/csv-line.ts';
import { joined, SheetStore } from '../formats/sheet-store.ts';
import { firstLine } from '../formats/sniff.ts';
import type { Bundle, Entry } from '../record.ts';
import { fileOf, type Kind, kinds, tableOf, type Version } from '../tables.ts';
import { repairCell } from './cells.ts';
import { isCertain } from './excess.ts';
import { fixNames } from './header.ts';
import { fixManifest, readManifestLines, versionIn } from './manifest.ts';
import { Repairs } from './repairs.ts';
import { readSheet } from './sheet.ts';
import { type Survey, saysOnlyActive, survey } from './survey.ts';

/** A file of the result, made when it is asked for. */
export type FixedFile = { name: string; pieces(): AsyncGenerator<Uint8Array> };

export type Fixing = {
  /** Why nothing can be written, as a sentence. */
  refused?: string;
  files: FixedFile[];
  /** Complete once every file was read to its end. */
  repairs: Repairs;
};

/** Faults of the package that are gone once it is written again. */
const packageRepairs: Readonly<Record<string, string>> = {
  'zip-nested-folder': 'The files were taken out of their folder',
  'zip-file-name-case': 'A file was given its name',
  'zip-file-name-alias': 'A file was given its name',
  'zip-os-junk-file': 'A hidden file of an operating system was left out',
  'zip-extension-not-zip': 'The package was written as a zip',
};

export async function fix(bundle: Bundle): Promise<Fixing> {
  const repairs = new Repairs();
  const fatal = bundle.findings.find(({ rule, severity }) => severity === 'fatal' && !packageRepairs[rule]);
  const none: Fixing = { files: [], repairs };
  if (fatal) return { ...none, refused: `This cannot be put right by a program: ${fatal.message}.` };
  const entries = entriesOf(bundle);
  if (entries.size === 0)
    return { ...none, refused: 'The delivery holds no file of OneRoster, so there is nothing to put right.' };
  for (const { rule, file = '' } of bundle.findings) {
    const done = packageRepairs[rule];
    if (done) repairs.add(rule, done, { file });
  }
  const manifestEntry = bundle.entries.find(({ name }) => name.toLowerCase() === 'manifest.csv');
  const manifest = manifestEntry && (await readManifestLines(manifestEntry));
  const version = versionIn(manifest) ?? (await versionOfHeaders(entries));
  if (!version)
    return {
      ...none,
      refused: 'Neither manifest.csv nor the headers of the files tell whether this is OneRoster 1.1 or 1.2.',
    };
  const surveys = new Map<Kind, Survey>();
  for (const [kind, entry] of entries) surveys.set(kind, await survey(kind, entry, version));
  const fixed = manifestEntry && !manifest ? undefined : fixManifest(manifest, version, surveys, repairs);
  if (!fixed && !manifestEntry)
    return {
      ...none,
      refused: 'There is no manifest.csv, and the rows do not tell whether the files are bulk or delta.',
    };
  const files = [...surveys.values()].flatMap((one) => {
    const mode = fixed?.modes.get(one.kind);
    if (mode === 'absent' && one.rows === 0 && one.rawRows === 0) return [];
    return [{ name: fileOf(one.kind), pieces: () => fixFile(one, version, mode === 'bulk', repairs) }];
  });
  const head: FixedFile = {
    name: 'manifest.csv',
    pieces: () => (fixed ? linesOf(fixed.lines) : asItIs(manifestEntry as Entry)),
  };
  return { files: [head, ...files], repairs };
}

function entriesOf({ entries }: Bundle): Map<Kind, Entry> {
  const found = new Map<Kind, Entry>();
  for (const kind of kinds) {
    const entry = entries.find(({ name }) => name.toLowerCase() === fileOf(kind).toLowerCase());
    if (entry) found.set(kind, entry);
  }
  return found;
}

/** Columns that only one version has, in files that both have. */
const marks: [Kind, RegExp, Version][] = [
  ['users', /(^|,)"?(orgSourcedIds|role)"?(,|$)/i, '1.1'],
  ['users', /(^|,)"?(userMasterIdentifier|preferredGivenName|primaryOrgSourcedId|pronouns)"?(,|$)/i, '1.2'],
  ['lineItems', /(^|,)"?gradingPeriodSourcedId"?(,|$)/i, '1.1'],
  ['lineItems', /(^|,)"?academicSessionSourcedId"?(,|$)/i, '1.2'],
];

/** The version that the files show, when they do not contradict each other. */
async function versionOfHeaders(entries: ReadonlyMap<Kind, Entry>): Promise<Version | undefined> {
  const shown = new Set<Version>();
  for (const kind of entries.keys()) if (!tableOf(kind).versions.includes('1.1')) shown.add('1.2');
  for (const [kind, mark, version] of marks) {
    const entry = entries.get(kind);
    if (entry && mark.test(await firstLine(entry))) shown.add(version);
  }
  return shown.size === 1 ? [...shown][0] : undefined;
}

async function* asItIs(entry: Entry): AsyncGenerator<Uint8Array> {
  yield* entry.bytes();
}

async function* linesOf(lines: readonly string[][]): AsyncGenerator<Uint8Array> {
  yield* joined(lines.map(csvLine));
}

async function* fixFile(
  surveyed: Survey,
  version: Version,
  isBulk: boolean,
  repairs: Repairs,
): AsyncGenerator<Uint8Array> {
  const { header, entry } = surveyed;
  if (!header) return yield* asItIs(entry);
  const file = fileOf(surveyed.kind);
  header.repair(repairs);
  for (const [rule, count] of surveyed.repaired)
    repairs.add(rule, textRepairs[rule] ?? 'The text was put right', { file }, count);
  const blanked = isBulk && saysOnlyActive(surveyed);
  const { columns } = header;
  const idAt = columns.find(({ name }) => name === 'sourcedId')?.from ?? -1;
  const store = new SheetStore();
  const raw: Uint8Array[] = [];
  const line = new CsvLine();
  const id = new CsvLine();
  await readSheet(entry, {
    header(read) {
      const { columns: asRead } = fixNames(surveyed.kind, version, read);
      return (all) => surveyed.allEndAlike || isCertain(all, asRead, version);
    },
    row({ cells, line: number }, faults) {
      for (const rule of faults)
        repairs.add(rule, textRepairs[rule] ?? 'The row was put right', { file, line: number });
      line.clear();
      for (const { name, from, field } of columns) {
        const before = from < 0 ? '' : (cells[from] ?? '');
        const place = {
          file,
          column: name,
          line: number,
          before: field?.privacy === 'credential' ? '(hidden)' : before,
        };
        if (blanked && before !== '' && modeRepairs[name]) {
          repairs.add(
            modeRepairs[name],
            'A cell that is blank in bulk files was made blank; every row said active',
            place,
          );
          line.text('');
          continue;
        }
        let after = before;
        const done: [string, string][] = [];
        if (field) after = repairCell(before, field, version, surveyed.dates.get(from), (...one) => done.push(one));
        for (const [rule, words] of done)
          repairs.add(rule, words, { ...place, after: field?.privacy === 'credential' ? '(hidden)' : after });
        line.text(after);
        if (from === idAt) id.clear().text(after);
      }
      store.add(line.bytes, line.length, id.bytes, 0, idAt < 0 ? 0 : id.length);
    },
    raw: (bytes) => raw.push(bytes),
  });
  yield* joined(
    written(
      columns.map(({ name }) => name),
      store,
      raw,
    ),
  );
}

const LINE_END = new Uint8Array([13, 10]);
function* written(names: readonly string[], store: SheetStore, raw: readonly Uint8Array[]): Generator<Uint8Array> {
  yield csvLine(names);
  for (const index of store.sorted()) {
    yield store.lineOf(index);
    yield LINE_END;
  }
  for (const bytes of raw) {
    yield bytes;
    yield LINE_END;
  }
}

const modeRepairs: Readonly<Record<string, string>> = {
  status: 'bulk-status-present',
  dateLastModified: 'bulk-date-last-modified-present',
};
const textRepairs: Readonly<Record<string, string>> = {
  'csv-bom-present': 'The byte order mark was taken off',
  'csv-utf16-encoding': 'UTF-16 was written as UTF-8',
  'csv-line-ending-cr': 'Lines that ended with CR alone were given CRLF',
  'csv-blank-row': 'An empty line was taken out',
  'csv-row-width-mismatch': 'Commas too many at the end of a row were taken off',
  'csv-line-break-in-field': 'A line break in a value was made a space',
};
