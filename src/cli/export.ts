/** `homeroom export`: a roster as OneRoster CSV, as it is or as it was on any day. */
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { rules } from '../core/rules/index.ts';
import { rosterKinds } from '../core/tables.ts';
import { countedKind, thousands } from '../core/words.ts';
import type { ExportFormat } from '../sync/export-asked.ts';
import { atOption, dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = {
  district: string;
  product: string;
  at?: string;
  to?: ExportFormat;
  out: string;
  output: 'text' | 'json';
  data?: string;
};

export function exportCommand(): Command {
  return new Command('export')
    .summary('write a roster as OneRoster CSV, as it is or as it was')
    .description(
      'Writes the active records of a roster as a zip of OneRoster CSV, as they are or as they were on any day. Passwords are never written. The audit log notes it.\n\nExit code: 0, or 2 for wrong usage or when there is nothing to write.',
    )
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .requiredOption('--out <zip>', 'the zip to write; only this user may read it')
    .addOption(atOption())
    .addOption(
      new Option('--to <format>', 'format, when not the version that the records came in').choices([
        'oneroster-csv-1.1',
        'oneroster-csv-1.2',
      ]),
    )
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run({ out, output, data, ...which }: Flags): Promise<void> {
  const config = configFrom(data === undefined ? {} : { data });
  const exported = await withActs(config, (acts) => acts.exportRoster({ out: resolve(out), ...which }), {
    worker: false,
  });
  if (output === 'json') printJson(exported);
  else process.stdout.write(text(exported));
}

function text({ out, at, version, rows, leftOut }: Awaited<ReturnType<PlainActs['exportRoster']>>): string {
  const lines = [`Wrote ${out}: OneRoster CSV ${version}, the roster ${at === null ? 'of now' : `at ${at}`}.`];
  for (const kind of rosterKinds) {
    const count = rows[kind];
    if (count !== undefined) lines.push(`  ${countedKind(count, kind)}`);
  }
  if (leftOut.length > 0) lines.push('Left out, because no reader of OneRoster would take it:');
  for (const { rule, kind, count } of leftOut) {
    lines.push(
      `  ${kind ? countedKind(count, kind) : thousands(count)}: ${rules.get(rule)?.title ?? rule} (rule ${rule})`,
    );
  }
  return `${lines.join('\n')}\n`;
}
