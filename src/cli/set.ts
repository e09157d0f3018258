/** `homeroom set source …`: shows and changes how a source is judged, and when. */
import { Command } from 'commander';
import type { SourceView } from '../core/source-view.ts';
import { setApiCommand } from './api.ts';
import { CommandError } from './fail.ts';
import { networksCommand } from './networks.ts';
import { dataOption, outputOption, printJson } from './options.ts';
import { withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = {
  district: string;
  product: string;
  source?: string;
  until?: string;
  why?: string;
  window: string[];
  dropWindow: string[];
  output: 'text' | 'json';
  data?: string;
};

export function setCommand(): Command {
  const set = new Command('set')
    .summary('show or change the settings of a source, its API, or the networks of a district')
    .description(
      'Shows or changes the settings of a source, the API from which it pulls, or the networks of a district. A running server of the data folder does it at once.',
    );
  for (const command of [sourceCommand(), setApiCommand(), networksCommand()]) set.addCommand(command.exitOverride());
  return set;
}

const more = (value: string, before: string[]): string[] => [...before, value];

function sourceCommand(): Command {
  return new Command('source')
    .description(
      'Shows the settings of a source, or changes those that are given as name=value: thresholds (`removedShare=20%`, for one kind `removedShare.users=30%`), `mode=paused`, `holdOnlyRemovals=yes` and the others of the page "Settings of a source". `name=default` goes back to the default.\n\nExit code: 0 shown or set, 2 not.',
    )
    .argument('[settings...]', 'name=value, as many as you like; none shows what is set')
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .option('--source <name>', 'name of the source, where the roster has several')
    .option('--until <day>', 'thresholds hold to the end of this day only, for example 2026-08-15')
    .option('--why <text>', 'why they hold for a time; kept with them')
    .option('--window <window>', 'adds to the calendar: "2026-06-12..2026-08-09 paused Summer break"', more, [])
    .option('--drop-window <day>', 'takes the window that begins on this day out of the calendar', more, [])
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

async function run(settings: string[], flags: Flags): Promise<void> {
  const { district, product, source, until, why, window, dropWindow, output, data } = flags;
  const which = { district, product, ...(source === undefined ? {} : { source }) };
  const changes = Object.fromEntries(settings.map(assignment));
  const isChange = settings.length + window.length + dropWindow.length > 0;
  if (!isChange && until !== undefined) throw new CommandError('Say what is to hold until then: removedShare=30%');
  await withActs(
    configFrom(data === undefined ? {} : { data }),
    async (acts) => {
      if (!isChange) {
        const view = await acts.sourceSettings(which);
        if (output === 'json') return printJson(view);
        process.stdout.write(tableOf(view as SourceView));
        return;
      }
      const ends = until === undefined ? {} : { until, ...(why === undefined ? {} : { why }) };
      const done = await acts.setSource({ ...which, changes, ...ends, addWindows: window, removeWindows: dropWindow });
      if (output === 'json') return printJson(done);
      const lines = done.changes.map(
        ({ name, from, to, until: end }) => `${name}: ${to} (was ${from}${end ? `; until ${end}` : ''})\n`,
      );
      process.stdout.write(lines.join('') || 'Nothing is different.\n');
    },
    { worker: false },
  );
}

function assignment(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new CommandError(`"${text}" sets nothing. Write name=value, for example removedShare=20%.`);
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function tableOf({ settings, mode, window, forATime }: SourceView): string {
  const rows = settings.flatMap(({ name, shown, isSet, kinds }) => [
    [name, shown, isSet ? '' : '(default)'],
    ...kinds.map((own): string[] => [`${name}.${own.kind}`, own.shown, '']),
  ]);
  const width = Math.max(...rows.map(([name = '']) => name.length));
  const lines = rows.map(([name = '', value, remark]) => `${name.padEnd(width)}  ${value} ${remark}`.trimEnd());
  const ends = forATime.map(({ name, shown, until, by, why }) => `${name}: ${shown} until ${until} (${by}: ${why})`);
  const today = window ? [`Today ${mode}, by its calendar, until ${window.to}.`] : [];
  return `${[...lines, ...ends, ...today].join('\n')}\n`;
}
