/** Files and folders as SFTP shows them: attributes, and the line that `ls -l` would print. */

export type Listed = { name: string; sizeBytes: number; modifiedAt: Date };
/** Type and rights as `stat` has them, and the rest; owner and group are nobody's business. */
export type Attributes = { mode: number; sizeBytes: number; modifiedAt: Date };
/** `line` is what `ls -l` would print. */
export type Entry = { name: string; line: string; attrs: Attributes };

const fileMode = 0o100600;
const reportMode = 0o100400;
const folderMode = 0o040700;
const closedMode = 0o040500;

export function fileAttributes(file: { sizeBytes: number; modifiedAt: Date }, readOnly = false): Attributes {
  return { mode: readOnly ? reportMode : fileMode, sizeBytes: file.sizeBytes, modifiedAt: file.modifiedAt };
}

/** @param open whether files may be put there. */
export function folderAttributes(modifiedAt: Date, open: boolean): Attributes {
  return { mode: open ? folderMode : closedMode, sizeBytes: 0, modifiedAt };
}

export function entryOf(name: string, attrs: Attributes): Entry {
  return { name, line: longName(name, attrs), attrs };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The year instead of the time for what is older than half a year or of the future, as `ls` does; in UTC. */
function longName(name: string, attrs: Attributes, nowMs = Date.now()): string {
  const at = attrs.modifiedAt;
  const two = (n: number) => String(n).padStart(2, '0');
  const age = nowMs - at.getTime();
  const recent = age > -60_000 && age < 180 * 86_400_000;
  const clock = recent ? `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}` : ` ${at.getUTCFullYear()}`;
  const day = String(at.getUTCDate()).padStart(2);
  const size = String(attrs.sizeBytes).padStart(12);
  return `${letters(attrs.mode)} 1 homeroom homeroom ${size} ${months[at.getUTCMonth()]} ${day} ${clock} ${name}`;
}

function letters(mode: number): string {
  let text = (mode & 0o170000) === 0o040000 ? 'd' : '-';
  for (let bit = 8; bit >= 0; bit--) text += mode & (1 << bit) ? 'xwr'[bit % 3] : '-';
  return text;
}
