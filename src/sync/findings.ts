/** Keeps what a check finds: the first of each rule for the screens, all of them as CSV in the archive, in bounded memory. */

import { randomUUID } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../core/record.ts';
import { findingLine, findingsHeader } from '../core/report.ts';
import { findingsKept } from '../db/syncs.ts';
import type { Archive } from './archive.ts';

export type FindingsKeeper = {
  report(finding: Finding): void;
  /** Hands what has gathered to `save`. */
  flush(): Promise<void>;
  /** Flushes, and stores the CSV. The archive's key of it; undefined when nothing was found. */
  finish(): Promise<string | undefined>;
  /** Removes the temporary file; may be called after `finish` too. */
  close(): Promise<void>;
};

const pieceChars = 256 * 1024;

/**
 * Findings come faster than a disk or a database can be waited for, so lines are written in pieces without waiting, and
 * only the first of each rule are held for `save`.
 */
export function keepFindings(options: {
  archive: Archive;
  tempDir: string;
  save(findings: Finding[]): Promise<void>;
}): FindingsKeeper {
  const path = join(options.tempDir, randomUUID());
  const seen = new Map<string, number>();
  let waiting: Finding[] = [];
  let lines: string[] = [];
  let chars = 0;
  let file: number | undefined;

  const write = () => {
    if (lines.length === 0) return;
    if (file === undefined) {
      file = openSync(path, 'wx', 0o600);
      writeSync(file, findingsHeader);
    }
    writeSync(file, lines.join(''));
    lines = [];
    chars = 0;
  };
  const flush = async () => {
    if (waiting.length === 0) return;
    const saving = waiting;
    waiting = [];
    await options.save(saving);
  };

  return {
    report(finding) {
      const count = (seen.get(finding.rule) ?? 0) + 1;
      seen.set(finding.rule, count);
      if (count <= findingsKept) waiting.push(finding);
      const line = findingLine(finding);
      lines.push(line);
      chars += line.length;
      if (chars >= pieceChars) write();
    },
    flush,
    async finish() {
      await flush();
      write();
      return file === undefined ? undefined : (await options.archive.put(path)).key;
    },
    async close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
      await rm(path, { force: true });
    },
  };
}
