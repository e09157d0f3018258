/** `homeroom add …`: products, districts, people and sources; records stand in by-hand.ts. */
import { text as readAll } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { type SourceMode, sourceModes } from '../core/calendar.ts';
import { formats } from '../core/formats/index.ts';
import type { Profile } from '../core/rules/rule.ts';
import type { Role } from '../db/accounts.ts';
import type { SourceKind } from '../db/districts.ts';
import { type ApiFlags, apiOptions, connectionFrom, secretFromStdin } from './api.ts';
import { addRecord } from './by-hand.ts';
import { CommandError } from './fail.ts';
import { dataOption, outputOption } from './options.ts';
import { act, linkSentence } from './people.ts';
import { formatsOption, type ProductFlags, productChange, profileOption, receivingOption } from './product.ts';
import { addSimplified } from './simplified.ts';
import { addWebhook } from './webhooks.ts';

type Common = { output: 'text' | 'json'; data?: string };

export function addCommand(): Command {
  const add = new Command('add')
    .summary('add a product, a district, a person, a source, a webhook, or a record of a roster')
    .description(
      'Adds a product, a district, a person, a source, a webhook, or a record that no source sends. A running server of the data folder does it at once.\n\nExit code: 0 added, 2 not.',
    );
  const commands = [
    addProduct(),
    addDistrict(),
    addContact(),
    addPerson(),
    addSource(),
    addWebhook(),
    addRecord(),
    addSimplified(),
  ];
  for (const command of commands) {
    add.addCommand(command.exitOverride(), { isDefault: command.name() === 'record' });
  }
  return add;
}

function addProduct(): Command {
  return common(new Command('product'))
    .description('add something the vendor sells')
    .argument('<slug>', 'the last part of its upload paths, for example literacy')
    .option('--name <name>', 'its name for people; the slug when not given')
    .addOption(profileOption())
    .addOption(formatsOption())
    .addOption(receivingOption())
    .action((slug: string, { name, output, data, ...given }: Common & ProductFlags) =>
      act(
        { output, ...(data === undefined ? {} : { data }) },
        (acts) => acts.addProduct({ slug, name: name ?? slug, ...productChange(given) }),
        (product) => `Added the product ${product.slug}.`,
      ),
    );
}

function addDistrict(): Command {
  return common(new Command('district'))
    .description('add a district')
    .argument('<siteCode>', 'its code with the vendor, for example 1234567')
    .requiredOption('--name <name>', 'its name')
    .option('--slug <slug>', 'its part of the upload path; made from the name when not given')
    .option('--time-zone <zone>', 'for example America/Denver (default)')
    .action(
      (siteCode: string, { output, data, ...district }: Common & { name: string; slug?: string; timeZone?: string }) =>
        act(
          { output, ...(data === undefined ? {} : { data }) },
          (acts) => acts.addDistrict({ siteCode, ...district }),
          (added) => `Added ${added.name} (${added.siteCode}).`,
        ),
    );
}

type PersonFlags = Common & { district?: string; name?: string; role?: Role; passwordStdin?: boolean };

function addContact(): Command {
  return personOptions(new Command('contact'), ['administrator', 'viewer'])
    .description('add a person of a district, who sends its rosters')
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .action(person);
}

function addPerson(): Command {
  return personOptions(new Command('person'), ['owner', 'operator'])
    .description('add a person of the vendor, who sees every district')
    .action(person);
}

function personOptions(command: Command, roles: Role[]): Command {
  return common(command)
    .argument('<email>', 'email address; it is the account')
    .option('--name <name>', 'name of the person')
    .addOption(
      new Option('--role <role>', `what the person may do (default ${roles.at(roles[0] === 'owner' ? 1 : 0)})`).choices(
        roles,
      ),
    )
    .option('--password-stdin', 'read a password from standard input; without it, the person is invited by mail');
}

async function person(email: string, { passwordStdin, output, data, ...more }: PersonFlags): Promise<void> {
  const password = passwordStdin ? (await readAll(process.stdin)).replace(/\r?\n$/, '') : undefined;
  if (password === '') throw new CommandError('There was no password on standard input.');
  const flags = { output, ...(data === undefined ? {} : { data }) };
  await act(
    flags,
    (acts) => acts.addContact({ email, ...more, ...(password === undefined ? {} : { password }) }),
    (added) => `Added ${added.email} (${added.role}).${added.isInvited ? `\n${linkSentence(added.link)}` : ''}`,
  );
}

type SourceFlags = Common &
  ApiFlags & {
    district: string;
    product: string;
    kind: Exclude<SourceKind, 'pull'> | 'api';
    name?: string;
    format?: string;
    profile?: Profile;
    mode?: SourceMode;
    trustFirst?: boolean;
  };

function addSource(): Command {
  const command = new Command('source')
    .description(
      'add a way by which a roster arrives: files by SFTP, files that people upload, or an API from which it is pulled (`homeroom probe` finds out how)',
    )
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .addOption(new Option('--kind <kind>', 'how it arrives').choices(['sftp', 'upload', 'api']).default('sftp'))
    .option('--name <name>', 'its name within the roster')
    .addOption(new Option('--format <id>', 'what is sent').choices(['auto', ...formats.map((format) => format.id)]))
    .addOption(new Option('--profile <name>', 'how strict to be').choices(['default', 'strict', 'lenient']))
    .addOption(new Option('--mode <mode>', 'what happens to deliveries').choices(sourceModes))
    .option('--trust-first', 'apply the first delivery without a person having looked at it');
  return common(apiOptions(command)).action(source);
}

async function source({
  output,
  data,
  kind,
  url,
  tokenUrl,
  clientId,
  preset,
  setting,
  secretStdin,
  ...given
}: SourceFlags) {
  const flags = { output, ...(data === undefined ? {} : { data }) };
  const api = { setting, ...defined({ url, tokenUrl, clientId, preset }) };
  if (kind !== 'api') {
    if (secretStdin || Object.keys(connectionFrom(api)).length > 0)
      throw new CommandError('An address, a key or a secret belong to a source that pulls: --kind api');
    await act(
      flags,
      (acts) => acts.addSource({ ...given, kind }),
      (added) => `Added the source ${added.name}.${added.uploadPath ? ` Files go to ${added.uploadPath}` : ''}`,
    );
    return;
  }
  if (!secretStdin) throw new CommandError('Hand the secret on standard input, with --secret-stdin.');
  const secret = await secretFromStdin();
  const connection = connectionFrom(api);
  await act(
    flags,
    (acts) => acts.addApi({ ...given, connection, secret }),
    (added) => `Added the source ${added.name}. It pulls before each due time, and at once with: homeroom pull`,
  );
}

const defined = <T extends object>(all: T) =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

const common = (command: Command): Command => command.addOption(outputOption()).addOption(dataOption());
