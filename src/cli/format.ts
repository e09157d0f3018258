/** `homeroom format …`: the formats that are read, and what a product changes of the columns and lists of one. */
import { readFile } from 'node:fs/promises';
import { Argument, Command } from 'commander';
import { formatPages } from '../core/formats/pages.ts';
import { PRODUCT_RULES } from '../core/profiles/changed.ts';
import { confidenceWords, type RuleRow } from '../core/profiles/words.ts';
import { CommandError } from './fail.ts';
import { columns, dataOption, outputOption, printJson } from './options.ts';
import { act, shortTime } from './people.ts';
import { triedText } from './tried.ts';

type Common = { output: 'text' | 'json'; data?: string };
type OfProduct = Common & { product: string };

export function formatCommand(): Command {
  const format = new Command('format')
    .summary('list the formats that are read, show their columns, and change them for a product')
    .description(
      'Formats whose columns are found by name can be changed for a product: other names, what is needed, the words of lists. What a product asks of people and of the columns of OneRoster is changed in the same way under the name product-rules. Changes are kept in versions, tried on the last delivery, and count once they are used.\n\nExit code: 0 done, 2 not.',
    );
  for (const command of [listed(), shown(), changed(), versions(), tried(), used()])
    format.addCommand(command.exitOverride());
  return format;
}

const idArgument = () =>
  new Argument(
    '<format>',
    'id of the format, for example traditional-literacy; product-rules for what the product asks of people and columns',
  );
const versionArgument = () =>
  new Argument('<version>', 'number of the version').argParser((text: string) => {
    if (!/^[1-9]\d{0,6}$/.test(text)) throw new CommandError(`${text} is not a version, such as 3.`);
    return Number(text);
  });
const productOption = ['--product <slug>', 'the product whose format is meant'] as const;
const common = (command: Command): Command => command.addOption(outputOption()).addOption(dataOption());
const without = ({ output, data }: Common): Common => ({ output, ...(data === undefined ? {} : { data }) });

function listed(): Command {
  return new Command('list')
    .description('list all formats')
    .addOption(outputOption())
    .action(({ output }: Common) => {
      const pages = formatPages();
      if (output === 'json')
        return printJson(
          pages.map(({ id, title, about, product }) => ({ id, title, about, product: product ?? null })),
        );
      process.stdout.write(columns([['id', 'title'], ...pages.map(({ id, title }) => [id, title])]));
    });
}

function shown(): Command {
  return common(new Command('show'))
    .description('show the files and columns of a format, as a product has them where one is named')
    .addArgument(idArgument())
    .option(...productOption)
    .action(async (id: string, { product, ...flags }: Common & { product?: string }) => {
      const text = (page: Awaited<ReturnType<typeof formatPages>>[number]) =>
        page.files
          .flatMap(({ name, need, columns: own }) => [
            `${name} (${need})`,
            columns(
              own.map((column) => [
                `  ${column.name}`,
                column.need,
                column.values.join(', ').slice(0, 50),
                column.aliases.join(', ').slice(0, 60),
              ]),
            ),
          ])
          .join('\n')
          .trimEnd();
      if (product !== undefined)
        return act(
          flags,
          async (acts) => {
            const { page, rules } = await acts.showFormat({ format: id, product });
            return id === PRODUCT_RULES ? { ...page, rules } : page;
          },
          (page) => [rulesText('rules' in page ? page.rules : []), text(page as Parameters<typeof text>[0])].join(''),
        );
      const page = formatPages().find((one) => one.id === id);
      if (!page)
        throw new CommandError(
          `There is no format ${id}. Formats: ${formatPages()
            .map((one) => one.id)
            .join(', ')}.`,
        );
      if (flags.output === 'json') printJson(page);
      else process.stdout.write(`${text(page)}\n`);
    });
}

const rulesText = (rules: readonly RuleRow[]): string =>
  rules.length === 0
    ? ''
    : `${columns(rules.map(({ name, value, confidence }) => [name, value, confidenceWords[confidence]]))}\n`;

function changed(): Command {
  return common(new Command('change'))
    .description('keep changes of a format for a product as the next version; they count once it is used')
    .addArgument(idArgument())
    .argument(
      '<changes>',
      'a JSON file: {"columns": {"student": {"GradeLevel": {"aliases": ["Year"]}}}, "lookups": {"grades": {"freshman": "09"}}}, or of product-rules: {"username": {"minLength": 4}, "passwordMinLength": 8}',
    )
    .requiredOption(...productOption)
    .option('--note <text>', 'what is different')
    .action(async (format: string, path: string, { product, note, ...flags }: OfProduct & { note?: string }) => {
      const content = await readFile(path, 'utf8').catch(() => {
        throw new CommandError(`${path} cannot be read.`);
      });
      await act(
        flags,
        (acts) => acts.addFormatVersion({ format, product, content, ...(note === undefined ? {} : { note }) }),
        ({ version }) =>
          `Kept as version ${version}. Use it: homeroom format use ${format} ${version} --product ${product}`,
      );
    });
}

function versions(): Command {
  return common(new Command('versions'))
    .description('list the versions of what a product changes of a format')
    .addArgument(idArgument())
    .requiredOption(...productOption)
    .action((format: string, { product, ...flags }: OfProduct) =>
      act(
        flags,
        (acts) => acts.formatVersions({ format, product }),
        (rows) =>
          rows.length === 0
            ? 'Nothing is changed.'
            : columns(
                rows.map((row) => [
                  String(row.version),
                  row.isUsed ? 'in use' : '',
                  shortTime(row.madeAt),
                  row.madeBy,
                  row.note,
                ]),
              ).trimEnd(),
      ),
    );
}

function tried(): Command {
  return common(new Command('try'))
    .description(
      'say what a version would do to the live roster of a district, with its last delivery; nothing changes',
    )
    .addArgument(idArgument())
    .addArgument(versionArgument())
    .requiredOption(...productOption)
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .option('--source <name>', 'name of the source, where the roster has several')
    .action(
      (
        format: string,
        version: number,
        { district, product, source, ...flags }: OfProduct & { district: string; source?: string },
      ) =>
        act(
          without(flags),
          (acts) =>
            acts.tryFormatVersion({ district, product, format, version, ...(source === undefined ? {} : { source }) }),
          triedText,
        ),
    );
}

function used(): Command {
  return common(new Command('use'))
    .description('read deliveries of a product by a version from now on')
    .addArgument(idArgument())
    .addArgument(versionArgument())
    .requiredOption(...productOption)
    .action((format: string, version: number, { product, ...flags }: OfProduct) =>
      act(
        flags,
        (acts) => acts.useFormatVersion({ format, product, version }),
        () =>
          format === PRODUCT_RULES
            ? `Version ${version} counts from now on, for every delivery for ${product}.`
            : `Version ${version} counts from now on, for sources whose format is ${format}.`,
      ),
    );
}
