/** Takes findings as they come: all are counted and written down as CSV, the first of each rule are kept to be shown. */

import type { CheckResult, Finding } from '../../src/core/record.ts';
import { findingLine, findingsHeader } from '../../src/core/report.ts';
import { rules } from '../../src/core/rules/index.ts';
import { bySeverity } from '../../src/core/tally.ts';
import type { Group, Rows } from './messages.ts';

/** As many of each rule as the server keeps of a sync. */
export const keptPerRule = 1_000;
const firstRows = 5;
const pageSize = 50;
/** Text of about this length goes out of memory into a Blob, which the browser may keep on disk. */
const pieceChars = 1 << 20;

export function gather() {
  const kept = new Map<string, Finding[]>();
  const pieces: Blob[] = [];
  let waiting = findingsHeader;
  const flush = () => {
    pieces.push(new Blob([waiting]));
    waiting = '';
  };
  return {
    report(finding: Finding): void {
      const own = kept.get(finding.rule);
      if (!own) kept.set(finding.rule, [finding]);
      else if (own.length < keptPerRule) own.push(finding);
      waiting += findingLine(finding);
      if (waiting.length >= pieceChars) flush();
    },
    /** Worst first, then by number. */
    groups(result: CheckResult): Group[] {
      return Object.entries(result.rules)
        .map(([rule, { severity, count }]) => groupOf(rule, severity, count, kept.get(rule) ?? []))
        .sort((a, b) => bySeverity(a.severity, b.severity) || b.count - a.count || (a.rule < b.rule ? -1 : 1));
    },
    /** @param page counted from 1. */
    rows(rule: string, page: number): Rows {
      return { pageSize, rows: (kept.get(rule) ?? []).slice((page - 1) * pageSize, page * pageSize) };
    },
    csv(): Blob {
      flush();
      return new Blob(pieces, { type: 'text/csv;charset=utf-8' });
    },
  };
}

function groupOf(rule: string, severity: Group['severity'], count: number, found: Finding[]): Group {
  const { title = rule, why = '', fix = '' } = rules.get(rule) ?? {};
  return { rule, severity, count, title, why, fix, rows: found.slice(0, firstRows) };
}
