/** `homeroom rollback SYNC`: takes back what a sync did to the roster, by a sync of its own. */
import { Command } from 'commander';
import { NO } from './fail.ts';
import { followSync } from './follow.ts';
import { dataOption, outputOption, printJson } from './options.ts';
import { previewText, type Seen, seenCounts, seenFlag } from './preview.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = { back: boolean; dryRun: boolean; seen?: Seen; reason?: string; output: 'text' | 'json'; data?: string };

export function rollbackCommand(): Command {
  return new Command('rollback')
    .summary('take back what a sync did to the roster')
    .description(
      'Takes back what a sync did to the roster: what it created is archived, what it changed, archived, reactivated or took over is as it was before. This is a sync of its own, so it can be rolled back too. A record that a person or a later sync has changed since is named and left as it is.\n\nExit code: 0 done (or shown, with --dry-run), 1 held or failed, 2 there is nothing to take back.',
    )
    .argument('<sync>', 'id of the sync, as `homeroom history` shows it')
    .option('--back', 'undo all later syncs too: the roster as it was before this one', false)
    .option('--dry-run', 'show what would change, and change nothing', false)
    .option(...seenFlag)
    .option('--reason <text>', 'why, for those who look at it later')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run(sync: string, { back, dryRun, seen, reason, output, data }: Flags): Promise<void> {
  const config = configFrom(data === undefined ? {} : { data });
  if (dryRun) {
    const preview = await withActs(config, (acts) => acts.previewRollback({ sync, back }), { worker: false });
    if (output === 'json') return printJson(preview);
    const command = `homeroom rollback ${sync}${back ? ' --back' : ''} --seen ${seenCounts(preview.counts)}`;
    process.stdout.write(`${previewText(preview)}\nNothing has been changed. To do it: ${command}\n`);
    return;
  }
  const work = async (acts: PlainActs) => {
    const given = { ...(seen ? { counts: seen } : {}), ...(reason === undefined ? {} : { reason }) };
    const added = await acts.rollback({ sync, back, ...given });
    const end = await followSync(acts, added.sync);
    if (output === 'json') printJson(end);
    else process.stdout.write(await acts.report({ sync: added.sync }));
    if (end.state === 'held') process.stderr.write(`Decide with: homeroom decide ${added.sync} apply|discard\n`);
    process.exitCode = end.state === 'applied' || end.state === 'unchanged' ? 0 : NO;
  };
  await withActs(config, work, { worker: true });
}
