/** The template of a format as workbooks with text columns, so that leading zeros stay. */

import { encode } from '../core/bytes.ts';
import type { FormatPage } from '../core/formats/pages.ts';
import { readme } from '../core/formats/template-files.ts';
import { knownOf, type OrgFields, templateTables } from '../core/formats/template-tables.ts';
import type { PackageFile } from './write-zip.ts';

/** @param isComplete with the directive that what is not listed is removed, where the format has it. */
export async function templateWorkbooks(
  page: FormatPage,
  orgs: readonly OrgFields[],
  isComplete: boolean,
): Promise<PackageFile[]> {
  // Loading what writes workbooks takes a while, and few ask for them.
  const { writeXlsx } = await import('./write-xlsx.ts');
  const tables = templateTables(page, orgs.length > 0 ? knownOf(orgs) : undefined, isComplete);
  const books = await Promise.all(
    tables.map(async ({ name, title, columns, rows }) => {
      const bytes = await writeXlsx({ title, columns, rows });
      return { name: name.replace(/\.csv$/, '.xlsx'), pieces: () => [bytes] };
    }),
  );
  const words = encode(readme(page));
  return [...books, { name: 'README.txt', pieces: () => [words] }];
}
