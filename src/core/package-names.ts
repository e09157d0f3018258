/** Judges a delivery by the names of its files: what each one is, and which of them are read. */

import { finding } from './finding.ts';
import type { Entry, Finding } from './record.ts';
import { show } from './show.ts';
import { fileOf, kinds } from './tables.ts';
import { counted } from './words.ts';

/** What the judging needs of a file; `name` is its path in the package. */
type Named = Pick<Entry, 'name'>;

/**
 * Sorts the files of a package. Those that are kept are named as if they lay at the top under their OneRoster names;
 * files that OneRoster does not know are kept too, for formats that know them. Folders, hidden files of operating
 * systems, inner zips, second files of one name and unsafe names are not kept.
 */
export function sortFiles<F extends Named>(files: readonly F[]): { files: F[]; findings: Finding[] } {
  const kept = new Map<string, F>();
  const findings: Finding[] = [];
  const folders = new Map<string, string[]>();
  for (const file of files) {
    const path = file.name.replaceAll('\\', '/');
    const base = path.slice(path.lastIndexOf('/') + 1);
    if (isUnsafe(path)) findings.push(about('zip-unsafe-path', file, 'is a name that points outside the package'));
    else if (base === '') continue;
    else if (isJunk(path)) findings.push(finding('zip-os-junk-file', { file: show(file.name) }));
    else if (/\.zip$/i.test(base)) findings.push(about('zip-nested-zip', file, 'is a zip inside the delivery'));
    else {
      const name = knownNames.get(base.toLowerCase()) ?? base;
      const folder = path.slice(0, path.length - base.length);
      const known = knownNames.has(base.toLowerCase());
      if (!known) findings.push(about('zip-unknown-file', file, 'is not a file of OneRoster'));
      else {
        if (folder !== '') folders.set(folder, [...(folders.get(folder) ?? []), base]);
        findings.push(...spelling(file, base, name));
      }
      const first = kept.get(name.toLowerCase());
      if (!first) kept.set(name.toLowerCase(), { ...file, name });
      else if (known)
        findings.push(
          about(
            'zip-duplicate-entry',
            file,
            `is in the delivery more than once; another is ${show(origin(files, first.name))}`,
          ),
        );
    }
  }
  for (const [folder, names] of folders) findings.push(nested(folder, names));
  return { files: [...kept.values()], findings };
}

/** File names of OneRoster and their known misspellings, in lower case. */
const knownNames = new Map<string, string>([
  ...kinds.map((kind) => [fileOf(kind).toLowerCase(), fileOf(kind)] as const),
  ['manifest.csv', 'manifest.csv'],
  ['courseresourses.csv', 'courseResources.csv'],
]);

const about = (rule: string, file: Named, what: string): Finding =>
  finding(rule, { file: show(file.name), message: `${show(file.name)} ${what}` });

function spelling(file: Named, base: string, name: string): Finding[] {
  if (base === name) return [];
  if (base.toLowerCase() === name.toLowerCase()) return [about('zip-file-name-case', file, `must be named ${name}`)];
  return [about('zip-file-name-alias', file, `is read as ${name}`)];
}

/** The first path under which a kept file stands in the package. */
const origin = (files: readonly Named[], name: string): string =>
  files.find((file) => {
    const base = file.name.slice(Math.max(file.name.lastIndexOf('/'), file.name.lastIndexOf('\\')) + 1).toLowerCase();
    return (knownNames.get(base) ?? base).toLowerCase() === name.toLowerCase();
  })?.name ?? name;

function nested(folder: string, names: string[]): Finding {
  const which = names.length === 1 ? names[0] : `${counted(names.length, 'file')}, among them ${names[0]}`;
  return finding('zip-nested-folder', { file: show(folder), message: `The folder ${show(folder)} holds ${which}` });
}

const isUnsafe = (path: string): boolean =>
  path.startsWith('/') || /^[a-z]:/i.test(path) || path.includes('\0') || path.split('/').includes('..');

const junkNames = new Set([
  '.ds_store',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  '.directory',
  '.localized',
  '.gitkeep',
]);
function isJunk(path: string): boolean {
  const parts = path.toLowerCase().split('/');
  const base = parts.at(-1) ?? '';
  return parts.includes('__macosx') || base.startsWith('._') || junkNames.has(base);
}
