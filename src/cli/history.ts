/** `homeroom history`: what was received, and what became of it. */
import { Command, InvalidArgumentError } from 'commander';
import { thousands } from '../core/words.ts';
import { columns, dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = { district?: string; product?: string; limit: number; output: 'text' | 'json'; data?: string };

export function historyCommand(): Command {
  return new Command('history')
    .summary('list deliveries, rollbacks and resets, and what became of them, newest first')
    .description('Lists deliveries and what became of them, newest first.\n\nExit code: 0, or 2 for wrong usage.')
    .option('--district <code>', 'only this district (site code or slug)')
    .option('--product <slug>', 'only this product of the district')
    .option('--limit <n>', 'how many at most, 1 to 1,000', limit, 50)
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

function limit(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1,000.');
}

async function run({ output, data, ...which }: Flags): Promise<void> {
  const config = configFrom(data === undefined ? {} : { data });
  const syncs = await withActs(config, (acts) => acts.history(which), { worker: false });
  if (output === 'json') printJson(syncs);
  else process.stdout.write(syncs.length === 0 ? 'Nothing has been received yet.\n' : table(syncs));
}

function table(syncs: Awaited<ReturnType<PlainActs['history']>>): string {
  const head = [
    'received (UTC)',
    'district',
    'product',
    'no.',
    'state',
    'added',
    'changed',
    'removed',
    'left out',
    'what',
    'id',
  ];
  const rows = syncs.map((sync) => [
    sync.receivedAt.slice(0, 16).replace('T', ' '),
    `${sync.district} ${sync.districtName}`,
    sync.product,
    thousands(sync.number),
    sync.state,
    thousands(sync.counts.added),
    thousands(sync.counts.changed),
    thousands(sync.counts.removed),
    thousands(sync.counts.leftOut),
    sync.originWords ?? 'delivery',
    sync.id,
  ]);
  return columns([head, ...rows], [3, 5, 6, 7, 8]);
}
