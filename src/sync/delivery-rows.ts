/** Looks up single rows and findings in deliveries that are kept, to answer questions about them long afterwards. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Limits } from '../core/bundle.ts';
import { CsvReader } from '../core/csv.ts';
import type { Opened, TableSource } from '../core/formats/format.ts';
import { type AskedFormat, expectedFormat } from '../core/formats/recognise.ts';
import { decode, type Finding, type Mode, type Row, type Severity } from '../core/record.ts';
import { findingsHeader } from '../core/report.ts';
import { textsOf } from '../core/row-texts.ts';
import { fieldNames, fileOf, type Kind } from '../core/tables.ts';
import { Tally } from '../core/tally.ts';
import type { Archive } from './archive.ts';
import { openDelivery } from './open.ts';

/** A row as it was sent. */
export type SentRow = { kind: Kind; file: string; line: number; values: Record<string, string> };
/** `name`: the file, or the files, of which the records of the kind are made. */
export type SentTable = { kind: Kind; name: string; mode: Mode; rows: SentRow[] };

/** A row is wanted when all cells of one of these alternatives are as given. */
export type Wanted = Partial<Record<Kind, Record<string, string>[]>>;

/** Most rows of one kind that are told. */
const rowsLimit = 100;

/**
 * The rows of a kept delivery that are wanted, in the order of its files; undefined when it cannot be read any more.
 * Memory does not grow with the delivery.
 */
export async function sentRows(
  { archive, limits }: { archive: Archive; limits: Limits },
  delivery: { archiveKey: string | null; name: string; receivedAt: Date },
  format: AskedFormat,
  wanted: Wanted,
): Promise<SentTable[] | undefined> {
  if (delivery.archiveKey === null) return undefined;
  const file = await archive.openFile(delivery.archiveKey).catch(() => undefined);
  if (!file) return undefined;
  try {
    const bundle = await openDelivery(file.path, limits, delivery.name);
    try {
      const { format: reader } = await expectedFormat(bundle, format);
      const opened = await reader?.open(bundle, new Tally('default'), undefined, { now: delivery.receivedAt });
      const tables: SentTable[] = [];
      for (const table of opened?.tables ?? []) {
        const alternatives = wanted[table.kind];
        if (!alternatives) continue;
        const rows: SentRow[] = [];
        const isWanted = matcher(table.kind, alternatives);
        await table.peek({
          row(row) {
            if (rows.length < rowsLimit && isWanted(row))
              rows.push({ kind: table.kind, ...placeOf(opened, table, row.line), values: textsOf(row) });
          },
          drain: () => breathe(),
        });
        tables.push({ kind: table.kind, name: nameOf(opened, table), mode: table.mode, rows });
      }
      return tables;
    } finally {
      await bundle.close();
    }
  } catch {
    // A delivery that was rejected may be beyond reading; what is wrong with it stands in its findings.
    return undefined;
  } finally {
    await file.close();
  }
}

const nothing = { rule: '', severity: 'info', fix: '' } as const;

/** Where a record stands in the files that were sent. */
function placeOf(
  opened: Opened | undefined,
  { kind, file }: TableSource,
  line: number,
): { file: string; line: number } {
  const told = opened?.translate?.({ ...nothing, file: fileOf(kind), line, message: '' });
  return { file: told?.file ?? file, line: told?.line ?? line };
}

const nameOf = (opened: Opened | undefined, { kind, file }: TableSource): string =>
  opened?.translate?.({ ...nothing, file: fileOf(kind), message: fileOf(kind) })?.message ?? file;

const encoder = new TextEncoder();

function matcher(kind: Kind, alternatives: Record<string, string>[]): (row: Row) => boolean {
  const names = fieldNames(kind);
  const tests = alternatives.map((cells) =>
    Object.entries(cells).map(([field, text]) => ({ at: names.indexOf(field), bytes: encoder.encode(text) })),
  );
  return (row) => tests.some((cells) => cells.every(({ at, bytes }) => isCell(row, at, bytes)));
}

function isCell({ buffer, start, end }: Row, at: number, bytes: Uint8Array): boolean {
  const from = start[at] as number;
  if ((end[at] as number) - from !== bytes.length) return false;
  for (let index = 0; index < bytes.length; index++) if (buffer[from + index] !== bytes[index]) return false;
  return true;
}

/** Lines and keys by file. */
export type FindingPlaces = Record<string, { keys: string[]; lines: number[] }>;

/** Findings of a kept delivery about some lines or keys of some files; at most 100. */
export async function findingsAbout(archive: Archive, findingsKey: string | undefined, files: FindingPlaces) {
  const found: Finding[] = [];
  if (findingsKey === undefined) return found;
  const columns = findingsHeader.trimEnd().split(',');
  let isHeader = true;
  const reader = new CsvReader({
    row() {
      if (isHeader || found.length === rowsLimit) {
        isHeader = false;
        return;
      }
      const cell = (name: string) => {
        const at = columns.indexOf(name);
        return unguarded(decode(reader.buffer, reader.start[at] as number, reader.end[at] as number));
      };
      const place = files[cell('file')];
      if (!place) return;
      const line = Number(cell('line'));
      if (!place.lines.includes(line) && !place.keys.includes(cell('key'))) return;
      const [rule, severity, file] = [cell('rule'), cell('severity') as Severity, cell('file')];
      found.push({ rule, severity, file, line, key: cell('key'), message: cell('message'), fix: cell('fix') });
    },
    fault() {},
  });
  reader.width = columns.length;
  try {
    for await (const piece of archive.get(findingsKey)) reader.push(piece);
    reader.finish();
  } catch {
    // They have expired.
    return [];
  }
  return found;
}

/** Without the apostrophe that keeps spreadsheets from running a cell. */
const unguarded = (text: string): string => text.replace(/^'(?=[=+\-@\t\r])/, '');
