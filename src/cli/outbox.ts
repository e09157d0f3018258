/** `homeroom outbox`: mails that wait, were sent, were kept, or could not be delivered. */
import { Command, Option } from 'commander';
import type { MailState } from '../db/mails.ts';
import { columns, dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = { state?: MailState; output: 'text' | 'json'; data?: string };

export function outboxCommand(): Command {
  return new Command('outbox')
    .summary('list mails and what became of them, or read one')
    .description(
      'Lists the last 50 mails, newest first, or shows one. A mail waits, was sent, was kept in the outbox folder because no mail server is set, or failed for good.\n\nExit code: 0, or 2 when there is no such mail.',
    )
    .argument('[id]', 'shows this mail')
    .addOption(new Option('--state <state>', 'only these').choices(['waiting', 'sent', 'kept', 'failed']))
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run(id: string | undefined, { output, data, ...which }: Flags): Promise<void> {
  const config = configFrom(data === undefined ? {} : { data });
  await withActs(config, (acts) => (id === undefined ? list(acts, which, output) : one(acts, id, output)), {
    worker: false,
  });
}

async function list(acts: PlainActs, which: { state?: MailState }, output: Flags['output']): Promise<void> {
  const mails = await acts.mails(which);
  if (output === 'json') return printJson(mails);
  const head = ['written (UTC)', 'state', 'to', 'subject', 'id', ''];
  const rows = mails.map((mail) => [
    mail.createdAt.slice(0, 16).replace('T', ' '),
    mail.state,
    mail.to,
    mail.subject,
    mail.id,
    mail.trouble ?? '',
  ]);
  process.stdout.write(mails.length === 0 ? 'There are no mails.\n' : columns([head, ...rows]));
}

async function one(acts: PlainActs, id: string, output: Flags['output']): Promise<void> {
  const mail = await acts.mail({ id });
  if (output === 'json') return printJson(mail);
  const text = mail.text || 'Its text let somebody in, and is not kept any longer.';
  process.stdout.write(`To: ${mail.to}\nSubject: ${mail.subject}\n\n${text.trimEnd()}\n`);
}
