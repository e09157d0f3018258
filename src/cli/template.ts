/** `homeroom template FORMAT`: empty files with headers to fill, and for OneRoster a page that explains every column. */
import { Argument, Command, Option } from 'commander';
import { csvLine } from '../core/formats/csv-line.ts';
import { formatPages } from '../core/formats/pages.ts';
import { type Known, templateTables } from '../core/formats/template-tables.ts';
import { products } from '../core/profiles/index.ts';
import type { ProductProfile } from '../core/profiles/product.ts';
import { templateFiles } from '../core/template.ts';
import { counted } from '../core/words.ts';
import type { PackageFile } from '../package/write-zip.ts';
import { productOption } from './delivery.ts';
import { CommandError } from './fail.ts';
import { csvFormats } from './formats.ts';
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
    .addOption(
      productOption('of OneRoster only the files that this product reads; else as the product has changed them'),
    )
    .addOption(new Option('--as <kind>', 'CSV files or Excel workbooks').choices(['csv', 'xlsx']).default('csv'))
    .option('--complete', 'with the directive that what is not listed is removed (Traditional)')
    .option('--district <code>', 'site code (or slug) of a district whose schools are filled in')
    .requiredOption('--out <path>', 'where to write: a name that ends in .zip, or a folder, which is made')
    .addOption(dataOption())
    .action(run);
}

async function run(format: string, options: Options): Promise<void> {
  const { out, as, product: id } = options;
  refuseTarget(out, []);
  const version = csvFormats[format];
  if (version && as === 'xlsx') throw new CommandError('OneRoster is CSV: a workbook of it would not be taken.');
  const product = id === undefined ? undefined : (products.get(id) as ProductProfile);
  const files = version ? templateFiles(version, product) : await tables(format, options);
  await writePackage(files, out);
  const names = files.map(({ name }) => name).filter((name) => /\.(csv|xlsx)$/.test(name));
  process.stdout.write(
    `${counted(names.length, 'file')}${version ? ' and README' : ''} written to ${out}: ${names.join(', ')}\n`,
  );
}

async function tables(format: string, { as, complete, district, product, data }: Options): Promise<PackageFile[]> {
  const page = formatPages().find(({ id }) => id === format);
  if (!page) throw new CommandError(`There is no format ${format}.`);
  const known = district === undefined ? undefined : await schoolsOf(district, product ?? page.product, data);
  return Promise.all(
    templateTables(page, known, complete).map(async ({ name, title, columns, rows }) => {
      const pieces =
        as === 'csv'
          ? [columns, ...rows].map(csvLine)
          : [await (await import('../package/write-xlsx.ts')).writeXlsx({ title, columns, rows })];
      return {
        name: as === 'csv' ? name.replace(/\.xlsx$/, '.csv') : name.replace(/\.csv$/, '.xlsx'),
        pieces: () => pieces,
      };
    }),
  );
}

/** The organizations of a roster that is live, numbered as the district numbers them. */
async function schoolsOf(district: string, product: string | undefined, data: string | undefined): Promise<Known> {
  if (product === undefined) throw new CommandError('Name the product too: --product');
  return withActs(
    configFrom(data === undefined ? {} : { data }),
    async (acts) => ({ orgs: await acts.organizations({ district, product }) }),
    { worker: false },
  );
}
