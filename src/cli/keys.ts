/** `homeroom keys rotate`: a new key for the archive and for stored secrets. */
import { Command } from 'commander';
import { dataOption, outputOption } from './options.ts';
import { act } from './people.ts';
import type { PlainActs } from './remote.ts';

export function keysCommand(): Command {
  const keys = new Command('keys')
    .summary('exchange the key that encrypts archive and secrets')
    .description('The key that encrypts the archive and stored secrets.');
  const rotate = new Command('rotate')
    .description(
      'Makes a new key, encrypts the archive and all stored secrets with it, and forgets the former one. The server may run meanwhile. Should it be broken off, everything stays readable; call it again.\n\nExit code: 0 done, 2 not.',
    )
    .addOption(outputOption())
    .addOption(dataOption())
    .action((flags: { output: 'text' | 'json'; data?: string }) => act(flags, (acts) => acts.rotateKeys(), told));
  keys.addCommand(rotate.exitOverride());
  return keys;
}

function told({ files, secrets, inSetting }: Awaited<ReturnType<PlainActs['rotateKeys']>>): string {
  const done = `Encrypted anew: ${count(files, 'archived file')}, ${count(secrets, 'stored secret')}.`;
  return inSetting
    ? `${done} Nothing needs the former key any more: take it out of HOMEROOM_ARCHIVE_KEY.`
    : `${done} The former key is forgotten; backups from before need the keys that they hold.`;
}

const count = (number: number, what: string): string =>
  `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
