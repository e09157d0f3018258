/** Options and ways of printing that several commands share. */
import { Option } from 'commander';
import { settings } from '../config.ts';

export const dataOption = (): Option =>
  new Option(
    `${settings.data.flag} <folder>`,
    `${settings.data.doc} (${settings.data.env}, default ${settings.data.default})`,
  );

export const outputOption = (): Option =>
  new Option('--output <kind>', 'what to print').choices(['text', 'json']).default('text');

export const atOption = (): Option =>
  new Option(
    '--at <time>',
    'as it was at the end of a day (2026-03-01) or at a time (2026-03-01T10:00), in the time zone of the district',
  );

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Columns as wide as their widest cell; the ones named in `right` are aligned to the right. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  const cell = (text: string, at: number) => {
    const width = widths[at] as number;
    return right.includes(at) ? text.padStart(width) : text.padEnd(width);
  };
  return rows.map((row) => `${row.map(cell).join('  ').trimEnd()}\n`).join('');
}
