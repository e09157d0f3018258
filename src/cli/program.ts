/** Every command in one tree: what the command line runs, and what its reference page is written from. */
import { Command } from 'commander';
import { checkCommand } from './check.ts';
import { docsCommand } from './docs.ts';
import { sampleCommand } from './sample.ts';

const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;

/** The whole command line, in the order in which help and reference show it. */
export function program(): Command {
  const root = new Command('homeroom')
    .description('Roster files from school districts: checked, compared, guarded and served.')
    .version(version)
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showSuggestionAfterError()
    .exitOverride();
  const commands = [checkCommand(), sampleCommand(), docsCommand()];
  for (const command of commands) root.addCommand(command.exitOverride().configureHelp({ showGlobalOptions: true }));
  return root;
}
