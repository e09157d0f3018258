/** The template of a format as files: headers to fill, what a district need not type, and a page of words about every column. */

import { encode } from '../bytes.ts';
import { products } from '../profiles/index.ts';
import type { ProductProfile } from '../profiles/product.ts';
import { columnsOf, fileOf, type Version } from '../tables.ts';
import { templateFiles } from '../template.ts';
import { csvLine } from './csv-line.ts';
import type { FormatPage, PageColumn } from './pages.ts';
import { holdsOrgs, knownOf, type OrgFields, templateTables } from './template-tables.ts';
import type { TextFile } from './write-oneroster-csv.ts';

const versions: Record<string, Version> = { 'oneroster-csv-1.1': '1.1', 'oneroster-csv-1.2': '1.2' };

export const isOneRosterPage = ({ id }: FormatPage): boolean => id in versions;

/** Whether the orgs of a district can stand in the template of a format. */
export const takesOrgs = (page: FormatPage): boolean => isOneRosterPage(page) || page.files.some(holdsOrgs);

/**
 * @param orgs stand in the file of organizations already, where the format has one.
 * @param isComplete with the directive that what is not listed is removed, where the format has it.
 */
export function templateOf(page: FormatPage, orgs: readonly OrgFields[] = [], isComplete = false): TextFile[] {
  const version = versions[page.id];
  if (version) {
    const product = productOf(page);
    return templateFiles(version, product).map((file) =>
      file.name === fileOf('orgs') && orgs.length > 0 ? withOrgs(file, version, orgs) : file,
    );
  }
  const tables = templateTables(page, orgs.length > 0 ? knownOf(orgs) : undefined, isComplete);
  const files = tables.map(({ name, columns, rows }) => text(csvName(name), ...[columns, ...rows].map(csvLine)));
  return [...files, text('README.txt', encode(readme(page)))];
}

/** The product that a page of OneRoster is for, with the needs that stand on the page: a vendor may have changed them. */
function productOf(page: FormatPage): ProductProfile | undefined {
  const product = products.get(page.product ?? '');
  if (!product) return undefined;
  const needs = new Map(
    page.files.flatMap(({ id, columns }) => columns.map(({ name, need }) => [`${id} ${name}`, need] as const)),
  );
  return {
    ...product,
    files: { ...product.files, value: Object.fromEntries(page.files.map(({ id, need }) => [id, need])) },
    columns: product.columns.map((column) => {
      const need = needs.get(`${column.kind} ${column.field}`);
      return need === undefined || need === 'stays blank' ? column : { ...column, need };
    }),
  };
}

/** Templates of workbooks come as CSV too. */
const csvName = (name: string): string => name.replace(/\.xlsx$/, '.csv');

function withOrgs(file: TextFile, version: Version, orgs: readonly OrgFields[]): TextFile {
  const columns = columnsOf('orgs', version);
  const blank = new Set(['status', 'dateLastModified']);
  return {
    ...file,
    rows: orgs.length,
    *pieces() {
      yield* file.pieces();
      for (const org of orgs) yield csvLine(columns.map((column) => (blank.has(column) ? '' : (org[column] ?? ''))));
    },
  };
}

const text = (name: string, ...pieces: Uint8Array[]): TextFile => ({
  name,
  rows: 0,
  *pieces() {
    yield* pieces;
  },
});

/** What stands in a template, in words. */
export function readme({ title, about, files }: FormatPage): string {
  const parts = files.flatMap(({ name, need, columns }) => {
    const heading = `${name} (${need})`;
    return ['', heading, '-'.repeat(heading.length), ...columns.flatMap(columnLines)];
  });
  return [title, '='.repeat(title.length), '', about, ...parts, ''].join('\r\n');
}

function columnLines({ name, need, condition, holds, values, example, help }: PageColumn): string[] {
  return [
    `${name}: ${need}${condition ? ` ${condition}` : ''}; ${holds}${values.length > 0 ? `: ${values.join(', ')}` : ''}`,
    ...(example ? [`    example: ${example}`] : []),
    ...(help ? [`    ${help}`] : []),
  ];
}
