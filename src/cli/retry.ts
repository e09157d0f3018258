/** `homeroom retry SYNC`: goes through a delivery again. */
import { Command } from 'commander';
import { NO } from './fail.ts';
import { followSync } from './follow.ts';
import { dataOption, outputOption, printJson } from './options.ts';
import { withActs } from './remote.ts';
import { configFrom } from './settings.ts';

export function retryCommand(): Command {
  return new Command('retry')
    .summary('go through a delivery again')
    .description(
      'Takes up a sync that failed, or goes through the delivery of another one again: after its source was set to another format or profile, or because a discarded one is wanted after all. Refused when a newer delivery was applied since.\n\nExit code: 0 applied or unchanged, 1 held or rejected, 2 refused.',
    )
    .argument('<sync>', 'id of the sync, as `homeroom history` shows it')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run(sync: string, { output, data }: { output: 'text' | 'json'; data?: string }): Promise<void> {
  await withActs(
    configFrom(data === undefined ? {} : { data }),
    async (acts) => {
      const next = await acts.retry({ sync });
      const end = await followSync(acts, next.sync);
      if (output === 'json') printJson(end);
      else process.stdout.write(await acts.report({ sync: next.sync }));
      process.exitCode = ['applied', 'unchanged'].includes(end.state) ? 0 : NO;
    },
    { worker: true },
  );
}
