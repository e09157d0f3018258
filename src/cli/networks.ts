/** `homeroom set networks`: from where the people of a district may reach SFTP. */
import { Command } from 'commander';
import { CommandError } from './fail.ts';
import { dataOption, outputOption, printJson } from './options.ts';
import { withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = { district: string; everywhere?: boolean; output: 'text' | 'json'; data?: string };

export function networksCommand(): Command {
  return new Command('networks')
    .description(
      'Shows from where the people of a district may reach SFTP, or sets it: addresses and blocks, which take the place of those before. Who is connected from elsewhere sees nothing any more within seconds.\n\nExit code: 0 shown or set, 2 not.',
    )
    .argument('[networks...]', 'for example 203.0.113.7 198.51.100.0/24 2001:db8::/48; none shows what is set')
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .option('--everywhere', 'from every network again')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run(given: string[], { district, everywhere, output, data }: Flags): Promise<void> {
  if (everywhere && given.length > 0) throw new CommandError('Name networks, or say --everywhere, not both.');
  const isChange = everywhere || given.length > 0;
  const networks = await withActs(
    configFrom(data === undefined ? {} : { data }),
    (acts) => (isChange ? acts.setNetworks({ district, networks: given }) : acts.networks({ district })),
    { worker: false },
  );
  if (output === 'json') printJson(networks);
  else process.stdout.write(networks.length > 0 ? `${networks.join('\n')}\n` : 'From every network.\n');
}
