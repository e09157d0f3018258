/** `homeroom person …`: who there is, invitations, addresses, roles and keys; and `homeroom sign-in-link`. */
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { Argument, Command } from 'commander';
import type { Role } from '../db/accounts.ts';
import { columns, dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Common = { output: 'text' | 'json'; data?: string };
type Acted<K extends keyof PlainActs> = Awaited<ReturnType<PlainActs[K]>>;

export function personCommand(): Command {
  const person = new Command('person')
    .summary('list people, invite them again, change addresses, roles and keys')
    .description(
      'Looks after the people who may sign in. They are added with: homeroom add contact, homeroom add person.\n\nExit code: 0 done, 2 not.',
    );
  const simple: [string, string, (acts: PlainActs, email: string) => Promise<unknown>, (email: string) => string][] = [
    [
      'disable',
      'let somebody in no more; sessions and connections end at once',
      (acts, email) => acts.disablePerson({ email }),
      (email) => `${email} cannot come in any more.`,
    ],
    [
      'enable',
      'let somebody in again who was disabled',
      (acts, email) => acts.enablePerson({ email }),
      (email) => `${email} can come in again.`,
    ],
    [
      'remove',
      'end an account for good; its address is free again',
      (acts, email) => acts.removePerson({ email }),
      (email) => `The account of ${email} has ended.`,
    ],
    [
      'remove-second-factor',
      'for somebody who has lost the app and the recovery codes',
      (acts, email) => acts.removeSecondFactor({ email }),
      (email) => `${email} signs in with the password alone.`,
    ],
  ];
  const commands = [
    list(),
    linked('invite', 'send a new invitation to somebody who has not set a password', (acts, email) =>
      acts.invitePerson({ email }),
    ),
    linked('reset', 'send a link that sets a new password', (acts, email) => acts.resetPerson({ email })),
    address(),
    role(),
    ...simple.map(([name, description, work, sentence]) => one(name, description, work, sentence)),
    keys(),
    addKey(),
    removeKey(),
  ];
  for (const command of commands) person.addCommand(command.exitOverride());
  return person;
}

export function signInLinkCommand(): Command {
  return common(new Command('sign-in-link'))
    .summary('make a link that signs a person in once')
    .description(
      'Makes a link that signs a person in to the console, once, within 15 minutes.\n\nExit code: 0, or 2 when nobody has this address.',
    )
    .argument('<email>', 'email address of the account')
    .action((email: string, flags: Common) =>
      act(
        flags,
        (acts) => acts.signInLink({ email }),
        ({ link, minutes }) => `${link}\nIt works once, within ${minutes} minutes.`,
      ),
    );
}

/** What is said about a link that sets a password: it is in the mail, or here when there is no mail server. */
export const linkSentence = (link: string | null): string =>
  link === null
    ? 'A mail with a link is on its way; it works once, within 24 hours.'
    : `No mail server is set, so the mail lies in the outbox folder. To set a password, once, within 24 hours: ${link}`;

function list(): Command {
  return common(new Command('list'))
    .description('list people and how they can come in')
    .option('--district <code>', 'only of this district')
    .action(({ district, ...flags }: Common & { district?: string }) =>
      act(flags, (acts) => acts.people(district === undefined ? {} : { district }), listed),
    );
}

function listed(people: Acted<'people'>): string {
  if (people.length === 0) return 'There is nobody yet.';
  const head = ['email', 'role', 'district', 'state', 'second factor', 'keys', 'password last used (UTC)'];
  const rows = people.map((person) => [
    person.email,
    person.role,
    person.district ?? '',
    person.state === 'invited' ? `invited until ${shortTime(person.invitedUntil) || 'never'}` : person.state,
    person.hasSecondFactor ? 'yes' : '',
    String(person.keys),
    shortTime(person.passwordUsedAt),
  ]);
  return columns([head, ...rows], [5]).trimEnd();
}

function linked(
  name: string,
  description: string,
  work: (acts: PlainActs, email: string) => Promise<Acted<'invitePerson'>>,
) {
  return common(new Command(name))
    .description(description)
    .argument('<email>', 'email address of the account')
    .action((email: string, flags: Common) =>
      act(
        flags,
        (acts) => work(acts, email),
        ({ link }) => linkSentence(link),
      ),
    );
}

function one(
  name: string,
  description: string,
  work: (acts: PlainActs, email: string) => Promise<unknown>,
  sentence: (email: string) => string,
): Command {
  return common(new Command(name))
    .description(description)
    .argument('<email>', 'email address of the account')
    .action((email: string, flags: Common) =>
      act(
        flags,
        (acts) => work(acts, email),
        () => sentence(email),
      ),
    );
}

function address(): Command {
  return common(new Command('address'))
    .description('give an account another address; both are told by mail')
    .argument('<email>', 'address of now')
    .argument('<to>', 'address of then')
    .action((email: string, to: string, flags: Common) =>
      act(
        flags,
        (acts) => acts.changeAddress({ email, to }),
        (person) => `The account is ${person.email} now.`,
      ),
    );
}

function role(): Command {
  return common(new Command('role'))
    .description('change what somebody may do')
    .argument('<email>', 'email address of the account')
    .addArgument(new Argument('<role>', 'new role').choices(['owner', 'operator', 'administrator', 'viewer']))
    .action((email: string, to: Role, flags: Common) =>
      act(
        flags,
        (acts) => acts.changePerson({ email, role: to }),
        (person) => `${person.email} is ${person.role} now.`,
      ),
    );
}

function keys(): Command {
  return common(new Command('keys'))
    .description('list the public keys of somebody')
    .argument('<email>', 'email address of the account')
    .action((email: string, flags: Common) => act(flags, (acts) => acts.keys({ email }), keysListed));
}

function keysListed(found: Acted<'keys'>): string {
  if (found.length === 0) return 'There are no keys.';
  const head = ['fingerprint', 'type', 'name', 'last used (UTC)', 'ends (UTC)'];
  const rows = found.map((key) => [
    key.fingerprint,
    key.algorithm,
    key.name,
    shortTime(key.lastUsedAt),
    shortTime(key.expiresAt),
  ]);
  return columns([head, ...rows]).trimEnd();
}

function addKey(): Command {
  return common(new Command('add-key'))
    .description('register a public key with which somebody signs in over SFTP')
    .argument('<email>', 'email address of the account')
    .argument('<file>', 'the file that ends in .pub, or - for standard input')
    .option('--name <name>', 'what to call it; what stands behind the key when not given')
    .option('--ends <day>', 'until when it is good, for example 2027-08-01')
    .action(
      async (email: string, file: string, { name, ends, ...flags }: Common & { name?: string; ends?: string }) => {
        const key = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8');
        const more = { ...(name === undefined ? {} : { name }), ...(ends === undefined ? {} : { expiresAt: ends }) };
        await act(
          flags,
          (acts) => acts.addKey({ email, key, ...more }),
          (added) => `Added the key ${added.name}: ${added.fingerprint}`,
        );
      },
    );
}

function removeKey(): Command {
  return common(new Command('remove-key'))
    .description('let a public key in no more')
    .argument('<email>', 'email address of the account')
    .argument('<key>', 'its fingerprint or id')
    .action((email: string, key: string, flags: Common) =>
      act(
        flags,
        (acts) => acts.removeKey({ email, key }),
        (gone) => `Removed the key ${gone.name}.`,
      ),
    );
}

/** A server that runs does what others would wait for; both ways of printing. */
export async function act<T>(
  { output, data }: Common,
  work: (acts: PlainActs) => Promise<T>,
  sentence: (result: T) => string,
): Promise<void> {
  const result = await withActs(configFrom(data === undefined ? {} : { data }), work, { worker: false });
  if (output === 'json') printJson(result);
  else process.stdout.write(`${sentence(result)}\n`);
}

const common = (command: Command): Command => command.addOption(outputOption()).addOption(dataOption());

/** `2026-11-21 08:00` */
export const shortTime = (time: string | null): string => (time ? time.slice(0, 16).replace('T', ' ') : '');
