/** `homeroom docs`: writes the reference pages from the program, so that they say what it says. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { formats } from '../core/formats/index.ts';
import { mappingSchema } from '../core/formats/mapped/schema.ts';
import { declaredPage } from '../core/formats/pages.ts';
import { products } from '../core/profiles/index.ts';
import { rulesPage } from '../core/rules/page.ts';
import { CommandError, NO } from './fail.ts';
import { apiSettingsPage } from './reference/api-settings.ts';
import { commandsPage } from './reference/commands.ts';
import { formatReference } from './reference/format.ts';
import { onerosterPage } from './reference/oneroster-csv.ts';
import { productPage } from './reference/product.ts';
import { settingsPage } from './reference/settings.ts';
import { sourceSettingsPage } from './reference/source-settings.ts';

/** The repository that this program lies in: beside src (or dist). */
const home = resolve(import.meta.dirname, '../..');

/** The command, to be added to the program. */
export function docsCommand(): Command {
  return new Command('docs')
    .summary("write the reference pages of Homeroom's own repository")
    .description(
      "Writes the reference pages of Homeroom's own repository: rules, settings, settings of a source, commands, the files of every format, the schema of mappings, and what the products want.\n\nExit code: 0 written, or up to date; 1 with --check when a page is not what the program says.",
    )
    .option('--check', 'write nothing; name the pages that are not what the program says')
    .action(async (options: { check?: boolean }) => {
      const root = await (await import('./program.ts')).program();
      const stale = await stalePages(root);
      if (options.check && stale.length > 0) throw new CommandError(staleSentence(stale), NO);
      const texts = pages(root);
      for (const file of stale) {
        await mkdir(dirname(join(home, file)), { recursive: true });
        await writeFile(join(home, file), texts[file] as string);
      }
      console.log(stale.length === 0 ? 'The reference pages are up to date.' : `Written: ${stale.join(', ')}`);
    });
}

/** The generated pages that are not what the program says, or are missing, by their path in the repository. */
export async function stalePages(root: Command): Promise<string[]> {
  const stale: string[] = [];
  for (const [file, text] of Object.entries(pages(root))) {
    const found = await readFile(join(home, file), 'utf8').catch(() => undefined);
    if (found !== text) stale.push(file);
  }
  return stale;
}

/** What to say about them, with the command that mends it. */
export const staleSentence = (files: string[]): string =>
  `Not what the program says: ${files.join(', ')}. Write ${files.length === 1 ? 'it' : 'them'} again: npm run docs`;

/** The text of every generated page, by its path in the repository. */
function pages(root: Command): Record<string, string> {
  return {
    'docs/rules.md': rulesPage(),
    'docs/reference/settings.md': settingsPage(),
    'docs/reference/source-settings.md': sourceSettingsPage(),
    'docs/reference/api-settings.md': apiSettingsPage(),
    'docs/reference/commands.md': commandsPage(root),
    'docs/reference/oneroster-csv.md': onerosterPage(),
    'docs/reference/mapping.schema.json': `${JSON.stringify(mappingSchema, null, 2)}\n`,
    ...Object.fromEntries(
      formats.flatMap(({ id, declaration }) =>
        declaration ? [[`docs/reference/format-${id}.md`, formatReference(declaredPage(declaration))] as const] : [],
      ),
    ),
    ...Object.fromEntries(
      [...products.values()].map((product) => [`docs/reference/product-${product.id}.md`, productPage(product)]),
    ),
  };
}
