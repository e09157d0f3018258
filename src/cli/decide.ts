/** `homeroom decide SYNC CHOICE`: what to do with a held delivery. */
import { Argument, Command } from 'commander';
import type { Choice } from '../db/syncs.ts';
import { NO } from './fail.ts';
import { followSync } from './follow.ts';
import { dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = { reason?: string; output: 'text' | 'json'; data?: string };

const choices: Record<string, Choice> = {
  apply: 'apply all',
  additions: 'apply additions and updates',
  discard: 'discard',
};

export function decideCommand(): Command {
  return new Command('decide')
    .summary('apply or discard a held delivery')
    .description(
      'Decides about a held delivery: apply all of it, apply additions and updates only (removals wait), or discard it. What was seen and chosen is kept with it.\n\nExit code: 0 done, 1 held again because the plan has grown, 2 it is not held.',
    )
    .argument('<sync>', 'id of the sync, as `homeroom history` shows it')
    .addArgument(new Argument('<choice>', 'what to do').choices(Object.keys(choices)))
    .option('--reason <text>', 'why, for those who look at it later')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run(sync: string, choice: string, { reason, output, data }: Flags): Promise<void> {
  const work = async (acts: PlainActs) => {
    await acts.decide({ sync, choice: choices[choice] as Choice, ...(reason === undefined ? {} : { reason }) });
    const end = await followSync(acts, sync);
    if (output === 'json') printJson(end);
    else process.stdout.write(await acts.report({ sync }));
    const wanted = choice === 'discard' ? ['discarded'] : ['applied', 'unchanged'];
    process.exitCode = wanted.includes(end.state) ? 0 : NO;
  };
  await withActs(configFrom(data === undefined ? {} : { data }), work, { worker: true });
}
