/** `homeroom audit`: who did what, and what was denied. */
import { Command } from 'commander';
import { columns, dataOption, outputOption } from './options.ts';
import { act, shortTime } from './people.ts';
import type { PlainActs } from './remote.ts';

type Flags = {
  person?: string;
  district?: string;
  act?: string;
  object?: string;
  from?: string;
  until?: string;
  limit: string;
  output: 'text' | 'json';
  data?: string;
};

export function auditCommand(): Command {
  return new Command('audit')
    .summary('show who did what, and what was denied')
    .description(
      'Shows the audit log, newest first: every act of every person, over console, SFTP and command line, and every denied attempt. Rows are only ever added.\n\nExit code: 0, or 2 when the filter names nobody.',
    )
    .option('--person <email>', 'only acts of this account')
    .option('--district <code>', 'only acts of the people of this district')
    .option('--act <text>', 'only acts that begin with this, for example "sign in" or denied')
    .option('--object <text>', 'only acts on what holds this: an id, a path')
    .option('--from <time>', 'from this day or time on (UTC), for example 2026-11-21')
    .option('--until <time>', 'until before this day or time')
    .option('--limit <count>', 'so many rows', '50')
    .addOption(outputOption())
    .addOption(dataOption())
    .action(({ output, data, limit, ...filter }: Flags) =>
      act(
        { output, ...(data === undefined ? {} : { data }) },
        (acts) => acts.audit({ ...filter, limit: Math.max(1, Number.parseInt(limit, 10) || 50) }),
        listed,
      ),
    );
}

function listed(rows: Awaited<ReturnType<PlainActs['audit']>>): string {
  if (rows.length === 0) return 'There is nothing like that in the audit log.';
  const head = ['time (UTC)', 'who', 'from', 'act', 'object', ''];
  return columns([
    head,
    ...rows.map((row) => [
      shortTime(row.at),
      row.email ?? (row.accountId ? 'somebody who is gone' : ((row.detail as { by?: string }).by ?? 'a stranger')),
      row.address ?? '',
      row.act,
      row.object ?? '',
      detail(row.detail),
    ]),
  ]).trimEnd();
}

const detail = (facts: Record<string, unknown>): string =>
  Object.entries(facts)
    .filter(([name]) => name !== 'by')
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
