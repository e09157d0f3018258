/** `homeroom mapping …`: a district's own format as a document: check it, draft it, keep its versions, try them, use one. */
import { readFile } from 'node:fs/promises';
import { Argument, Command } from 'commander';
import { check } from '../core/check.ts';
import type { Declaration } from '../core/formats/declared/declaration.ts';
import { declaredFormat } from '../core/formats/declared/declared-format.ts';
import { draftMapping } from '../core/formats/mapped/draft.ts';
import { preview } from '../core/formats/mapped/preview.ts';
import { samplesOf } from '../core/formats/mapped/samples.ts';
import { mappingSchema } from '../core/formats/mapped/schema.ts';
import { suggest } from '../core/formats/mapped/suggest.ts';
import { counted, thousands } from '../core/words.ts';
import { faultText, mappingText, parseMapping } from '../package/mapping-yaml.ts';
import { exitCode, nowAndSeed, withDelivery } from './delivery.ts';
import { CommandError, NO } from './fail.ts';
import { gather } from './findings.ts';
import { columns, dataOption, outputOption, printJson } from './options.ts';
import { act, shortTime } from './people.ts';
import { triedText } from './tried.ts';

type Common = { output: 'text' | 'json'; data?: string };

export function mappingCommand(): Command {
  const mapping = new Command('mapping')
    .summary("a district's own format as a document: check, preview, draft, and its versions")
    .description(
      'A mapping says how the files of a district become OneRoster records. check, preview, suggest and schema work on this machine alone; the others keep versions where the data is. A source reads by a mapping once its format is mapping:NAME.\n\nExit code: 0 done, 1 the document or the files have errors, 2 unreadable or wrong usage.',
    );
  for (const command of [checked(), previewed(), suggested(), schema(), listed(), added(), shown(), tried(), used()])
    mapping.addCommand(command.exitOverride());
  return mapping;
}

const document = () => new Argument('<mapping>', 'the mapping, a YAML file');

/** @throws CommandError with every fault and its line. */
export async function mappingFrom(path: string): Promise<Declaration> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new CommandError(`${path} cannot be read.`);
  });
  const { declaration, faults } = parseMapping(text, 'mapping');
  if (declaration) return declaration;
  throw new CommandError(
    [`${path} has ${counted(faults.length, 'fault')}:`, ...faults.map((fault) => `  ${faultText(fault)}`)].join('\n'),
    NO,
  );
}

function checked(): Command {
  return new Command('check')
    .description('check a mapping, and the files of a delivery by it')
    .addArgument(document())
    .argument('[files...]', 'a zip, a folder, or the files of one set')
    .addOption(outputOption())
    .action(async (path: string, files: string[], { output }: Common) => {
      const declaration = await mappingFrom(path);
      if (files.length === 0) {
        process.stdout.write(`${path}: ${declaration.title}. The mapping has no fault.\n`);
        return;
      }
      const found = gather(output, `by ${declaration.title}`);
      try {
        const result = await withDelivery(files, (bundle) => {
          const { report, sink } = found;
          return check(bundle, {
            profile: 'default',
            format: declaredFormat(declaration),
            report,
            ...(sink ? { sink } : {}),
            ...nowAndSeed(),
          });
        });
        await found.print(files[0] as string, result);
        process.exitCode = exitCode(result);
      } finally {
        found.close();
      }
    });
}

function previewed(): Command {
  return new Command('preview')
    .description('show the first rows of the files, and the records that the mapping makes of them')
    .addArgument(document())
    .argument('<files...>', 'a zip, a folder, or the files of one set')
    .addOption(outputOption())
    .action(async (path: string, files: string[], { output }: Common) => {
      const declaration = await mappingFrom(path);
      const seen = await withDelivery(files, (bundle) => preview(declaration, bundle, new Date()));
      if (output === 'json') return printJson({ files: seen.files, records: seen.records, findings: seen.findings });
      const before = seen.files.flatMap((file) => [
        `${file.name}: ${file.readAs === '' ? 'not read' : file.readAs}`,
        columns([file.columns.map(({ name, readAs }) => (readAs === '' ? `(${name})` : name)), ...file.rows]),
        '',
      ]);
      const after = seen.records.flatMap(({ kind, made, taken, first }) => [
        `${kind}: ${thousands(made)}${taken < made ? `, of which ${thousands(taken)} would be taken` : ''}`,
        ...first.map(
          (record) =>
            `  ${Object.entries(record)
              .map(([field, text]) => `${field}=${text}`)
              .join('  ')}`,
        ),
        '',
      ]);
      process.stdout.write(
        [
          ...before,
          ...after,
          `${counted(seen.findings.length, 'finding')}; see them with: homeroom mapping check`,
          '',
        ].join('\n'),
      );
    });
}

function suggested(): Command {
  return new Command('suggest')
    .description('draft a mapping from the names and the values of columns')
    .argument('<files...>', 'a zip, a folder, or the files of one set')
    .option('--title <text>', 'what the format is called', "The district's export")
    .addOption(outputOption())
    .action(async (files: string[], { output, title }: Common & { title: string }) => {
      const samples = await withDelivery(files, (bundle) => samplesOf(bundle));
      if (samples.length === 0) throw new CommandError('None of the files is a table.');
      const { document: draft, notes } = draftMapping(samples, title);
      const suggestions = suggest(samples);
      if (output === 'json') return printJson({ suggestions, notes, draft });
      const remarks = [
        ...suggestions.map(
          ({ file, column, meaning, why }) => `${file}: ${column} is taken for the ${meaning}, because of ${why}.`,
        ),
        ...notes,
      ];
      process.stdout.write(`${remarks.map((line) => `# ${line}`).join('\n')}\n${mappingText(draft)}`);
    });
}

function schema(): Command {
  return new Command('schema')
    .description('print the JSON Schema of mappings, for editors')
    .action(() => printJson(mappingSchema));
}

const nameArgument = () => new Argument('<name>', 'name of the mapping: small letters, digits, hyphens');
const versionArgument = () =>
  new Argument('<version>', 'number of the version').argParser((text: string) => {
    if (!/^[1-9]\d{0,6}$/.test(text)) throw new CommandError(`${text} is not a version, such as 3.`);
    return Number(text);
  });
const formatOf = (name: string): string => `mapping:${name.replace(/^mapping:/, '')}`;
const common = (command: Command): Command => command.addOption(outputOption()).addOption(dataOption());

function listed(): Command {
  return common(new Command('list'))
    .description('list the mappings and their versions')
    .argument('[name]', 'only this mapping')
    .action((name: string | undefined, flags: Common) =>
      act(
        flags,
        async (acts) =>
          (await acts.formatVersions(name === undefined ? {} : { format: formatOf(name) })).filter(({ format }) =>
            format.startsWith('mapping:'),
          ),
        (rows) =>
          rows.length === 0
            ? 'There are no mappings yet. Add one with: homeroom mapping add'
            : columns([
                ['mapping', 'version', '', 'made', 'by', 'note'],
                ...rows.map((row) => [
                  row.format.slice(8),
                  String(row.version),
                  row.isUsed ? 'in use' : '',
                  shortTime(row.madeAt),
                  row.madeBy,
                  row.note,
                ]),
              ]).trimEnd(),
      ),
    );
}

function added(): Command {
  return common(new Command('add'))
    .description('keep a mapping as the next version; it counts once it is used')
    .addArgument(nameArgument())
    .addArgument(document())
    .option('--note <text>', 'what is different')
    .action(async (name: string, path: string, { note, ...flags }: Common & { note?: string }) => {
      await mappingFrom(path);
      const content = await readFile(path, 'utf8');
      await act(
        flags,
        (acts) => acts.addFormatVersion({ format: formatOf(name), content, ...(note === undefined ? {} : { note }) }),
        ({ version }) =>
          `Kept as version ${version} of ${name}. Try it: homeroom mapping try ${name} ${version} --district … --product …\nUse it: homeroom mapping use ${name} ${version}`,
      );
    });
}

function shown(): Command {
  return common(new Command('show'))
    .description('print a version of a mapping; the one in use when not said')
    .addArgument(nameArgument())
    .addArgument(versionArgument().argOptional())
    .action((name: string, version: number | undefined, flags: Common) =>
      act(
        flags,
        (acts) => acts.showFormat({ format: formatOf(name), ...(version === undefined ? {} : { version }) }),
        ({ version: found }) => found?.content.trimEnd() ?? '',
      ),
    );
}

function tried(): Command {
  return common(new Command('try'))
    .description('say what a version would do to the live roster, with the last delivery; nothing changes')
    .addArgument(nameArgument())
    .addArgument(versionArgument())
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .option('--source <name>', 'name of the source, where the roster has several')
    .action(
      (
        name: string,
        version: number,
        { output, data, ...which }: Common & { district: string; product: string; source?: string },
      ) =>
        act(
          { output, ...(data === undefined ? {} : { data }) },
          (acts) => acts.tryFormatVersion({ ...which, format: formatOf(name), version }),
          triedText,
        ),
    );
}

function used(): Command {
  return common(new Command('use'))
    .description('read deliveries by a version from now on')
    .addArgument(nameArgument())
    .addArgument(versionArgument())
    .action((name: string, version: number, flags: Common) =>
      act(
        flags,
        (acts) => acts.useFormatVersion({ format: formatOf(name), version }),
        () =>
          `Version ${version} of ${name} counts from now on. A source reads by it once its format is mapping:${name}.`,
      ),
    );
}
