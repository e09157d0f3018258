/** `homeroom add webhook` and `homeroom webhooks …`: programs that are told what happens. */
import { Command } from 'commander';
import { events } from '../alert/events.ts';
import { CommandError } from './fail.ts';
import { columns, dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Common = { output: 'text' | 'json'; data?: string };

const more = (value: string, before: string[]): string[] => [...before, value];

export function addWebhook(): Command {
  return common(new Command('webhook'))
    .description('add a program that is told what happens; its secret is printed once')
    .argument('<url>', 'its address, https://…')
    .option(
      '--event <name>',
      `only this event, and those of further --event; one of: ${Object.keys(events).join(', ')}`,
      more,
      [],
    )
    .option('--district <code>', 'only what concerns this district (site code or slug)')
    .action((url: string, { output, data, event, ...which }: Common & { event: string[]; district?: string }) =>
      ask(data, async (acts) => {
        const added = await acts.addWebhook({ url, events: event, ...which });
        if (output === 'json') return printJson(added);
        process.stdout.write(
          `Added the webhook ${added.id}.\nIts secret, which is shown only now: ${added.secret}\nTry it: homeroom webhooks test ${added.id}\n`,
        );
      }),
    );
}

export function webhooksCommand(): Command {
  const webhooks = new Command('webhooks')
    .summary('list, try out, stop and remove webhooks')
    .description('Lists, tries out, stops, starts and removes webhooks.');
  for (const command of [list(), log(), test(), again(), ...states(), remove()])
    webhooks.addCommand(command.exitOverride());
  return webhooks;
}

function list(): Command {
  return common(new Command('list'))
    .description('Lists the webhooks and how they fare.')
    .action(({ output, data }: Common) =>
      ask(data, async (acts) => {
        const rows = await acts.webhooks();
        if (output === 'json') return printJson(rows);
        const head = ['id', 'state', 'waiting', 'given up', 'last taken (UTC)', 'events', 'district', 'address', ''];
        const lines = rows.map((row) => [
          row.id,
          row.state,
          String(row.waiting),
          String(row.failed),
          row.deliveredAt === null ? '' : minute(row.deliveredAt),
          row.events.join(', '),
          row.district ?? 'all',
          row.url,
          row.trouble ?? '',
        ]);
        process.stdout.write(rows.length === 0 ? 'There are no webhooks.\n' : columns([head, ...lines], [2, 3]));
      }),
    );
}

function log(): Command {
  return withId(new Command('log'))
    .description('Lists the last 50 events that a webhook was told, newest first, and what came of them.')
    .action((id: string, { output, data }: Common) =>
      ask(data, async (acts) => {
        const rows = await acts.webhookLog({ id });
        if (output === 'json') return printJson(rows);
        const head = ['at (UTC)', 'event', 'state', 'tries', 'next try (UTC)', 'id', ''];
        const lines = rows.map((row) => [
          minute(row.createdAt),
          row.event,
          row.state,
          String(row.attempts),
          row.nextTryAt === null ? '' : minute(row.nextTryAt),
          row.id,
          row.trouble ?? '',
        ]);
        process.stdout.write(rows.length === 0 ? 'It was told nothing yet.\n' : columns([head, ...lines], [3]));
      }),
    );
}

function test(): Command {
  return withId(new Command('test'))
    .description('Sends a test event at once.\n\nExit code: 0 when it was taken, 2 when not.')
    .action((id: string, { output, data }: Common) =>
      ask(data, async (acts) => {
        const { isDelivered, status, trouble, ...rest } = await acts.testWebhook({ id });
        if (output === 'json') printJson({ ...rest, isDelivered, status, trouble });
        if (!isDelivered) throw new CommandError(`It was not taken. ${trouble ?? ''} It is tried again later.`);
        if (output === 'text') process.stdout.write(`It was taken (status ${status}).\n`);
      }),
    );
}

function again(): Command {
  return withId(new Command('again'))
    .argument('<message>', 'id of the message, as `webhooks log` says it')
    .description('Sends a message once more, at once and as it was.\n\nExit code: 0 when it was taken, 2 when not.')
    .action((id: string, message: string, { output, data }: Common) =>
      ask(data, async (acts) => {
        const { isDelivered, status, trouble } = await acts.sendWebhookAgain({ id, message });
        if (output === 'json') printJson({ id: message, isDelivered, status, trouble });
        if (!isDelivered) throw new CommandError(`It was not taken. ${trouble ?? ''}`);
        if (output === 'text') process.stdout.write(`It was taken (status ${status}).\n`);
      }),
    );
}

function states(): Command[] {
  const become = { stop: 'stopped', start: 'active' } as const;
  return (['stop', 'start'] as const).map((name) =>
    withId(new Command(name))
      .description(
        name === 'stop'
          ? 'Tells a webhook nothing more until it is started again; what waits is kept, what happens meanwhile is not.'
          : 'Goes on telling a webhook what happens.',
      )
      .action((id: string, { output, data }: Common) =>
        ask(data, async (acts) => {
          const done = await acts.setWebhook({ id, state: become[name] });
          if (output === 'json') return printJson(done);
          process.stdout.write(`The webhook is ${done.state === 'active' ? 'started' : 'stopped'}.\n`);
        }),
      ),
  );
}

function remove(): Command {
  return withId(new Command('remove'))
    .description('Removes a webhook with its log.')
    .action((id: string, { output, data }: Common) =>
      ask(data, async (acts) => {
        const done = await acts.removeWebhook({ id });
        if (output === 'json') return printJson(done);
        process.stdout.write('Removed the webhook.\n');
      }),
    );
}

const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');
const withId = (command: Command): Command => common(command).argument('<id>', 'id of the webhook');
const common = (command: Command): Command => command.addOption(outputOption()).addOption(dataOption());

function ask(data: string | undefined, work: (acts: PlainActs) => Promise<void>): Promise<void> {
  return withActs(configFrom(data === undefined ? {} : { data }), work, { worker: false });
}
