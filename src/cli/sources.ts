/** `homeroom sources`: every source, what came of its last delivery, and whether it is late. */
import { Command } from 'commander';
import { columns, dataOption, outputOption, printJson } from './options.ts';
import { withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = { district?: string; output: 'text' | 'json'; data?: string };

export function sourcesCommand(): Command {
  return new Command('sources')
    .summary('list sources, what came last, and which are late')
    .description(
      'Lists sources with their mode, their schedule, the last delivery and its state, and says which are late.\n\nExit code: 0, or 2 for wrong usage.',
    )
    .option('--district <code>', 'only this district (site code or slug)')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(async ({ output, data, ...which }: Flags) => {
      const config = configFrom(data === undefined ? {} : { data });
      const sources = await withActs(config, (acts) => acts.sources(which), { worker: false });
      if (output === 'json') return printJson(sources);
      const head = ['district', 'product', 'source', 'mode', 'due', 'last (UTC)', 'state', ''];
      const rows = sources.map((source) => [
        `${source.district} ${source.districtName}`,
        source.product,
        source.name,
        source.modeToday,
        source.due,
        source.lastAt === null ? 'never' : source.lastAt.slice(0, 16).replace('T', ' '),
        source.late === null ? (source.lastState ?? 'new') : 'late',
        source.late ?? '',
      ]);
      process.stdout.write(sources.length === 0 ? 'There are no sources yet.\n' : columns([head, ...rows]));
    });
}
