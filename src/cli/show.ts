/** `homeroom show KIND SOURCEDID`: one record as it stands, who manages it, and everything that happened to it. */
import { Command, InvalidArgumentError } from 'commander';
import { fieldNames, rosterKinds } from '../core/tables.ts';
import { atOption, columns, dataOption, outputOption, printJson } from './options.ts';
import { type PlainActs, withActs } from './remote.ts';
import { configFrom } from './settings.ts';

type Flags = { district: string; product: string; at?: string; skip: number; output: 'text' | 'json'; data?: string };
type Shown = Awaited<ReturnType<PlainActs['show']>>;

export function showCommand(): Command {
  return new Command('show')
    .summary('show one record of a roster, who manages it, and its history')
    .description(
      'Shows one record of a roster, who manages it, and everything that happened to it.\n\nExit code: 0, or 2 when there is no such record.',
    )
    .argument('<kind>', `one of ${rosterKinds.join(', ')}`)
    .argument('<sourcedId>', 'the id of the record')
    .requiredOption('--district <code>', 'site code (or slug) of the district')
    .requiredOption('--product <slug>', 'the product that the roster is for')
    .addOption(atOption())
    .option('--skip <n>', 'leave out so many of the latest changes; 1,000 are shown', skipOf, 0)
    .addOption(outputOption())
    .addOption(dataOption())
    .action(run);
}

function skipOf(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 1_000_000) return value;
  throw new InvalidArgumentError('It must be a whole number from 0 to 1,000,000.');
}

async function run(kind: string, sourcedId: string, { output, data, ...which }: Flags): Promise<void> {
  const config = configFrom(data === undefined ? {} : { data });
  const shown = await withActs(config, (acts) => acts.show({ kind, sourcedId, ...which }), { worker: false });
  if (output === 'json') printJson(shown);
  else process.stdout.write(text(kind, sourcedId, shown));
}

function text(kind: string, sourcedId: string, { record, history, at, was }: Shown): string {
  const state = at === null ? owner(record) : `${stateThen(was)} at ${at}`;
  const lines = [`${(record ?? was)?.kind ?? kind} ${sourcedId}: ${state}\n\n`];
  const shown = record ?? was;
  if (shown) lines.push(columns(fieldRows(shown)), '\n');
  for (const { field, sourcedId: to } of record?.pointsToArchived ?? [])
    lines.push(
      `${field} points to ${to}, which is archived. The record is kept; point it to another one, or archive it.\n\n`,
    );
  lines.push(at === null ? 'History, latest first\n' : 'History until then, latest first\n');
  for (const change of history) {
    lines.push(`  ${change.at.slice(0, 16).replace('T', ' ')} UTC  ${change.action} by ${change.cause}\n`);
    if (change.action === 'create') continue;
    for (const [field, { from, to }] of Object.entries(change.changed)) {
      lines.push(`    ${field}: ${shownValue(from)} → ${shownValue(to)}\n`);
    }
  }
  return lines.join('');
}

/** In the order in which OneRoster declares the fields. */
function fieldRows({
  kind,
  fields,
  metadata,
}: Pick<NonNullable<Shown['record']>, 'kind' | 'fields' | 'metadata'>): string[][] {
  const filled = fieldNames(kind).flatMap((name) => (fields[name] === undefined ? [] : [[`  ${name}`, fields[name]]]));
  return [...filled, ...Object.entries(metadata).map(([name, value]) => [`  ${name}`, value])];
}

function owner(record: Shown['record']): string {
  if (!record) return 'not in the roster any more';
  const state = record.status === 'active' ? 'active' : 'removed, and kept for a while';
  if (record.owner === 'manual')
    return `${state}, ${record.released ? "released from its source's care" : 'added by hand'}`;
  return `${state}, managed by the source ${(record.owner as { name: string | null }).name ?? 'that is gone'}`;
}

function stateThen(was: Shown['was']): string {
  if (!was) return 'not in the roster';
  return was.status === 'active' ? 'active' : 'removed, and kept for a while';
}

const shownValue = (value: unknown): string =>
  value === undefined || value === null ? 'blank' : JSON.stringify(value);
