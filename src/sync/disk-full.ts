/** Tells a disk without room from faults of ours: nobody's delivery is to blame for it, and it passes. */

import { statfs } from 'node:fs/promises';

/** Of the system: no room, no quota. Of PostgreSQL: disk_full. */
const codes = new Set(['ENOSPC', 'EDQUOT', '53100']);
/** With less than this, PostgreSQL may stop before it can say why: a piece of its journal has 16 MiB. */
const scarceBytes = 24 * 1024 * 1024;

export function saysDiskFull(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return codes.has(String(code)) || (cause !== undefined && cause !== null && saysDiskFull(cause));
}

/** Whether an error comes from a full disk: it says so, or there is hardly room left where we and our database write. */
export async function isDiskFull(error: unknown, folder: string): Promise<boolean> {
  if (saysDiskFull(error)) return true;
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize < scarceBytes;
  } catch {
    return false;
  }
}
