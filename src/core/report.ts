/** What people read after a check: a line per kind, findings by rule, worst first, and the sentence that matters. */

import { formats } from './formats/index.ts';
import type { CheckResult, Finding, Severity, TableCount } from './record.ts';
import { rules } from './rules/index.ts';
import { summaryOf } from './summary.ts';
import { bySeverity } from './tally.ts';
import { counted, thousands } from './words.ts';

/** How many findings of a rule a text shows. */
export const examplesEach = 5;

export type RuleCount = { rule: string; severity: Severity; count: number };
/** Puts a style on a text for a terminal; leave it out for plain text. */
export type Paint = (style: Severity | 'strong' | 'quiet', text: string) => string;
const plain: Paint = (_, text) => text;

/** The report of one check. `examples` holds at least the first findings of each rule, in the order of the delivery. */
export function checkText(
  name: string,
  result: CheckResult,
  examples: readonly Finding[],
  paint: Paint = plain,
): string {
  const counts = Object.entries(result.rules).map(([rule, { severity, count }]) => ({ rule, severity, count }));
  const lines = [`${paint('strong', name)}: ${formatTitle(result)}`, ''];
  if (result.tables.length > 0) lines.push(...tableLines(result.tables), '');
  lines.push(...ruleLines(counts, examples, paint));
  const summary = result.consequences ? summaryOf(result.consequences) : [];
  if (summary.length > 0) lines.push('What follows:', ...summary.map((sentence) => `- ${sentence}`), '');
  lines.push(paint('strong', verdict(result)), '');
  return lines.join('\n');
}

/** What a delivery was taken for, with its version. */
export function formatTitle({ format: id, version, title }: Pick<CheckResult, 'format' | 'version' | 'title'>): string {
  if (title !== undefined) return title;
  const format = formats.find((known) => known.id === id);
  if (format?.declaration) return format.title;
  return format ? `${format.title.replace(/ 1\..*$/, '')} ${version ?? ''}`.trim() : 'no known format';
}

/** The sentence that matters: whether the delivery can be sent. */
export function verdict({ counts, tables }: Pick<CheckResult, 'counts' | 'tables'>): string {
  const { fatal, error, warning } = counts;
  const numbers = `${counted(error, 'error')}, ${counted(warning, 'warning')}`;
  if (fatal > 0) {
    const causes = `${counted(fatal, 'fault')} that ${fatal === 1 ? 'stops' : 'stop'} everything`;
    return `Not ready to send: nothing of this delivery would be taken. ${causes}, ${numbers}.`;
  }
  if (error === 0) return `Ready to send: ${numbers}.`;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const leftOut = tables.reduce((sum, table) => sum + table.leftOut, 0);
  return `Not ready to send: ${numbers}; ${thousands(leftOut)} of ${counted(rows, 'record')} would be left out.`;
}

/** A line per kind that is sent, in columns. More columns may be given by kind. */
export function tableLines(
  tables: readonly TableCount[],
  titles: readonly string[] = [],
  more: (table: TableCount) => readonly string[] = () => [],
): string[] {
  const rows = [['', 'rows', ...titles, 'left out']];
  for (const table of tables) {
    if (table.mode === 'absent') continue;
    rows.push([table.kind, thousands(table.rows), ...more(table), thousands(table.leftOut)]);
  }
  const widths = (rows[0] as string[]).map((_, at) => Math.max(...rows.map((row) => (row[at] as string).length)));
  const cell = (text: string, at: number) =>
    at === 0 ? text.padEnd(widths[at] as number) : text.padStart(widths[at] as number);
  return rows.map((row) => row.map(cell).join('  ').trimEnd());
}

/** Findings by rule, worst first: title, why, what to do, and the first places. */
export function ruleLines(counts: readonly RuleCount[], examples: readonly Finding[], paint: Paint = plain): string[] {
  return counts
    .toSorted((a, b) => bySeverity(a.severity, b.severity) || b.count - a.count)
    .flatMap(({ rule: id, severity, count }) => {
      const rule = rules.get(id);
      const shown = examples.filter((one) => one.rule === id).slice(0, examplesEach);
      const rest = count - shown.length;
      return [
        `${paint(severity, severity)}: ${rule?.title ?? id} ${paint('quiet', `(${counted(count, 'place')}, rule ${id})`)}`,
        ...(rule ? [`  ${rule.why}`, `  What to do: ${rule.fix}`] : []),
        ...shown.map((one) => `  - ${placeOf(one)}`),
        ...(rest > 0 && shown.length > 0 ? [`  - and ${thousands(rest)} more of these`] : []),
        '',
      ];
    });
}

/** Where a finding stands and what it is: `enrollments.csv line 118: userSourcedId "451" is not in users.csv`. */
export function placeOf(finding: Finding): string {
  const line = finding.line === undefined ? '' : ` line ${finding.line}`;
  const where = finding.file ? `${finding.file}${line}` : '';
  if (where === '') return finding.message;
  return finding.message === rules.get(finding.rule)?.title ? where : `${where}: ${finding.message}`;
}

export const findingsHeader = 'rule,severity,file,line,column,key,value,message,fix\r\n';

/** One finding as a CSV line. Cells that a spreadsheet would run as a formula get an apostrophe in front. */
export function findingLine(f: Finding): string {
  const cells = [f.rule, f.severity, f.file, f.line, f.column, f.key, f.value, f.message, f.fix];
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** A cell of a CSV file for people: what a spreadsheet would run as a formula gets an apostrophe in front. */
export function csvCell(value: string | number | undefined): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
