/** `homeroom pull`: asks for a pull, follows it collection by collection, and says what became of its delivery. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { thousands } from '../core/words.ts';
import { NO } from './fail.ts';
import { followSync } from './follow.ts';
import { columns, dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = {
  district: string;
  product: string;
  source?: string;
  full?: boolean;
  list?: boolean;
  output: 'text' | 'json';
  data?: string;
};
type Pull = Awaited<ReturnType<PlainActs['followPull']>>;

export function pullCommand(): Command {
  return new Command('pull')
    .summary('pull the roster of a district from its API now')
    .description(
      'Pulls from the API of a source, as the schedule does before each due time: changes alone where that is right, everything otherwise. Follows the pull and its delivery on standard error, and prints the report.\n\nExit code: 0 applied or unchanged, 1 not pulled, held, rejected or failed, 2 wrong usage.',
    )
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .option('--source <name>', 'name of the source, where several pull')
    .option('--full', 'pull everything, not the changes alone')
    .option('--list', 'do not pull; list the last pulls and what became of them')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run({ output, data, list, ...which }: Flags): Promise<void> {
  const config = configFrom(data === undefined ? {} : { data });
  if (list) {
    const pulls = await withActs(config, (acts) => acts.pulls(which), { worker: false });
    if (output === 'json') return printJson(pulls);
    process.stdout.write(listed(pulls));
    return;
  }
  const work = async (acts: PlainActs) => {
    const { pull } = await acts.pull(which);
    const end = await follow(acts, pull);
    if (end.state !== 'done' || end.sync === null) {
      if (output === 'json') printJson({ pull: end, sync: null });
      else process.stdout.write(broken(end));
      process.exitCode = NO;
      return;
    }
    const sync = await followSync(acts, end.sync);
    if (output === 'json') printJson({ pull: end, sync });
    else if (sync.waits) process.stdout.write('The delivery is kept, and waits until its source goes on.\n');
    else process.stdout.write(await acts.report({ sync: end.sync }));
    if (sync.state === 'held')
      process.stderr.write(`Decide with: homeroom decide ${end.sync} apply|additions|discard\n`);
    process.exitCode = sync.state === 'applied' || sync.state === 'unchanged' ? 0 : NO;
  };
  await withActs(config, work, { worker: true });
}

/** A line for each collection that is done, until the pull rests. */
async function follow(acts: PlainActs, pull: string): Promise<Pull> {
  const told = new Set<string>();
  for (;;) {
    const now = await acts.followPull({ pull });
    for (const [name, { state, rows, total }] of Object.entries(now.progress)) {
      if (state === 'reading' || state === 'waiting' || told.has(name)) continue;
      told.add(name);
      const of = total !== null && total !== rows ? ` of ${thousands(total)}` : '';
      process.stderr.write(`  ${name}: ${state === 'done' ? `${thousands(rows)}${of} records` : state}\n`);
    }
    if (now.state === 'done' || now.state === 'failed' || now.nextAt !== null) return now;
    await sleep(200);
  }
}

function broken({ trouble, nextAt }: Pull): string {
  const said = trouble?.said ? `\nThe server said: ${trouble.said}` : '';
  const next =
    nextAt === null ? '' : `\nIt is tried again at ${nextAt.slice(11, 16)} UTC, and goes on where it was broken off.`;
  return `Nothing was delivered. ${trouble?.sentence ?? ''}${said}${next}\n`;
}

function listed(pulls: Pull[]): string {
  if (pulls.length === 0) return 'Nothing was pulled yet.\n';
  const head = ['began (UTC)', 'scope', 'state', 'records', 'asked by', ''];
  const rows = pulls.map(({ startedAt, createdAt, scope, state, counts, askedBy, trouble }) => [
    (startedAt ?? createdAt).slice(0, 16).replace('T', ' '),
    scope,
    state,
    thousands(Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0)),
    askedBy ?? 'schedule',
    state === 'done' ? '' : (trouble?.sentence ?? ''),
  ]);
  return columns([head, ...rows], [3]);
}
