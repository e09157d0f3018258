/** What a rollback or a school-year reset would do, as text; and the counts by which a person says that they saw it. */
import { InvalidArgumentError } from 'commander';
import { keptWords } from '../core/kept.ts';
import { rosterKinds } from '../core/tables.ts';
import { counted, thousands } from '../core/words.ts';
import { columns } from './options.ts';
import type { PlainActs } from './remote.ts';

export type Seen = { added: number; changed: number; removed: number };
type Preview = Awaited<ReturnType<PlainActs['previewRollback']>>;

const schoolsShown = 10;
const changesShown = 10;

/** `12,30,4`: added, changed, removed. */
export const seenCounts = ({ added, changed, removed }: Seen): string => [added, changed, removed].join(',');

/** Flag, description and reader, for `Command.option`. */
export const seenFlag = [
  '--seen <added,changed,removed>',
  'the counts that --dry-run has shown: they are approved, and nothing beyond',
  readSeen,
] as const;

function readSeen(text: string): Seen {
  const found = /^(\d{1,9}),(\d{1,9}),(\d{1,9})$/.exec(text);
  if (!found) throw new InvalidArgumentError('Give three numbers as --dry-run shows them, for example 12,30,4.');
  const [added, changed, removed] = found.slice(1).map(Number) as [number, number, number];
  return { added, changed, removed };
}

/** One screen: counts by kind and by school, the first changes, and what is left as it is. */
export function previewText({ counts, kinds, schools, kept, changes }: Preview): string {
  const head = ['', 'added', 'changed', 'removed', 'left as they are'];
  const rows = rosterKinds.flatMap((kind) => {
    const plan = kinds[kind];
    if (!plan) return [];
    const { create, reactivate, update, takeOver, archive, leftOut } = plan;
    return [[kind, ...[create + reactivate, update + takeOver, archive, leftOut].map(thousands)]];
  });
  const lines = [columns([head, ...rows], [1, 2, 3, 4])];
  if (schools.length > 0) {
    const shown = schools
      .slice(0, schoolsShown)
      .map(({ kind, school, name, added = 0, changed = 0, archive, live }) => {
        const numbers = `${thousands(added)} added, ${thousands(changed)} changed, ${thousands(archive)} removed`;
        return `  ${name ?? school}, ${kind}: ${numbers} (of ${thousands(live)})\n`;
      });
    const rest = schools.length - schoolsShown;
    lines.push('\nBy school\n', ...shown, ...(rest > 0 ? [`  and ${counted(rest, 'more line')}\n`] : []));
  }
  if (changes.length > 0) {
    const shown = changes
      .slice(0, changesShown)
      .map(({ kind, sourcedId, action }) => `  ${action} ${kind} ${sourcedId}\n`);
    const all = counts.added + counts.changed + counts.removed;
    const rest = all - shown.length;
    lines.push(
      '\nChanges\n',
      ...shown,
      ...(rest > 0 ? [`  and ${thousands(rest)} more (all fields with --output json)\n`] : []),
    );
  }
  for (const [reason, count] of Object.entries(kept.counts)) {
    const first = kept.first.filter((each) => each.reason === reason).slice(0, changesShown);
    lines.push(`\nLeft as they are: ${counted(count, 'record')} ${keptWords[reason as keyof typeof keptWords]}\n`);
    lines.push(...first.map(({ kind, sourcedId }) => `  ${kind} ${sourcedId}\n`));
    if (count > first.length) lines.push(`  and ${thousands(count - first.length)} more\n`);
  }
  return lines.join('');
}
