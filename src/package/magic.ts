/** Tells by its first bytes what a file really is, whatever its name says. */

/** So many bytes are needed to tell. */
export const headLength = 262;

const signatures: readonly [kind: string, at: number, bytes: string][] = [
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['zip', 0, 'PK\x07\x08'],
  ['a 7z archive', 0, "7z\xbc\xaf'\x1c"],
  ['a RAR archive', 0, 'Rar!\x1a\x07'],
  ['a gzip file', 0, '\x1f\x8b'],
  ['an xz file', 0, '\xfd7zXZ\x00'],
  ['a bzip2 file', 0, 'BZh'],
  ['a Zstandard file', 0, '\x28\xb5\x2f\xfd'],
  ['a tar archive', 257, 'ustar'],
  ['a PDF document', 0, '%PDF-'],
  ['an Excel workbook of the old kind (.xls)', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
];

/** `zip`, the name of another format with its article, or undefined for text and what is not known. */
export function archiveKind(head: Uint8Array): string | undefined {
  return signatures.find(([, at, bytes]) => startsWith(head, at, bytes))?.[0];
}

function startsWith(head: Uint8Array, at: number, bytes: string): boolean {
  for (let i = 0; i < bytes.length; i += 1) if (head[at + i] !== bytes.charCodeAt(i)) return false;
  return true;
}
