/** `homeroom probe URL`: finds out how an API works, and prints the setting with which a source can be added. */
import { Command } from 'commander';
import { settings as configSettings } from '../config.ts';
import { thousands } from '../core/words.ts';
import { networksOf, publicDialer } from '../dial.ts';
import { type ProbeReport, type ProbeStep, probe } from '../pull/probe.ts';
import { type ApiFlags, apiOptions, connectionFrom, secretFromStdin } from './api.ts';
import { NO } from './fail.ts';
import { columns, outputOption, printJson } from './options.ts';
import { configFrom } from './settings.ts';

type Flags = Omit<ApiFlags, 'url'> & { output: 'text' | 'json' };

export function probeCommand(): Command {
  const command = new Command('probe')
    .summary('find out how an API works, and whether a roster can be pulled from it')
    .description(
      `Finds the version, the address, the token address, how keys and scopes are wanted, the size of pages, what the API holds and can do, and what it does otherwise than OneRoster says. Asks for little, changes nothing, and shows no personal data: letters and digits of samples are masked. Needs no server. Networks of your own are named in ${configSettings.pullNetworks.env}.\n\nExit code: 0 a roster can be pulled, 1 not, 2 wrong usage.`,
    )
    .argument('<url>', 'what the district has given as the address of its API; parts of it may be missing or too much');
  return apiOptions(command).addOption(outputOption()).action(run);
}

async function run(url: string, { output, secretStdin, ...flags }: Flags): Promise<void> {
  const { tokenUrl, clientId, settings } = connectionFrom({ ...flags, setting: flags.setting });
  const secret = secretStdin ? await secretFromStdin() : '';
  const allowed = networksOf(configFrom().pullNetworks, configSettings.pullNetworks.env);
  const dialer = publicDialer({
    allowed,
    connectTimeoutMs: 30_000,
    keepAliveMs: 10_000,
    responseLimitBytes: 64 * 2 ** 20,
  });
  const told = new Set<string>();
  const tell = (steps: readonly ProbeStep[]) => {
    for (const step of steps) {
      if (step.state === 'running' || told.has(step.id)) continue;
      told.add(step.id);
      process.stderr.write(`  ${step.title}: ${step.state === 'failed' ? 'failed. ' : ''}${step.words}\n`);
    }
  };
  try {
    const input = {
      address: url,
      secret,
      ...(tokenUrl ? { tokenUrl } : {}),
      ...(clientId ? { clientId } : {}),
      ...(settings ? { settings } : {}),
    };
    const stop = new AbortController();
    const report = await probe(input, { bounds: { dialer }, now: () => new Date(), tell }, stop.signal);
    if (output === 'json') printJson(report);
    else process.stdout.write(text(report));
    process.exitCode = report.isReady ? 0 : NO;
  } finally {
    await dialer.destroy();
  }
}

function text(report: ProbeReport): string {
  const { version, preset, collections, abilities, remarks, connection, trouble, said, isReady } = report;
  const lines: string[] = [];
  if (collections.length > 0) {
    lines.push(`OneRoster ${version} at ${connection?.address}${preset ? ` (${preset.title})` : ''}`, '');
    const rows = collections.map(({ name, state, count, rows: seen }) => [
      name,
      state,
      state === 'ok' ? (count === null ? `${thousands(seen)} or more` : thousands(count)) : '',
    ]);
    lines.push(columns([['collection', 'state', 'records'], ...rows], [2]));
  }
  if (abilities) {
    const { pageLimit, totals, links, offset, sort, filter, changes } = abilities;
    const can = [
      ['records at once', pageLimit === null ? 'all that there are' : thousands(pageLimit)],
      ['total told', totals ? 'yes' : 'no'],
      ['links', links ? 'yes' : 'no'],
      ['offset', offset],
      ['sort', sort],
      ['filter', filter],
      ['changes since', changes],
    ];
    lines.push(columns(can));
  }
  if (remarks.length > 0) lines.push('What it does otherwise', ...remarks.map(({ words }) => `  - ${words}`), '');
  for (const { name, sample } of collections)
    if (sample !== null) lines.push(`${name}, masked: ${JSON.stringify(sample)}`);
  if (collections.some(({ sample }) => sample !== null)) lines.push('');
  if (preset && preset.hints.length > 0)
    lines.push(`About ${preset.title}`, ...preset.hints.map((hint) => `  - ${hint}`), '');
  if (connection) lines.push('A source of it, with the secret on standard input:', `  ${commandOf(connection)}`, '');
  if (trouble) lines.push(trouble);
  if (said) lines.push(`The server said: ${said}`);
  if (isReady) lines.push('A roster can be pulled from here.');
  return `${lines.join('\n').trimEnd()}\n`;
}

function commandOf({ address, tokenUrl, clientId, preset, settings }: NonNullable<ProbeReport['connection']>): string {
  const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  const parts = [
    'homeroom add source --district CODE --product SLUG --kind api',
    `--url ${quoted(address)}`,
    ...(tokenUrl === null ? [] : [`--token-url ${quoted(tokenUrl)}`]),
    ...(clientId === '' ? [] : [`--client-id ${quoted(clientId)}`]),
    ...(preset === null ? [] : [`--preset ${preset}`]),
    ...Object.entries(settings).map(
      ([name, value]) =>
        `--setting ${quoted(`${name}=${typeof value === 'boolean' ? (value ? 'yes' : 'no') : value}`)}`,
    ),
    '--secret-stdin',
  ];
  return parts.join(' ');
}
