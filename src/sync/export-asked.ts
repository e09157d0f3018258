/** An export that somebody asked for: their words for the moment and the format are read, and it is noted who had it. */
import { Refusal } from '../core/refusal.ts';
import type { Version } from '../core/tables.ts';
import { audit } from '../db/audit.ts';
import type { Pool } from '../db/db.ts';
import { exportRoster } from './export.ts';
import { momentOf } from './moment.ts';

export type ExportFormat = 'oneroster-csv-1.1' | 'oneroster-csv-1.2';

const versions: Record<ExportFormat, Version> = { 'oneroster-csv-1.1': '1.1', 'oneroster-csv-1.2': '1.2' };

export const exportFormats = Object.keys(versions) as [ExportFormat, ...ExportFormat[]];

export type ExportOf = {
  rosterId: string;
  district: { name: string; timeZone: string };
  product: { name: string };
  /** A day or time in the district's time zone; now when not given. */
  at?: string | undefined;
  /** What the records themselves are in when not given. */
  to?: string | undefined;
  /** Absolute path of the zip. */
  out: string;
  now: Date;
};

/** Who asked; `by` for the command line, where nobody has an account. */
type By = { accountId?: string; address?: string; by?: string };

/**
 * Writes the active records of a roster as a zip on this machine's disk.
 * @throws Refusal `time`, `format`, `nothing-to-export`, `only-1.2`.
 */
export async function exportAsked(db: Pool, of: ExportOf, { by, ...who }: By) {
  const { rosterId, district, product, at, to, out, now } = of;
  const moment = at === undefined ? null : momentOf(at, district.timeZone, now);
  const { version, rows, leftOut } = await exportRoster(db, {
    at: { rosterId, until: moment?.until ?? null },
    ...(to === undefined ? {} : { to: versionOf(to) }),
    systemName: `${district.name}, ${product.name}`,
    out,
    now,
  });
  const detail = { at: moment?.until.toISOString() ?? 'now', version, rows, ...(by === undefined ? {} : { by }) };
  await audit(db, { ...who, act: 'roster exported', object: rosterId, detail });
  return { at: moment?.words ?? null, version, rows, leftOut };
}

function versionOf(format: string): Version {
  const known = exportFormats.find((each) => each === format);
  if (known) return versions[known];
  throw new Refusal('format', 400, `There is no format ${format}. Formats: ${exportFormats.join(', ')}.`);
}
