/** `homeroom sync PATH`: takes a delivery from disk, follows it, and says what became of it. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { NO } from './fail.ts';
import { followSync } from './follow.ts';
import { dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = {
  district: string;
  product: string;
  source?: string;
  dryRun?: boolean;
  output: 'text' | 'json';
  data?: string;
};
type Followed = Awaited<ReturnType<PlainActs['follow']>>;

export function syncCommand(): Command {
  return new Command('sync')
    .summary('take a delivery from disk, as if it had been sent')
    .description(
      'Takes a zip, a CSV file or a folder of CSV files as a delivery, follows it through its steps (on standard error), and prints its report.\n\nExit code: 0 applied or unchanged, 1 held, rejected, failed or waiting, 2 wrong usage. A dry run: 0 it would be applied, 1 it would not.',
    )
    .argument('<path>', 'a zip, a CSV file, or a folder of CSV files')
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .option('--source <name>', 'which source of the roster, where it has several')
    .option('--dry-run', 'do everything but apply; `homeroom plan` then shows each change, for a day')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run(path: string, { output, data, ...which }: Flags): Promise<void> {
  const work = async (acts: PlainActs) => {
    const { sync } = await acts.sync({ path: resolve(path), ...which });
    const end = await followSync(acts, sync);
    if (output === 'json') printJson(end);
    else process.stdout.write(end.waits ? waiting(end) : await acts.report({ sync }));
    if (end.state === 'held') process.stderr.write(`Decide with: homeroom decide ${sync} apply|additions|discard\n`);
    if (end.dryRun && end.state === 'discarded') process.stderr.write(`See each change with: homeroom plan ${sync}\n`);
    process.exitCode = isGood(end) ? 0 : NO;
  };
  await withActs(configFrom(data === undefined ? {} : { data }), work, { worker: true });
}

const isGood = ({ state, dryRun, reasons }: Followed): boolean =>
  dryRun ? state === 'discarded' && reasons.length === 0 : state === 'applied' || state === 'unchanged';

function waiting({ number, reasons }: Followed): string {
  const reason = reasons[0] ?? 'The source is paused; it is processed when the source is active again.';
  return `Delivery ${number} is received and kept. ${reason}\n`;
}
