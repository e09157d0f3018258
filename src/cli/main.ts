#!/usr/bin/env node
/** The command line: every command, one way of failing. */
import '../young-space.ts';
import { CommanderError } from 'commander';
import { fail, USAGE } from './fail.ts';
import { program } from './program.ts';

// A reader that goes away (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await (await program(process.argv.slice(2))).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  else fail(error);
}
