/** Which place of the tree that a person sees a path means; pure, and never out of the person's own folders. */

import type { Folder } from './deps.ts';

export type Place =
  /** The root, a vendor or a district: only what leads to own folders is listed. */
  | { kind: 'above'; names: string[] }
  | { kind: 'folder'; folder: Folder }
  | { kind: 'file'; folder: Folder; name: string }
  | { kind: 'reports'; folder: Folder }
  | { kind: 'report'; folder: Folder; name: string }
  /** Below a file: there are no folders inside of folders. */
  | { kind: 'nothing' }
  | { kind: 'outside' };

const limitCharacters = 4096;
export const reportsName = 'reports';
export const testName = 'test';
const testSuffix = '-test';

/**
 * A path as an absolute one without `.`, `..` and doubled slashes; relative ones start at `/`, and `..` stops there.
 * @returns undefined for what is no path at all: not text, too long, with a NUL.
 */
export function absolute(path: unknown): string | undefined {
  if (typeof path !== 'string' || path.length > limitCharacters || path.includes('\0')) return undefined;
  const parts: string[] = [];
  // Macs send decomposed letters; the same name has to be found again from elsewhere.
  for (const part of path.normalize('NFC').split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** @param path absolute, as `absolute` gives it. */
export function placeOf(path: string, folders: readonly Folder[]): Place {
  const names = new Set<string>();
  const below = path === '/' ? '/' : `${path}/`;
  for (const folder of folders) {
    const own = folder.path.normalize('NFC');
    if (path === own) return { kind: 'folder', folder };
    if (path.startsWith(`${own}/`)) return inside(folder, path.slice(own.length + 1).split('/'));
    if (own.startsWith(below)) names.add(own.slice(below.length).split('/')[0]!);
  }
  if (names.size > 0 || path === '/') return { kind: 'above', names: [...names].sort() };
  return { kind: 'outside' };
}

/** The folder for tests within the folder of a source; a place of its own on disk, too. */
export const testFolderOf = ({ sourceId, path }: Folder): Folder => ({
  sourceId: `${sourceId}${testSuffix}`,
  path: `${path}/${testName}`,
  isTest: true,
});

/** The source that a folder belongs to, and whether it is the one for tests. */
export function sourceOf(sourceId: string): { sourceId: string; isTest: boolean } {
  const isTest = sourceId.endsWith(testSuffix);
  return { sourceId: isTest ? sourceId.slice(0, -testSuffix.length) : sourceId, isTest };
}

function inside(folder: Folder, parts: string[]): Place {
  const [first, second] = parts;
  if (first === testName) {
    const test = testFolderOf(folder);
    if (second === undefined) return { kind: 'folder', folder: test };
    return parts.length === 2 ? { kind: 'file', folder: test, name: second } : { kind: 'nothing' };
  }
  if (first === reportsName) {
    if (second === undefined) return { kind: 'reports', folder };
    return parts.length === 2 ? { kind: 'report', folder, name: second } : { kind: 'nothing' };
  }
  return parts.length === 1 ? { kind: 'file', folder, name: first! } : { kind: 'nothing' };
}
