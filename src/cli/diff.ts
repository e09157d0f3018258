/** `homeroom diff OLD NEW`: what a delivery would change against an earlier one. */
import { Command, Option } from 'commander';
import { type Comparison, compare, type RecordChange } from '../core/compare/compare.ts';
import { csvLine } from '../core/formats/csv-line.ts';
import { decode } from '../core/record.ts';
import type { Paint } from '../core/report.ts';
import type { Profile } from '../core/rules/rule.ts';
import { show } from '../core/show.ts';
import { counted, countedKind, kindWord, thousands } from '../core/words.ts';
import { formatOption, nowAndSeed, profileOption, withDelivery } from './delivery.ts';
import { CommandError, NO, USAGE } from './fail.ts';
import { columns } from './options.ts';
import { painter } from './paint.ts';
import { openSpool } from './spool.ts';

type Options = { format: string; profile: Profile; output: 'text' | 'json' | 'csv' };
/** How many records of each kind and act a text shows, and how many schools. */
const shownEach = 5;
const shownSchools = 10;

export function diffCommand(): Command {
  return new Command('diff')
    .summary('say what a delivery would change against an earlier one')
    .description(
      'Compares two deliveries by content, as a sync does, and says what the newer one would add, change and remove: by kind, by school, and record by record. Faulty records count as in the check: they are not taken, and what was there stays.\n\nExit code: 0 nothing would change, 1 something would change, 2 unreadable or wrong usage.',
    )
    .argument('<old>', 'the earlier delivery: a zip, a folder, or a CSV file')
    .argument('<new>', 'the delivery to compare with it')
    .addOption(formatOption())
    .addOption(profileOption())
    .addOption(
      new Option('--output <kind>', 'what to print; a text shows the first records of each kind')
        .choices(['text', 'json', 'csv'])
        .default('text'),
    )
    .action(run);
}

async function run(old: string, latest: string, { format, profile, output }: Options): Promise<void> {
  const found = output === 'text' ? gatherText() : gatherAll(output);
  try {
    const done = await withDelivery(
      [old],
      (older) =>
        withDelivery([latest], (newer) => compare(older, newer, { format, profile, ...nowAndSeed() }, found.report), {
          label: 'comparing',
          passes: 2,
        }),
      { passes: 2 },
    );
    refuseUnreadable(old, done.older);
    refuseUnreadable(latest, done.newer);
    await found.print(done);
    process.exitCode = isSame(done) ? 0 : NO;
  } finally {
    found.close();
  }
}

function refuseUnreadable(path: string, { counts }: Comparison['older']): void {
  if (counts.fatal > 0)
    throw new CommandError(
      `Nothing of ${path} can be taken, so there is nothing to compare. Run homeroom check on it.`,
      USAGE,
    );
}

const isSame = ({ kinds }: Comparison): boolean =>
  kinds.every(({ added, changed, removed }) => added + changed + removed === 0);

type Gathered = { report(change: RecordChange): void; print(done: Comparison): Promise<void>; close(): void };

function gatherAll(output: 'json' | 'csv'): Gathered {
  const spool = openSpool();
  let isFirst = true;
  return {
    report(change) {
      if (output === 'csv') spool.add(csvRows(change));
      else spool.add(`${isFirst ? '' : ','}\n    ${JSON.stringify(change)}`);
      isFirst = false;
    },
    async print({ kinds, schools }) {
      if (output === 'csv') process.stdout.write('kind,sourcedId,action,school,field,from,to\r\n');
      else process.stdout.write(`${JSON.stringify({ kinds, schools }, null, 2).slice(0, -2)},\n  "changes": [`);
      await spool.print();
      if (output === 'json') process.stdout.write(isFirst ? ']\n}\n' : '\n  ]\n}\n');
    },
    close: spool.close,
  };
}

/** A line for each field. Cells that a spreadsheet would run as a formula get an apostrophe in front. */
function csvRows({ kind, sourcedId, action, school, fields }: RecordChange): string {
  const safe = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
  return Object.entries(fields)
    .map(([field, { from = '', to = '' }]) => {
      const bytes = csvLine([kind, sourcedId, action, school ?? '', field, from, to].map(safe));
      return decode(bytes, 0, bytes.length);
    })
    .join('');
}

function gatherText(): Gathered {
  const shown = new Map<string, RecordChange[]>();
  return {
    report(change) {
      const key = `${change.kind} ${change.action}`;
      const all = shown.get(key) ?? [];
      if (all.length < shownEach) all.push(change);
      shown.set(key, all);
    },
    async print(done) {
      process.stdout.write(text(done, shown, painter(process.stdout)));
    },
    close() {},
  };
}

function text({ older, newer, kinds, schools }: Comparison, shown: Map<string, RecordChange[]>, paint: Paint): string {
  const rows = kinds.map(({ kind, before, added, changed, removed, leftAlone }) => [
    kind,
    ...[before, added, changed, removed, leftAlone].map(thousands),
  ]);
  const lines = [columns([['', 'before', 'added', 'changed', 'removed', 'left alone'], ...rows], [1, 2, 3, 4, 5])];
  if (older.version !== newer.version)
    lines.push(
      `The earlier delivery is OneRoster ${older.version}, the later one ${newer.version}: users differ for that alone.`,
      '',
    );
  for (const { kind, removalsSuspended } of kinds)
    if (removalsSuspended)
      lines.push(`No ${kindWord(kind)} are removed, because some rows do not say which record they are.`, '');
  if (schools.length > 0) {
    lines.push(paint('strong', 'By school, most changes first'), ...schools.slice(0, shownSchools).map(schoolLine));
    if (schools.length > shownSchools) lines.push(`  - and ${thousands(schools.length - shownSchools)} more`);
    lines.push('');
  }
  for (const { kind, ...counts } of kinds)
    for (const action of ['removed', 'changed', 'added'] as const)
      lines.push(...recordLines(kind, action, counts[action], shown.get(`${kind} ${action}`) ?? [], paint));
  const total = kinds.reduce((sum, { added, changed, removed }) => sum + added + changed + removed, 0);
  lines.push(paint('strong', total === 0 ? 'Nothing would change.' : `${counted(total, 'record')} would change.`), '');
  return lines.join('\n');
}

function schoolLine({ kind, school, name, added, changed, removed }: Comparison['schools'][number]): string {
  const parts = [
    [added, 'added'],
    [changed, 'changed'],
    [removed, 'removed'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${thousands(count)} ${word}`);
  return `  - ${name ? show(name) : 'an org that is in neither delivery'} (${show(school)}), ${kindWord(kind)}: ${said.join(', ')}`;
}

function recordLines(
  kind: RecordChange['kind'],
  action: RecordChange['action'],
  count: number,
  examples: readonly RecordChange[],
  paint: Paint,
): string[] {
  if (count === 0) return [];
  const rest = count - examples.length;
  return [
    `${paint('strong', `${countedKind(count, kind)} ${action}`)}`,
    ...examples.map(({ sourcedId, fields }) => {
      const said = Object.entries(fields).map(
        ([name, { from, to }]) => `${name} ${valueText(from)} → ${valueText(to)}`,
      );
      return `  - ${show(sourcedId)}${action === 'changed' ? `: ${said.join('; ')}` : ''}`;
    }),
    ...(rest > 0 ? [`  - and ${thousands(rest)} more`] : []),
    '',
  ];
}

const valueText = (value: string | undefined): string => (value === undefined ? 'blank' : `"${show(value)}"`);
