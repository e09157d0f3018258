/** The template of a format as files: headers to fill, and a page of words about every column. */

import { encode } from '../bytes.ts';
import { products } from '../profiles/index.ts';
import { columnsOf, fileOf, type Version } from '../tables.ts';
import { templateFiles } from '../template.ts';
import { csvLine } from './csv-line.ts';
import { type FormatPage, formatPages, type PageColumn } from './pages.ts';
import type { TextFile } from './write-oneroster-csv.ts';

/** Fields of an org by OneRoster's names. */
export type OrgFields = Readonly<Record<string, string>>;

const versions: Record<string, Version> = { 'oneroster-csv-1.1': '1.1', 'oneroster-csv-1.2': '1.2' };

/** Whether the orgs of a district can stand in the template of a format. */
export const takesOrgs = (id: string): boolean => id in versions;

/**
 * @param id of a format's page. @param orgs stand in orgs.csv already, where the format has one.
 * @returns undefined when there is no such format.
 */
export function templateOf(id: string, productId?: string, orgs: readonly OrgFields[] = []): TextFile[] | undefined {
  const version = versions[id];
  if (version) {
    const product = productId === undefined ? undefined : products.get(productId);
    return templateFiles(version, product).map((file) =>
      file.name === fileOf('orgs') && orgs.length > 0 ? withOrgs(file, version, orgs) : file,
    );
  }
  const page = formatPages().find((each) => each.id === id);
  if (!page) return undefined;
  const headers = page.files.map(({ name, columns }) => text(name, csvLine(columns.map((column) => column.name))));
  return [...headers, text('README.txt', encode(readme(page)))];
}

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

const text = (name: string, bytes: Uint8Array): TextFile => ({
  name,
  rows: 0,
  *pieces() {
    yield bytes;
  },
});

function readme({ title, about, files }: FormatPage): string {
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
