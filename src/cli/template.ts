/** `homeroom template FORMAT`: empty files with headers, and a page that explains every column. */
import { Argument, Command } from 'commander';
import { products } from '../core/profiles/index.ts';
import type { ProductProfile } from '../core/profiles/product.ts';
import { templateFiles } from '../core/template.ts';
import { counted } from '../core/words.ts';
import { productOption } from './delivery.ts';
import { csvFormats } from './formats.ts';
import { refuseTarget, writePackage } from './write-package.ts';

type Options = { product?: string; out: string };

export function templateCommand(): Command {
  return new Command('template')
    .summary('write empty files to fill, and a page that explains every column')
    .description(
      'Writes empty files with their headers, a manifest, and a page that says of every column whether it is needed, what it holds, and an example.\n\nExit code: 0, or 2 when it cannot be written.',
    )
    .addArgument(new Argument('<format>', 'what to write').choices(Object.keys(csvFormats)))
    .addOption(productOption('only the files that this product reads, with its own needs'))
    .requiredOption('--out <path>', 'where to write: a name that ends in .zip, or a folder, which is made')
    .action(run);
}

async function run(format: string, { product: id, out }: Options): Promise<void> {
  refuseTarget(out, []);
  const product = id === undefined ? undefined : (products.get(id) as ProductProfile);
  const files = templateFiles(csvFormats[format] as '1.1' | '1.2', product);
  await writePackage(files, out);
  const csv = files.filter(({ name }) => name.endsWith('.csv')).map(({ name }) => name);
  process.stdout.write(`${counted(csv.length, 'file')} and README written to ${out}: ${csv.join(', ')}\n`);
}
