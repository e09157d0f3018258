/** Findings as a CSV file that a spreadsheet opens without running anything in it. */

import type { Finding } from '../core/record.ts';

const columns = ['severity', 'rule', 'file', 'line', 'column', 'key', 'value', 'message', 'fix'] as const;

/** The header line, and then one line per finding, as text in portions of a page. */
export async function* findingsCsv(pages: AsyncIterable<Finding[]>): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  for await (const page of pages) yield page.map((finding) => `${lineOf(finding)}\r\n`).join('');
}

const lineOf = (finding: Finding): string => columns.map((column) => cell(finding[column])).join(',');

/** Quoted where needed; text that a spreadsheet would take for a formula gets an apostrophe before it. */
function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
