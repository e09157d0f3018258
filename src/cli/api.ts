/** `homeroom set api`, and what is asked of an API when a source is added: address, key, secret and settings. */
import { text as readAll } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { presets } from '../pull/presets/index.ts';
import { CommandError } from './fail.ts';
import { columns, dataOption, outputOption } from './options.ts';
import { act } from './people.ts';

export type ApiFlags = {
  url?: string;
  tokenUrl?: string;
  clientId?: string;
  secretStdin?: boolean;
  preset?: string;
  setting: string[];
};

const more = (value: string, before: string[]): string[] => [...before, value];

/** Options about an API, for each command that has to do with one. */
export function apiOptions(command: Command): Command {
  return command
    .option('--url <url>', 'address of the API, for example https://sis.example.org/ims/oneroster/v1p1')
    .option('--token-url <url>', 'where tokens are given, exactly as the SIS shows it; none where requests are signed')
    .option('--client-id <key>', 'client id or consumer key that the SIS has made')
    .option('--secret-stdin', 'read the secret from standard input')
    .addOption(
      new Option('--preset <id>', 'what the system is, for what is known of it').choices(presets.map(({ id }) => id)),
    )
    .option('--setting <name=value>', 'a setting of the API, see `homeroom set api`; as often as you like', more, []);
}

/** What the flags say, without the secret. */
export function connectionFrom({ url, tokenUrl, clientId, preset, setting }: ApiFlags) {
  const known = presets.find(({ id }) => id === preset);
  const typed = setting.map((each) => {
    const at = each.indexOf('=');
    if (at < 1) throw new CommandError(`"${each}" is no setting. Write name=value, such as pageSize=1000.`);
    return [each.slice(0, at), each.slice(at + 1)] as const;
  });
  const settings = { ...known?.settings, ...Object.fromEntries(typed) };
  return {
    ...(url === undefined ? {} : { address: url }),
    ...(tokenUrl === undefined ? {} : { tokenUrl: tokenUrl === 'none' ? null : tokenUrl }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(preset === undefined ? {} : { preset }),
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
  };
}

/** The secret is no argument, because others on this machine can read those. */
export async function secretFromStdin(): Promise<string> {
  const secret = (await readAll(process.stdin)).replace(/\r?\n$/, '');
  if (secret === '') throw new CommandError('There was no secret on standard input.');
  return secret;
}

type Flags = ApiFlags & { district: string; product: string; source?: string; output: 'text' | 'json'; data?: string };

export function setApiCommand(): Command {
  const command = new Command('api')
    .description(
      'Shows from where a source pulls and how, or changes what is given. The secret is never shown; it is asked for again when requests would go to another server. `--setting name=default` goes back to the default.\n\nExit code: 0 shown or set, 2 not.',
    )
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .option('--source <name>', 'name of the source, where several pull');
  return apiOptions(command)
    .addOption(outputOption())
    .addOption(dataOption())
    .action(async ({ output, data, district, product, source, ...flags }: Flags) => {
      const which = { district, product, ...(source === undefined ? {} : { source }) };
      const connection = connectionFrom(flags);
      const secret = flags.secretStdin ? { secret: await secretFromStdin() } : {};
      const changes = flags.secretStdin || Object.keys(connection).length > 0;
      await act(
        { output, ...(data === undefined ? {} : { data }) },
        (acts) => (changes ? acts.setApi({ ...which, connection, ...secret }) : acts.api(which)),
        shown,
      );
    });
}

type View = {
  address: string;
  tokenUrl: string | null;
  clientId: string;
  preset: string | null;
  settings: { name: string; shown: string; isSet: boolean; default: string }[];
};

function shown({ address, tokenUrl, clientId, preset, settings }: View): string {
  const facts = [
    ['address', address],
    ['token address', tokenUrl ?? 'none'],
    ['key', clientId || 'none'],
    ['secret', 'kept, never shown'],
    ['preset', preset ?? 'none'],
  ];
  const set = settings.map(({ name, shown: value, isSet, default: usual }) => [
    name,
    value === '' ? '-' : value,
    isSet ? `(default ${usual === '' ? '-' : usual})` : '',
  ]);
  return `${columns(facts)}\n${columns(set)}`.trimEnd();
}
