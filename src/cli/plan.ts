/** `homeroom plan SYNC`: what a sync would do, or did, in counts and change by change. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { aboutOf, changeLines, changesHeader, type RecordChange } from '../core/changes.ts';
import type { Action, KindPlan } from '../core/plan.ts';
import { rosterKinds } from '../core/tables.ts';
import { thousands } from '../core/words.ts';
import { columns, dataOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = {
  kind?: string;
  action?: Action;
  limit: number;
  after?: string;
  output: 'text' | 'json' | 'csv';
  data?: string;
};
type Counts = Awaited<ReturnType<PlainActs['plan']>>;
type Page = Awaited<ReturnType<PlainActs['changes']>>;

export function planCommand(): Command {
  return new Command('plan')
    .summary('show what a held delivery would change, or what an applied one changed')
    .description(
      'Shows what a held delivery or a dry run would change, or what an applied delivery changed: counts by kind and school, and each record with its values before and after. As CSV it prints all changes, a line for each field; the audit log notes that.\n\nExit code: 0, or 2 when there is no such sync or its changes are not kept.',
    )
    .argument('<sync>', 'id of the sync, as `homeroom history` shows it')
    .option('--kind <kind>', `only one of ${rosterKinds.join(', ')}`)
    .addOption(
      new Option('--action <action>', 'only one kind of change').choices([
        'create',
        'update',
        'archive',
        'reactivate',
        'take over',
        'purge',
      ]),
    )
    .option('--limit <n>', 'how many changes a page shows, 1 to 1,000 (text and json)', limitOf, 20)
    .option('--after <place>', 'the page after this place, as the page before names it (text and json)')
    .addOption(new Option('--output <kind>', 'what to print').choices(['text', 'json', 'csv']).default('text'))
    .addOption(dataOption())
    .action(run);
}

function limitOf(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1,000.');
}

async function run(sync: string, { output, data, limit, after, ...filter }: Flags): Promise<void> {
  const work = async (acts: PlainActs) => {
    if (output === 'csv') return printCsv(acts, { sync, ...filter });
    const counts = await acts.plan({ sync });
    const page = await acts.changes({ sync, limit, ...filter, ...(after === undefined ? {} : { after }) });
    if (output === 'json') printJson({ ...counts, ...page });
    else process.stdout.write(text(counts, page));
  };
  await withActs(configFrom(data === undefined ? {} : { data }), work, { worker: false });
}

async function printCsv(acts: PlainActs, asked: { sync: string; kind?: string; action?: Action }): Promise<void> {
  for (let after: string | null | undefined; after !== null; ) {
    const page: Page = await acts.changes({ ...asked, limit: 1000, all: true, ...(after ? { after } : {}) });
    const lines = page.changes.map((change) => changeLines(change as RecordChange)).join('');
    if (!process.stdout.write(after === undefined ? changesHeader + lines : lines)) {
      await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
    after = page.next;
  }
}

function text(counts: Counts, page: Page): string {
  const what = page.from === 'plan' ? 'would change' : 'changed';
  const lines = [`Delivery ${counts.number}, ${counts.dryRun ? 'a dry run' : counts.state}: what it ${what}\n\n`];
  lines.push(columns(kindRows(counts), [1, 2, 3, 4]));
  const schools = schoolRows(counts);
  if (schools.length > 1) lines.push('\n', columns(schools, [2, 3, 4]));
  lines.push('\n');
  if (page.outdated) lines.push('The roster has changed since; a decision compares the delivery again.\n\n');
  for (const change of page.changes) lines.push(...changeText(change as RecordChange));
  if (page.next !== null) lines.push(`\nThere are more: --after '${page.next.replaceAll("'", `'\\''`)}'\n`);
  return lines.join('');
}

function kindRows({ kinds }: Counts): string[][] {
  const row = (kind: string, { create, reactivate, update, takeOver, archive, live }: KindPlan) => [
    kind,
    thousands(create + reactivate),
    thousands(update + takeOver),
    thousands(archive),
    thousands(live),
  ];
  const found = rosterKinds.flatMap((kind) => {
    const plan = kinds[kind];
    return plan ? [row(kind, plan as KindPlan)] : [];
  });
  return [['', 'added', 'changed', 'removed', 'before'], ...found];
}

/** Schools that are shown; the others are in the JSON. */
const schoolsShown = 10;

function schoolRows({ schools }: Counts): string[][] {
  const rows = schools
    .slice(0, schoolsShown)
    .map(({ kind, school, name, added, changed, archive }) => [
      name ?? school,
      kind,
      ...[added, changed, archive].map((count) => (count === null ? '-' : thousands(count))),
    ]);
  return [['by school', '', 'added', 'changed', 'removed'], ...rows];
}

function changeText({ kind, sourcedId, action, before, after, changed }: RecordChange): string[] {
  const lines = [`  ${action} ${kind} ${sourcedId}: ${aboutOf(kind, after ?? before ?? {})}\n`];
  if (action === 'create' || action === 'archive') return lines;
  for (const [field, { from, to }] of Object.entries(changed)) {
    lines.push(`    ${field}: ${shown(from)} → ${shown(to)}\n`);
  }
  return lines;
}

const shown = (value: unknown): string => (value === undefined || value === null ? 'blank' : JSON.stringify(value));
