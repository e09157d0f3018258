/** OneRoster CSV 1.1 and 1.2 (and the layout of 1.0, so that it can be told): a manifest and one CSV file per kind. */

import type { Ahead } from '../ahead/block.ts';
import { type Manifest, readManifest } from '../manifest.ts';
import type { Bundle, Entry, Mode } from '../record.ts';
import { fileOf, type Kind, kinds, tableOf, type Version } from '../tables.ts';
import { Tally } from '../tally.ts';
import { readTable } from './csv-table.ts';
import type { Format, Opened, RowVisitor, TableSource } from './format.ts';
import { firstLine } from './sniff.ts';
import { RosterWriter } from './write-oneroster-csv.ts';

export const oneRosterCsv: Format = {
  id: 'oneroster-csv',
  title: 'OneRoster CSV 1.1 and 1.2',
  detect(bundle) {
    const named = bundle.entries.filter((entry) => entryKind(entry) || isManifest(entry));
    return named.length > 0 ? `It holds ${named.map((entry) => baseName(entry.name)).join(', ')}.` : undefined;
  },
  open,
  write: (options) => new RosterWriter(options),
};

/** Files of 1.0, all of which must be there when there is no manifest (OneRoster 1.0 CSV). */
const kindsOf10: readonly Kind[] = [
  'orgs',
  'users',
  'courses',
  'classes',
  'enrollments',
  'academicSessions',
  'demographics',
];
/** Column names that only 1.0 has. */
const marksOf10 = /(^|,)"?(termSourcedId|schoolYearId|userId|agents|birthdate|grade)"?(,|$)/;

async function open(bundle: Bundle, tally: Tally, ahead?: Ahead): Promise<Opened> {
  const entries = new Map<Kind, Entry>();
  for (const entry of bundle.entries) {
    const kind = entryKind(entry);
    if (kind && !entries.has(kind)) entries.set(kind, entry);
  }
  const manifestEntry = bundle.entries.find(isManifest);
  if (!manifestEntry) return withoutManifest(entries, tally, ahead);
  const manifest = readManifest(await wholeText(manifestEntry), tally);
  const version = manifest.version ?? guessVersion(entries);
  const tables = compareWithFiles(entries, manifest, version, tally, ahead);
  if (entries.size === 0 && tables.length === 0) tally.add('manifest-only', { file: 'manifest.csv' });
  return { version: manifest.version, tables };
}

async function withoutManifest(entries: Map<Kind, Entry>, tally: Tally, ahead?: Ahead): Promise<Opened> {
  const is10 = await looksLike10(entries);
  const version = is10 ? '1.0' : guessVersion(entries);
  if (is10) tally.add('package-looks-like-1-0', {});
  else tally.add('manifest-missing', { message: `There is no manifest.csv; the files look like OneRoster ${version}` });
  return { version, tables: kinds.flatMap((kind) => source(kind, entries.get(kind), 'bulk', version, tally, ahead)) };
}

async function looksLike10(entries: Map<Kind, Entry>): Promise<boolean> {
  const newer = [...entries.keys()].some((kind) => !kindsOf10.includes(kind));
  if (newer) return false;
  for (const kind of ['users', 'classes', 'courses', 'demographics'] as const) {
    const entry = entries.get(kind);
    if (entry && marksOf10.test(await firstLine(entry))) return true;
  }
  return false;
}

const guessVersion = (entries: Map<Kind, Entry>): Version =>
  [...entries.keys()].some((kind) => !tableOf(kind).versions.includes('1.1')) ? '1.2' : '1.1';

/** Zip and manifest must agree in both directions (OneRoster CSV, "manifest"). */
function compareWithFiles(
  entries: Map<Kind, Entry>,
  { modes, unclear }: Manifest,
  version: Version,
  tally: Tally,
  ahead?: Ahead,
): TableSource[] {
  const tables: TableSource[] = [];
  for (const kind of kinds) {
    const entry = entries.get(kind);
    const mode = modes.get(kind);
    const file = fileOf(kind);
    if (entry && !tableOf(kind).versions.includes(version)) {
      tally.add('manifest-version-content-mismatch', {
        file,
        message: `${file} is in the delivery, and OneRoster ${version} has no such file`,
      });
      continue;
    }
    if (entry && (mode === 'absent' || mode === undefined) && !unclear.has(kind)) {
      const said = mode === 'absent' ? 'manifest.csv says that it is absent' : 'manifest.csv does not list it';
      tally.add('manifest-file-unexpected', { file, message: `${file} is in the delivery, but ${said}` });
    } else if (!entry && mode && mode !== 'absent') {
      tally.add('manifest-file-missing', {
        file,
        message: `manifest.csv says that ${file} is ${mode}, but it is not in the delivery`,
      });
    }
    tables.push(...source(kind, entry, mode === 'delta' ? 'delta' : 'bulk', version, tally, ahead));
  }
  return tables;
}

function source(
  kind: Kind,
  entry: Entry | undefined,
  mode: Mode,
  version: Version | '1.0',
  tally: Tally,
  ahead?: Ahead,
): TableSource[] {
  if (!entry) return [];
  const file = fileOf(kind);
  if (tableOf(kind).layer !== 'rostering') {
    tally.add('file-not-in-roster', { file, message: `${file} is checked and kept, but is not part of the roster` });
  }
  const table = { kind, entry, version, mode };
  return [
    {
      kind,
      file,
      mode,
      read: (visitor) => readTable(table, tally, visitor, ahead),
      peek: (visitor) => peekTable(table, tally, visitor),
    },
  ];
}

async function peekTable(
  table: Parameters<typeof readTable>[0],
  tally: Tally,
  visitor: Pick<RowVisitor, 'row' | 'drain'>,
): Promise<boolean> {
  const silent = new Tally(tally.profile);
  let broken = false;
  await readTable(table, silent, {
    ...visitor,
    columns() {},
    broken() {
      broken = true;
    },
  });
  return !broken && silent.counts.fatal === 0;
}

const MANIFEST_LIMIT_BYTES = 1 << 20;
async function wholeText(entry: Entry): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of entry.bytes()) {
    pieces.push(Uint8Array.from(piece));
    sizeBytes += piece.length;
    if (sizeBytes > MANIFEST_LIMIT_BYTES) break;
  }
  const whole = new Uint8Array(sizeBytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  const bom = whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf;
  return bom ? whole.subarray(3) : whole;
}

const baseName = (name: string): string => name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
const isManifest = (entry: Entry): boolean => baseName(entry.name).toLowerCase() === 'manifest.csv';
const kindByFile = new Map<string, Kind>([
  ...kinds.map((kind) => [fileOf(kind).toLowerCase(), kind] as const),
  ['courseresourses.csv', 'courseResources'],
]);
/** The kind whose file an entry is, whatever its folder and case: both are reported where the package is judged. */
const entryKind = (entry: Entry): Kind | undefined => kindByFile.get(baseName(entry.name).toLowerCase());
