/** `homeroom connection`: what a district needs to send files by SFTP, to be handed on. */
import { Command } from 'commander';
import { receivingInWords } from '../core/product-settings.ts';
import { schedules } from '../core/schedule.ts';
import { dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = {
  district: string;
  product: string;
  source?: string;
  user?: string;
  output: 'text' | 'json';
  data?: string;
};

export function connectionCommand(): Command {
  return new Command('connection')
    .summary('say what a district needs to send files by SFTP')
    .description(
      'Says what a district needs to send files by SFTP: host, port, user, folder, fingerprints of the host keys, formats, and command lines for sftp, lftp, curl and WinSCP. There is no secret in it. Needs a running server of the data folder.\n\nExit code: 0, or 2 when there is no such source, or no server.',
    )
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .option('--source <name>', 'name of the source, where the roster has several')
    .option('--user <email>', 'whose sign-in to show; without it, the first person of the district')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run({ output, data, ...which }: Flags): Promise<void> {
  const config = configFrom(data === undefined ? {} : { data });
  const page = await withActs(config, (acts) => acts.connection(which), { worker: false });
  if (output === 'json') printJson(page);
  else process.stdout.write(textOf(page));
}

type Page = Awaited<ReturnType<PlainActs['connection']>>;

function textOf(page: Page): string {
  const facts: [string, string][] = [
    ['Host', page.host],
    ['Port', String(page.port)],
    ['User', page.user],
    ['Folder', page.path],
    ['Test folder', `${page.testPath} (checked and reported, nothing else)`],
    ['Reports', page.reportsPath],
    ...page.fingerprints.map(({ type, fingerprint }): [string, string] => ['Host key', `${type} ${fingerprint}`]),
    ['Formats', page.formats.map(({ title }) => title).join('; ')],
    ['When', `${receivingInWords(page.window)}${page.window ? ` (${page.window.timeZone})` : ''}`],
    ['Due', page.due ? `${schedules.show({ ...page.due, timeZone: null })} (${page.due.timeZone})` : 'no time is set'],
    ['File name', page.fileName ?? 'yours to choose; it stays the same every night'],
    ['From', page.networks.length > 0 ? page.networks.join(', ') : 'every network'],
  ];
  const wide = Math.max(...facts.map(([name]) => name.length));
  const commands = page.commands.flatMap(({ client, text, use }) => [
    '',
    `${client}: ${use}`,
    ...text.split('\r\n').map((line) => `  ${line}`),
  ]);
  const lines = facts.map(([name, value]) => `${name.padEnd(wide)}  ${value}`);
  return [`${page.district.name}, ${page.product.name}`, '', ...lines, ...commands, ''].join('\n');
}
