/** `homeroom product …`: what the vendor sells, with the profile, the formats and the window of each. */
import { Command, Option } from 'commander';
import { formats } from '../core/formats/index.ts';
import { type ProductChange, readReceiving, receivingInWords } from '../core/product-settings.ts';
import { products as profiles } from '../core/profiles/index.ts';
import { columns, dataOption, outputOption } from './options.ts';
import { act } from './people.ts';
import type { PlainActs } from './remote.ts';

type Common = { output: 'text' | 'json'; data?: string };
export type ProductFlags = { name?: string; profile?: string; formats?: string; receiving?: string };

export function productCommand(): Command {
  const product = new Command('product')
    .summary('list products, and change their names, profiles, formats and windows')
    .description('What the vendor sells. Products are added with: homeroom add product.\n\nExit code: 0 done, 2 not.');
  for (const command of [list(), set()]) product.addCommand(command.exitOverride());
  return product;
}

export const profileOption = (): Option =>
  new Option('--profile <id>', 'deliveries also get the remarks of this profile; none: of OneRoster alone').choices([
    ...profiles.keys(),
    'none',
  ]);
export const formatsOption = (): Option =>
  new Option(
    '--formats <ids>',
    `formats that are taken, with commas between: ${formats.map(({ id }) => id).join(', ')}, or all`,
  );
export const receivingOption = (): Option =>
  new Option('--receiving <window>', 'when files are awaited, for example 20:00-03:00, "20:00-03:00 1,2,3,4,5" or any');

/** What flags say about a product. */
export function productChange({
  name,
  profile,
  formats: ids,
  receiving,
}: ProductFlags): { name?: string } & ProductChange {
  return {
    ...(name === undefined ? {} : { name }),
    ...(profile === undefined ? {} : { profile: profile === 'none' ? null : profile }),
    ...(ids === undefined ? {} : { formats: ids === 'all' ? [] : ids.split(',').map((id) => id.trim()) }),
    ...(receiving === undefined ? {} : { receiving: readReceiving(receiving) }),
  };
}

function list(): Command {
  return common(new Command('list'))
    .description('list products')
    .action((flags: Common) => act(flags, (acts) => acts.products(), listed));
}

function listed(products: Awaited<ReturnType<PlainActs['products']>>): string {
  if (products.length === 0) return 'There are no products yet.';
  const rows = products.map((product) => [
    product.slug,
    product.name,
    product.profile ?? '',
    product.formats.join(', ') || 'all',
    receivingInWords(product.receiving),
  ]);
  return columns([['slug', 'name', 'profile', 'formats', 'files are awaited'], ...rows]).trimEnd();
}

function set(): Command {
  return common(new Command('set'))
    .description('change a product; what is not given stays as it is')
    .argument('<slug>', 'the product')
    .option('--name <name>', 'its name for people')
    .addOption(profileOption())
    .addOption(formatsOption())
    .addOption(receivingOption())
    .action((slug: string, { output, data, ...given }: Common & ProductFlags) =>
      act(
        { output, ...(data === undefined ? {} : { data }) },
        (acts) => acts.setProduct({ slug, ...productChange(given) }),
        (product) => listed([product]),
      ),
    );
}

const common = (command: Command): Command => command.addOption(outputOption()).addOption(dataOption());
