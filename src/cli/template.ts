/** `homeroom template FORMAT`: empty files with headers to fill, and for OneRoster a page that explains every column. */
import { Argument, Command, Option } from 'commander';
import { type FormatPage, formatPages, oneRosterPage } from '../core/formats/pages.ts';
import { isOneRosterPage, takesOrgs, templateOf } from '../core/formats/template-files.ts';
import type { OrgFields } from '../core/formats/template-tables.ts';
import { products } from '../core/profiles/index.ts';
import { counted } from '../core/words.ts';
import type { PackageFile } from '../package/write-zip.ts';
import { CommandError } from './fail.ts';
import { dataOption } from './options.ts';
import { withActs } from './remote.ts';
import { configFrom } from './settings.ts';
import { refuseTarget, writePackage } from './write-package.ts';

type Options = {
  product?: string;
  out: string;
  as: 'csv' | 'xlsx';
  complete?: boolean;
  district?: string;
  data?: string;
};

export function templateCommand(): Command {
  return new Command('template')
    .summary('write empty files to fill, and a page that explains every column')
    .description(
      'Writes empty files with their headers. For OneRoster a manifest and a page come with them that says of every column whether it is needed, what it holds, and an example; the pages of the other formats stand in the documentation. Workbooks have text columns, so that leading zeros stay. With a district, its own schools are filled in.\n\nExit code: 0, or 2 when it cannot be written.',
    )
    .addArgument(new Argument('<format>', 'what to write').choices(formatPages().map(({ id }) => id)))
    .option(
      '--product <id>',
      'of OneRoster only the files that it reads (literacy, math); with --district or --data, the slug of a product, whose own changes are in the template',
    )
    .addOption(new Option('--as <kind>', 'CSV files or Excel workbooks').choices(['csv', 'xlsx']).default('csv'))
    .option('--complete', 'with the directive that what is not listed is removed (Traditional)')
    .option('--district <code>', 'site code (or slug) of a district whose schools are filled in')
    .requiredOption('--out <path>', 'where to write: a name that ends in .zip, or a folder, which is made')
    .addOption(dataOption())
    .action(run);
}

async function run(format: string, options: Options): Promise<void> {
  const { out, as, complete = false } = options;
  refuseTarget(out, []);
  const { page, orgs } = await wanted(format, options);
  if (isOneRosterPage(page) && as === 'xlsx')
    throw new CommandError('OneRoster is CSV: a workbook of it would not be taken.');
  if (complete && !page.id.startsWith('traditional-'))
    throw new CommandError(`${page.title} has no directive: what --complete asks for is Traditional.`);
  const files: PackageFile[] =
    as === 'csv'
      ? templateOf(page, orgs, complete)
      : await (await import('../package/template-xlsx.ts')).templateWorkbooks(page, orgs, complete);
  await writePackage(files, out);
  const names = files.map(({ name }) => name).filter((name) => /\.(csv|xlsx)$/.test(name));
  process.stdout.write(`${counted(names.length, 'file')} and README written to ${out}: ${names.join(', ')}\n`);
}

/** The page of the format, and the organizations that stand in it already. */
async function wanted(
  format: string,
  { product, district, data }: Options,
): Promise<{ page: FormatPage; orgs: OrgFields[] }> {
  const own = formatPages().find(({ id }) => id === format);
  if (!own) throw new CommandError(`There is no format ${format}.`);
  if (district === undefined && data === undefined) return { page: pageFor(own, product), orgs: [] };
  if (district !== undefined && !takesOrgs(own))
    throw new CommandError(`${own.title} has no file of organizations that could be filled in.`);
  const slug = product ?? own.product;
  if (slug === undefined) throw new CommandError('Name the product too: --product');
  return withActs(
    configFrom(data === undefined ? {} : { data }),
    async (acts) => {
      const pages = (await acts.formatPages({ product: slug })) as FormatPage[];
      const orgs = district === undefined ? [] : await acts.organizations({ district, product: slug });
      return { page: pages.find(({ id }) => id === format) ?? own, orgs };
    },
    { worker: false },
  );
}

/** Without a house there are the products that we know. */
function pageFor(page: FormatPage, product: string | undefined): FormatPage {
  if (product === undefined) return page;
  if (!products.has(product))
    throw new CommandError(
      `There is no product ${product} here; those that are known without a data folder are ${[...products.keys()].join(', ')}. Name the folder: --data`,
    );
  return isOneRosterPage(page) ? oneRosterPage(page.id.endsWith('1.2') ? '1.2' : '1.1', product) : page;
}
