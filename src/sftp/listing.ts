/** Files and folders as SFTP shows them: attributes, and the line that `ls -l` would print. */

import type { Attributes, FileEntry } from 'ssh2';

export type Listed = { name: string; sizeBytes: number; modifiedAt: Date };

const fileMode = 0o100600;
const reportMode = 0o100400;
const folderMode = 0o040700;
const closedMode = 0o040500;

export function fileAttributes(file: { sizeBytes: number; modifiedAt: Date }, readOnly = false): Attributes {
  return attributes(readOnly ? reportMode : fileMode, file.sizeBytes, file.modifiedAt);
}

/** @param open whether files may be put there. */
export function folderAttributes(modifiedAt: Date, open: boolean): Attributes {
  return attributes(open ? folderMode : closedMode, 0, modifiedAt);
}

export function entryOf(name: string, attrs: Attributes): FileEntry {
  return { filename: name, longname: longName(name, attrs), attrs };
}

function attributes(mode: number, size: number, modifiedAt: Date): Attributes {
  const seconds = Math.max(0, Math.min(0xffff_ffff, Math.floor(modifiedAt.getTime() / 1000)));
  return { mode, uid: 0, gid: 0, size, atime: seconds, mtime: seconds };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The year instead of the time for what is older than half a year or of the future, as `ls` does; in UTC. */
function longName(name: string, attrs: Attributes, nowMs = Date.now()): string {
  const at = new Date(attrs.mtime * 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const age = nowMs - at.getTime();
  const recent = age > -60_000 && age < 180 * 86_400_000;
  const clock = recent ? `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}` : ` ${at.getUTCFullYear()}`;
  const day = String(at.getUTCDate()).padStart(2);
  const size = String(attrs.size).padStart(12);
  return `${letters(attrs.mode)} 1 homeroom homeroom ${size} ${months[at.getUTCMonth()]} ${day} ${clock} ${name}`;
}

function letters(mode: number): string {
  let text = (mode & 0o170000) === 0o040000 ? 'd' : '-';
  for (let bit = 8; bit >= 0; bit--) text += mode & (1 << bit) ? 'xwr'[bit % 3] : '-';
  return text;
}
