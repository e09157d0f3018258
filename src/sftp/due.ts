/** Decides which waiting files of one folder have become deliveries by being quiet; pure, with the time given. */

import { type NameKind, nameKind } from './names.ts';

export type WaitingFact = {
  name: string;
  /** The client closed it. */
  whole: boolean;
  /** A client has it open for writing. */
  open: boolean;
  sizeBytes: number;
  openedAtMs: number;
  /** Last write or close. */
  changedAtMs: number;
};

export type Due = {
  /** Names of the files that are one delivery together. */
  set: string[];
  /** Names of the files that are a delivery each. */
  alone: string[];
  /** A set that would be complete, but for files of it that were cut off. */
  cutOff: string[];
  /** When to look again; undefined when nothing waits but for a client. */
  lookAtMs: number | undefined;
};

/** A cut-off file holds its set back for this many quiet times; then the set goes without it. */
const patience = 60;

/**
 * - Loose files (.csv, .txt) are one set, complete when none is open and nothing came for `quietMs`.
 * - A file of the set that was cut off holds it back, so that half an export is not taken for a whole one. What was cut
 *   off before the set began belongs to an earlier one, and holds nothing back.
 * - Files of other names, and empty ones, go by themselves when they are quiet: until then a client may rename them, or
 *   fill them.
 */
export function due(files: readonly WaitingFact[], nowMs: number, quietMs: number): Due {
  const result: Due = { set: [], alone: [], cutOff: [], lookAtMs: undefined };
  const look = (atMs: number) => {
    result.lookAtMs = Math.min(result.lookAtMs ?? atMs, atMs);
  };
  const loose = files.filter((file) => kindOf(file) === 'set');
  const whole = loose.filter((file) => file.whole && !file.open);
  const begunAtMs = Math.min(...whole.map((file) => file.openedAtMs));
  const fellows = loose.filter((file) => whole.includes(file) || file.open || file.changedAtMs >= begunAtMs - quietMs);
  const cutOff = fellows.filter((file) => !file.whole && !file.open);

  if (whole.length > 0 && !fellows.some((file) => file.open)) {
    const lastAtMs = Math.max(...fellows.map((file) => file.changedAtMs));
    const dueAtMs = lastAtMs + quietMs * (cutOff.length > 0 ? patience : 1);
    if (nowMs >= dueAtMs) result.set = whole.map((file) => file.name);
    else look(dueAtMs);
    if (cutOff.length > 0 && nowMs < lastAtMs + quietMs) look(lastAtMs + quietMs);
    else result.cutOff = cutOff.map((file) => file.name);
  }
  for (const file of files) {
    if (kindOf(file) !== 'other' || !file.whole || file.open) continue;
    if (nowMs >= file.changedAtMs + quietMs) result.alone.push(file.name);
    else look(file.changedAtMs + quietMs);
  }
  return result;
}

/** An empty zip or spreadsheet waits like a file of unknown kind. */
function kindOf(file: WaitingFact): NameKind {
  const kind = nameKind(file.name);
  return kind === 'delivery' ? 'other' : kind;
}
