/** `homeroom reset-year`: takes last year's classes and students out of a roster, before the new rosters come. */
import { Command, Option } from 'commander';
import { type ResetVariant, resetVariants } from '../core/year-reset.ts';
import { NO } from './fail.ts';
import { followSync } from './follow.ts';
import { dataOption, outputOption, printJson } from './options.ts';
import { previewText, type Seen, seenCounts, seenFlag } from './preview.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = {
  district: string;
  product: string;
  variant: ResetVariant;
  dryRun: boolean;
  seen?: Seen;
  reason?: string;
  output: 'text' | 'json';
  data?: string;
};

export function resetYearCommand(): Command {
  return new Command('reset-year')
    .summary('reset a roster between two school years')
    .description(
      'Resets a roster between two school years. literacy: classes and enrollments leave, students move one grade on, the 12th grade leaves. math: classes, enrollments, students and their relatives leave. Staff, orgs, courses, academic sessions and all that was added by hand are kept. Without --seen it shows what would change, by kind and school, and changes nothing. The first delivery of each source afterwards waits for a person. A reset can be rolled back.\n\nExit code: 0 done or shown, 1 held or failed, 2 there is nothing to reset, or the counts are others by now.',
    )
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .addOption(new Option('--variant <name>', 'what is kept').choices(resetVariants).makeOptionMandatory())
    .option('--dry-run', 'show what would change, and change nothing', false)
    .option(...seenFlag)
    .option('--reason <text>', 'why, for those who look at it later')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run({ dryRun, seen, reason, output, data, ...which }: Flags): Promise<void> {
  const config = configFrom(data === undefined ? {} : { data });
  if (dryRun || !seen) {
    const preview = await withActs(config, (acts) => acts.previewReset(which), { worker: false });
    if (output === 'json') return printJson(preview);
    const { district, product, variant } = which;
    const command = `homeroom reset-year --district ${district} --product ${product} --variant ${variant}`;
    const todo = `Nothing has been changed. To do it: ${command} --seen ${seenCounts(preview.counts)}`;
    process.stdout.write(`${previewText(preview)}\n${todo}\n`);
    return;
  }
  const work = async (acts: PlainActs) => {
    const added = await acts.resetYear({ ...which, counts: seen, ...(reason === undefined ? {} : { reason }) });
    const end = await followSync(acts, added.sync);
    if (output === 'json') printJson(end);
    else process.stdout.write(await acts.report({ sync: added.sync }));
    process.exitCode = end.state === 'applied' ? 0 : NO;
  };
  await withActs(config, work, { worker: true });
}
