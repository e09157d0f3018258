/** What the name of an uploaded file says about it. */

/**
 * - `temporary`: a client's name for an upload under way; waits for its rename, and is never delivered.
 * - `delivery`: a zip or a spreadsheet; a delivery of its own the moment it is whole.
 * - `set`: CSV or text; collected with its fellows until the folder is quiet.
 * - `other`: anything else; delivered by itself once it is quiet, since a client may still rename it before that.
 *   Nothing that came is lost, and the report tells what was wrong with it.
 */
export type NameKind = 'temporary' | 'delivery' | 'set' | 'other';

// WinSCP: .filepart; rclone: .<8 hex>.partial; lftp: .in.NAME; browsers, sync tools and editors: the rest.
const temporary = /^\.|~$|\.(filepart|tmp|temp|part|partial|uploading|incomplete|crdownload)$/i;

export function nameKind(name: string): NameKind {
  if (temporary.test(name)) return 'temporary';
  if (/\.(zip|xlsx)$/i.test(name)) return 'delivery';
  if (/\.(csv|txt)$/i.test(name)) return 'set';
  return 'other';
}

/** Whether a file can be kept under this name: one path part, not too long, nothing that would break a listing. */
export function isUsable(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || /[\u0000-\u001f\u007f-\u009f/]/.test(name)) return false;
  // What turns the direction of writing shows another name than it is; U+FFFD stands for bytes that were no text.
  if (/[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]/.test(name)) return false;
  return Buffer.byteLength(name) <= 255;
}

const logged = new Set(['zip', 'csv', 'txt', 'xlsx', 'filepart', 'tmp', 'part', 'partial']);

/** All that a log line may say of a file's name, since names of files can hold names of people. */
export function extensionOf(name: string): string {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return logged.has(extension) ? extension : 'other';
}
