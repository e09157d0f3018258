/** What a delivery says, by the rules: which rows are taken, which are left out, and what follows from that. */

import { type Cells, cellsOf, kinds, type ModelKind, needed, type Reference, references } from './district.ts';
import type { File, Row, Sent } from './history.ts';
import type { Meaning } from './meaning.ts';

/** One line of a file. The id is blank where the row does not say it. */
export type Line = { cells: Cells; ended: boolean; filled: boolean; faulty: boolean };

/** `former`: the id under which people keep the record that this row is, where that is another. */
export type Taken = { fields: Record<string, string>; ended: boolean; former?: string | undefined };

export type Read = {
  mode: 'bulk' | 'delta';
  rows: number;
  /** What is taken, by id. */
  taken: Map<string, Taken>;
  /** Ids of rows that are there and not taken. */
  leftOut: Set<string>;
  /** Rows that are not taken. */
  lost: number;
  /** There are rows of which it is not known whose they are, or whether the file is complete. */
  doubtful: boolean;
};

/** The lines of a file, as they are written into CSV. */
export function linesOf(kind: ModelKind, { mode, rows }: File): Line[] {
  return rows.flatMap((row) => {
    const line = lineOf(kind, mode, row);
    return row.fault === 'twice' ? [line, lineOf(kind, mode, { ...row, variant: (row.variant + 1) % 3, fault: undefined })] : [line]; // biome-ignore format: one line is easier to read
  });
}

function lineOf(
  kind: ModelKind,
  mode: 'bulk' | 'delta',
  row: Omit<Row, 'fault'> & { fault?: Row['fault'] | undefined },
): Line {
  const cells = { ...cellsOf(kind, row.id, row.variant) };
  const { fault } = row;
  if (fault === 'blank') cells[needed[kind]] = kind === 'demographics' ? '1/2/2015' : '';
  if (fault === 'no target') {
    const reference = [...references[kind]].reverse().find(({ field }) => field !== 'sourcedId');
    if (reference) cells[reference.field] = 'nowhere';
  }
  if (fault === 'no id') cells.sourcedId = '';
  const endedInBulk = mode === 'bulk' && fault === 'ended';
  const ended = mode === 'delta' && row.ended === true;
  return {
    cells,
    ended: ended || endedInBulk,
    filled: mode === 'delta' || endedInBulk,
    faulty: fault === 'blank' || endedInBulk,
  };
}

/** Whether the roster has an active record of a kind under an id; of `others`, one that is not the sending source's own. */
export type Live = (kind: ModelKind, id: string, others?: boolean) => boolean;

/** What each row means of what people keep. */
export type MeaningOf = (kind: ModelKind, rows: Record<string, string>[]) => Meaning;

export function read(sent: Sent, isLive: Live, meaningOf: MeaningOf): Map<ModelKind, Read> {
  const all = new Map<ModelKind, Read>();
  for (const kind of kinds) {
    const file = sent[kind];
    if (file) all.set(kind, readFile(kind, file, all, isLive, meaningOf));
  }
  return all;
}

function readFile(kind: ModelKind, file: File, before: Map<ModelKind, Read>, isLive: Live, meaningOf: MeaningOf): Read {
  const lines = linesOf(kind, file);
  const meaning = meaningOf(kind, lines.filter(({ ended }) => !ended).map(({ cells }) => cells)); // biome-ignore format: one line is easier to read
  const result: Read = {
    mode: file.mode,
    rows: lines.length,
    taken: new Map(),
    leftOut: new Set(),
    lost: 0,
    doubtful: false,
  };
  const own = new Map<string, Line>();
  for (const line of lines) {
    const id = line.cells.sourcedId;
    // A row without an id, and one whose id an earlier row has, is lost; the earlier one counts.
    if (id === '' || own.has(id)) {
      result.lost++;
      result.doubtful ||= id === '' || (line.ended && file.mode === 'bulk');
    } else own.set(id, line);
    if (file.mode === 'bulk' && line.ended) result.doubtful = true;
  }
  for (const [id, line] of own) {
    const isUnclear = !line.ended && meaning.isUnclear(line.cells);
    if (isUnclear || (line.faulty && !(line.ended && file.mode === 'delta'))) leaveOut(result, id);
  }
  for (const [id, line] of own) {
    if (result.leftOut.has(id)) continue;
    const fields = line.ended ? line.cells : resolved(kind, line.cells, own, result, before, isLive);
    const former = line.ended ? undefined : meaning.formerOf(line.cells);
    if (fields) result.taken.set(id, { fields: content(fields), ended: line.ended, former });
    else leaveOut(result, id);
  }
  return result;
}

function leaveOut(result: Read, id: string): void {
  result.leftOut.add(id);
  result.lost++;
}

const content = (cells: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(cells).filter(([, value]) => value !== ''));

/** The cells without references that lead nowhere; undefined when the record cannot be without one of them. */
function resolved(
  kind: ModelKind,
  cells: Cells,
  own: Map<string, Line>,
  mine: Read,
  before: Map<ModelKind, Read>,
  isLive: Live,
): Record<string, string> | undefined {
  const kept: Record<string, string> = { ...cells };
  for (const reference of references[kind]) {
    const { field, to, required, list } = reference;
    const text = cells[field] ?? '';
    if (text === '') continue;
    const leads = (id: string) =>
      to === kind
        ? leadsWithin(id, cells.sourcedId, own, mine, isLive, to)
        : leadsTo(id, reference, before.get(to), isLive);
    const found = (list ? text.split(',') : [text]).filter(leads);
    if (found.length === 0 && required) return undefined;
    kept[field] = found.join(',');
  }
  return kept;
}

function leadsTo(id: string, { to, only }: Reference, file: Read | undefined, isLive: Live): boolean {
  if (file?.leftOut.has(id)) return false;
  const row = file?.taken.get(id);
  if (row?.ended) return isLive(to, id);
  if (row) return only === undefined || row.fields.type === only;
  return isLive(to, id, file?.mode === 'bulk');
}

/** A parent or an agent, who stands in the same file. */
function leadsWithin(
  id: string,
  self: string,
  own: Map<string, Line>,
  mine: Read,
  isLive: Live,
  kind: ModelKind,
): boolean {
  if (id === self || mine.leftOut.has(id)) return false;
  if (own.get(id)?.ended) return isLive(kind, id);
  if (own.has(id)) return true;
  return isLive(kind, id, mine.mode === 'bulk');
}
