/** `homeroom alerts …`: what needs somebody now, and who is told of what. */
import { Command, Option } from 'commander';
import { alertKinds, choosable } from '../alert/messages.ts';
import { columns, dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Common = { output: 'text' | 'json'; data?: string };
type Place = { district?: string; product?: string; source?: string };

const kinds = choosable.join(', ');

export function alertsCommand(): Command {
  const alerts = new Command('alerts')
    .summary('list alerts, and choose who gets which')
    .description('Lists alerts, and says or changes who gets which by mail.');
  for (const command of [list(), contacts(), chooseCommand()]) alerts.addCommand(command.exitOverride());
  return alerts;
}

function list(): Command {
  return common(new Command('list'))
    .description(`Lists what is so now, newest first. Kinds: ${Object.keys(alertKinds).join(', ')}.`)
    .option('--district <code>', 'only this district (site code or slug)')
    .option('--all', 'those that are over too')
    .action(({ output, data, ...which }: Common & { district?: string; all?: boolean }) =>
      ask(data, async (acts) => {
        const rows = await acts.alerts(which);
        if (output === 'json') return printJson(rows);
        const minute = (time: string) => time.slice(0, 16).replace('T', ' ');
        const head = ['since (UTC)', 'over (UTC)', 'district', 'product', 'source', 'what', 'sync'];
        const lines = rows.map((row) => [
          minute(row.openedAt),
          row.resolvedAt === null ? '' : minute(row.resolvedAt),
          row.district === null ? '' : `${row.district} ${row.districtName}`,
          row.product ?? '',
          row.source ?? '',
          row.title,
          row.sync ?? '',
        ]);
        process.stdout.write(rows.length === 0 ? 'There are no alerts.\n' : columns([head, ...lines]));
      }),
    );
}

function contacts(): Command {
  return placed(common(new Command('contacts')), true)
    .description('Lists who may get the alerts of a district or a source, and which kinds each of them gets.')
    .action(({ output, data, district = '', ...which }: Common & Place) =>
      ask(data, async (acts) => {
        const rows = await acts.alertContacts({ district, ...which });
        if (output === 'json') return printJson(rows);
        const gets = (list: readonly string[]) =>
          list.length === choosable.length ? 'everything' : list.length === 0 ? 'nothing' : list.join(', ');
        const lines = rows.map((row) => [row.email, row.role, gets(row.gets)]);
        process.stdout.write(columns([['person', 'role', 'gets'], ...lines]));
      }),
    );
}

function chooseCommand(): Command {
  return placed(common(new Command('choose')), false)
    .description(
      `Chooses what a person gets by mail: of a source, of a district, or of everything that they may see. The choice that is nearest to the case counts. People of the vendor and administrators get everything unless they chose otherwise, viewers nothing.\n\nExit code: 0 chosen, 2 not.`,
    )
    .argument('<email>', 'email address of the account')
    .argument('<kind>', `all, or one of: ${kinds}`)
    .addOption(
      new Option('--get <yes>', 'whether they get it; default goes back to what their role gets')
        .choices(['yes', 'no', 'default'])
        .default('yes'),
    )
    .action((email: string, kind: string, { output, data, get, ...which }: Common & Place & { get: string }) =>
      ask(data, async (acts) => {
        const wanted = get === 'default' ? null : get === 'yes';
        const chosen = await acts.chooseAlerts({ email, kind, wanted, ...which });
        if (output === 'json') return printJson(chosen);
        const words = { yes: 'gets', no: 'does not get', default: 'gets by their role' };
        const what = kind === 'all' ? 'all alerts' : kind === 'digest' ? 'the digest' : `alerts of the kind ${kind}`;
        process.stdout.write(`${chosen.email} ${words[get as keyof typeof words]} ${what}.\n`);
      }),
    );
}

function placed(command: Command, isNeeded: boolean): Command {
  const district = new Option('--district <code>', 'site code (or slug) of the district').makeOptionMandatory(isNeeded);
  return command
    .addOption(district)
    .option('--product <slug>', 'only the sources of this product')
    .option('--source <name>', 'name of the source, where the roster has several');
}

const common = (command: Command): Command => command.addOption(outputOption()).addOption(dataOption());

function ask(data: string | undefined, work: (acts: PlainActs) => Promise<void>): Promise<void> {
  return withActs(configFrom(data === undefined ? {} : { data }), work, { worker: false });
}
