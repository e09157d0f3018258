#!/usr/bin/env node
/** The command line: every command, one way of failing. */
import { Command, CommanderError } from 'commander';
import { checkCommand } from './check.ts';
import { fail, USAGE } from './fail.ts';
import { sampleCommand } from './sample.ts';

const program = new Command('homeroom')
  .description('Roster files from school districts: checked, compared, guarded and served.')
  .version((await import('../../package.json', { with: { type: 'json' } })).default.version)
  .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
  .showSuggestionAfterError()
  .exitOverride();

const commands = [checkCommand(), sampleCommand()];
for (const command of commands) program.addCommand(command.exitOverride().configureHelp({ showGlobalOptions: true }));

// A reader that goes away (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  else fail(error);
}
