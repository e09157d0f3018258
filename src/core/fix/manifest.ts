/** Puts manifest.csv right, or makes it, from what it says and from what the files show. */

import type { Entry, Mode } from '../record.ts';
import { fileOf, type Kind, kindsOf, type Version } from '../tables.ts';
import type { Repairs } from './repairs.ts';
import { readSheet } from './sheet.ts';
import { modeOf, type Survey } from './survey.ts';

/** What was read of a manifest: its lines in order, and what its text had wrong. */
export type ReadManifest = {
  lines: [name: string, value: string][];
  header: string[];
  raw: Uint8Array[];
  repaired: string[];
};

const FILE = 'manifest.csv';

export async function readManifestLines(entry: Entry): Promise<ReadManifest | undefined> {
  const read: ReadManifest = { lines: [], header: [], raw: [], repaired: [] };
  const { repaired, unreadable } = await readSheet(entry, {
    header: (cells) => {
      read.header = cells;
      return undefined;
    },
    row: ({ cells }, faults) => {
      read.lines.push([cells[0] ?? '', cells[1] ?? '']);
      read.repaired.push(...faults);
    },
    raw: (line) => read.raw.push(line),
  });
  read.repaired.push(...repaired.keys());
  const [name = '', value = ''] = read.header;
  const isManifest =
    read.header.length === 2 && /^propertyname$/i.test(name.trim()) && /^(property)?value$/i.test(value.trim());
  return unreadable || !isManifest || read.raw.length > 0 ? undefined : read;
}

export const versionIn = (manifest: ReadManifest | undefined): Version | undefined => {
  const said = manifest?.lines.find(([name]) => name.trim().toLowerCase() === 'oneroster.version')?.[1].trim() ?? '';
  const match = /^1\.([12])([._-].*)?$/.exec(said);
  return match ? (`1.${match[1]}` as Version) : undefined;
};

export type FixedManifest = { lines: string[][]; modes: Map<Kind, Mode> };

/** The lines to write. What is not certain is left as it was, or out where it was not said. */
export function fixManifest(
  read: ReadManifest | undefined,
  version: Version,
  surveys: ReadonlyMap<Kind, Survey>,
  repairs: Repairs,
): FixedManifest | undefined {
  if (!read && [...surveys.values()].some((one) => one.rows > 0 && modeOf(one) !== 'bulk')) return undefined;
  if (!read) repairs.add('manifest-missing', `manifest.csv was made, for OneRoster ${version}`, { file: FILE });
  else if (read.header.join() !== 'propertyName,value')
    repairs.add('manifest-header-invalid', 'The header was written propertyName,value', {
      file: FILE,
      line: 1,
      before: read.header.join(),
    });
  for (const rule of new Set(read?.repaired)) repairs.add(rule, 'The text was put right', { file: FILE });
  const known = propertiesOf(version);
  const said = new Map<string, string>();
  const rest: string[][] = [];
  for (const [name, value] of read?.lines ?? []) {
    const property = propertyOf(name, known, repairs);
    if (property === undefined || (said.has(property) && said.get(property) !== value)) rest.push([name, value]);
    else if (said.has(property))
      repairs.add('manifest-property-duplicate', 'A line that stood twice was kept once', {
        file: FILE,
        column: property,
      });
    else said.set(property, value);
  }
  // With contradicting lines nobody can tell which is meant.
  const modes = new Map<Kind, Mode>();
  const lines = known.flatMap((property) => {
    const value = valueOfProperty(property, said.get(property), version, surveys, repairs, read === undefined);
    const kind = kindsOf(version).find((one) => property === `file.${one}`);
    if (kind && (value === 'bulk' || value === 'delta' || value === 'absent')) modes.set(kind, value);
    return value === undefined ? [] : [[property, value]];
  });
  return { lines: [['propertyName', 'value'], ...lines, ...rest], modes };
}

function propertiesOf(version: Version): string[] {
  const kinds = [...kindsOf(version)].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1));
  return [
    'manifest.version',
    'oneroster.version',
    ...kinds.map((kind) => `file.${kind}`),
    'source.systemName',
    'source.systemCode',
  ];
}

function propertyOf(name: string, known: readonly string[], repairs: Repairs): string | undefined {
  const meant = known.find((one) => one.toLowerCase() === name.trim().toLowerCase());
  if (meant !== undefined && meant !== name)
    repairs.add('manifest-property-unknown', 'A property was given its name', {
      file: FILE,
      before: name,
      after: meant,
    });
  return meant;
}

function valueOfProperty(
  property: string,
  said: string | undefined,
  version: Version,
  surveys: ReadonlyMap<Kind, Survey>,
  repairs: Repairs,
  isMade: boolean,
): string | undefined {
  const put = (rule: string, done: string, after: string): string => {
    const before = said === undefined ? {} : { before: said };
    if (!isMade) repairs.add(rule, done, { file: FILE, column: property, ...before, after });
    return after;
  };
  const value = said?.trim();
  if (property === 'manifest.version') {
    if (value === undefined) return put('manifest-property-missing', 'A line that was missing was added', '1.0');
    return said !== '1.0' && /^1([.,]0*)?$/.test(value)
      ? put('manifest-version-invalid', 'manifest.version was written 1.0', '1.0')
      : said;
  }
  if (property === 'oneroster.version') {
    if (value === undefined) return put('manifest-property-missing', 'A line that was missing was added', version);
    return said === version
      ? said
      : put('manifest-oneroster-version-patch', `oneroster.version was written ${version}`, version);
  }
  if (property.startsWith('source.')) return said ?? '';
  return modeValue(property.slice(5) as Kind, said, surveys, put);
}

function modeValue(
  kind: Kind,
  said: string | undefined,
  surveys: ReadonlyMap<Kind, Survey>,
  put: (rule: string, done: string, after: string) => string,
): string | undefined {
  const survey = surveys.get(kind);
  const isHeaderOnly = survey?.header !== undefined && survey.rows === 0 && survey.rawRows === 0;
  if (survey && isHeaderOnly && said !== 'delta')
    return put('csv-no-data-rows', `${fileOf(kind)}, which has no rows, was left out and declared absent`, 'absent');
  if (said === undefined) {
    const mode = survey ? modeOf(survey) : 'absent';
    return mode === undefined ? undefined : put('manifest-property-missing', 'A line that was missing was added', mode);
  }
  const plain = said.trim().toLowerCase();
  if (said !== plain && ['absent', 'bulk', 'delta'].includes(plain))
    return put('manifest-mode-invalid', 'A mode was written in lower case', plain);
  return said;
}
