/** `homeroom convert IN OUT`: the same roster in another version, and what that version cannot hold. */
import { Command, Option } from 'commander';
import { type Conversion, convert } from '../core/convert/convert.ts';
import type { Loss } from '../core/convert/losses.ts';
import type { Profile } from '../core/rules/rule.ts';
import type { Version } from '../core/tables.ts';
import { countedKind, thousands } from '../core/words.ts';
import { formatOption, nowAndSeed, profileOption, withDelivery } from './delivery.ts';
import { CommandError, NO } from './fail.ts';
import { csvFormats } from './formats.ts';
import { columns, outputOption, printJson } from './options.ts';
import { refuseTarget, writePackage } from './write-package.ts';

type Options = { to: string; format: string; profile: Profile; output: 'text' | 'json' };

export function convertCommand(): Command {
  return new Command('convert')
    .summary('write a delivery as OneRoster of a version, and say what that cannot hold')
    .description(
      'Writes a delivery of any format as OneRoster, in the strict form of the standard, and lists what that version cannot hold and what was not read. Faulty records are left out as the check says; passwords are never written.\n\nExit code: 0 every record is carried, 1 records are left out, 2 unreadable or wrong usage.',
    )
    .argument('<in>', 'a zip, a folder, a CSV file or a workbook')
    .argument('<out>', 'where to write: a name that ends in .zip, or a folder, which is made')
    .addOption(new Option('--to <format>', 'what to write').choices(Object.keys(csvFormats)).makeOptionMandatory())
    .addOption(formatOption())
    .addOption(profileOption())
    .addOption(outputOption())
    .action(run);
}

async function run(from: string, out: string, options: Options): Promise<void> {
  refuseTarget(out, [from]);
  const { profile, format, output } = options;
  const done = await withDelivery(
    [from],
    (bundle) => convert(bundle, { to: csvFormats[options.to] as Version, profile, format, ...nowAndSeed() }),
    { label: 'converting' },
  );
  if (done.refused) throw new CommandError(done.refused, done.from === undefined ? 2 : NO);
  await writePackage(done.files, out);
  if (output === 'json') printJson(asJson(done));
  else process.stdout.write(text(done, out));
  process.exitCode = isWhole(done) ? 0 : NO;
}

/** No record of a kind that the target has was left behind. */
const isWhole = ({ tables, notCarried }: Conversion): boolean =>
  tables.every(({ faulty }) => faulty === 0) && notCarried.every(({ costsRecord }) => !costsRecord);

const plain = ({ kind, field, count, sentence }: Loss) => ({ kind, field, count, sentence });

function asJson({ from, to, title, tables, notCarried, changed, notRead }: Conversion) {
  return {
    from: title ?? from ?? null,
    to,
    tables,
    notCarried: notCarried.map(plain),
    changed: changed.map(plain),
    notRead,
  };
}

function text({ from, to, title, tables, notCarried, changed, notRead }: Conversion, out: string): string {
  const rows = tables.map(({ kind, read, faulty, written }) => [kind, ...[read, faulty, written].map(thousands)]);
  const faulty = tables.filter((table) => table.faulty > 0);
  const lines = [
    `${title ?? `OneRoster ${from ?? '1.1'}`} to ${title ? 'OneRoster ' : ''}${to}`,
    '',
    columns([['', 'read', 'left out', 'written'], ...rows], [1, 2, 3]),
  ];
  if (faulty.length > 0) {
    const which = faulty.map((table) => countedKind(table.faulty, table.kind)).join(', ');
    lines.push(`Left out as faulty: ${which}. Run homeroom check to see why.`, '');
  }
  if (changed.length > 0) lines.push('Written otherwise:', ...changed.map(({ sentence }) => `  - ${sentence}`), '');
  if (notCarried.length > 0) lines.push('Not carried:', ...notCarried.map(({ sentence }) => `  - ${sentence}`), '');
  else lines.push('Everything that was taken is carried.', '');
  if (notRead.length > 0) lines.push('Not read:', ...notRead.map((sentence) => `  - ${sentence}`), '');
  lines.push(`Written to ${out}.`, '');
  return lines.join('\n');
}
