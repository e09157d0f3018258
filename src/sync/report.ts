/** What the people of a district read after a delivery: one screen of text, and every finding as a CSV file. */

import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding, TableCount } from '../core/record.ts';
import { type RuleCount, ruleLines, tableLines } from '../core/report.ts';
import { counted, thousands } from '../core/words.ts';

/** Records of one kind by what the sync does to them. */
export type ReportCount = { create: number; update: number; archive: number; reactivate: number };

export type ReportFacts = {
  district: string;
  product: string;
  number: number;
  /** What the sync comes from, when it is no file: `Rollback of delivery 4`. */
  origin?: string | undefined;
  fileName: string;
  /** The name of the delivery before, when it was another. */
  formerName: string | null;
  receivedAt: Date;
  state: string;
  tables: TableCount[];
  plan: Record<string, ReportCount>;
  /** Everything but apply was done. */
  dryRun: boolean;
  /** Removals were left for later by a person. */
  removalsWait: boolean;
  /** Over all rows. */
  rules: RuleCount[];
  /** A few findings of each rule, in the order of the delivery. */
  examples: Finding[];
  /** Why it is held, a sentence each. */
  reasons: string[];
  fault: string | null;
};

/** How many syncs of a source keep their report in its folder. */
const reportsKept = 20;

/** The text report: a line per kind, findings by rule, worst first, and the sentence that matters, first and last. */
export function reportText(facts: ReportFacts, mostRules = Number.POSITIVE_INFINITY): string {
  const sentence = outcome(facts);
  const then = facts.receivedAt.toISOString().slice(0, 16).replace('T', ' ');
  const lines = [
    `${facts.district}, ${facts.product}`,
    facts.origin === undefined
      ? `Delivery ${facts.number}: ${facts.fileName}, received ${then} UTC`
      : `Sync ${facts.number}: ${facts.origin}, asked for ${then} UTC`,
    '',
    sentence,
    ...facts.reasons.map((reason) => `- ${reason}`),
    ...(facts.fault ? [facts.fault] : []),
    ...(facts.formerName === null
      ? []
      : [
          `The delivery before was called ${facts.formerName}; if the new name was not meant, a second export may be sending.`,
        ]),
  ];
  if (facts.tables.length > 0)
    lines.push(
      '',
      ...tableLines(facts.tables, ['added', 'changed', 'removed'], ({ kind }) => plannedOf(facts.plan[kind])),
    );
  else if (Object.keys(facts.plan).length > 0) lines.push('', ...planLines(facts.plan));
  if (facts.rules.length > 0)
    lines.push(
      '',
      ...ruleLines(facts.rules.slice(0, mostRules), facts.examples),
      ...(facts.rules.length > mostRules
        ? [`And ${counted(facts.rules.length - mostRules, 'more kind')} of findings.`]
        : []),
      'All of them, row by row, are in the .csv file beside this report.',
    );
  lines.push('', sentence, '');
  return lines.join('\n');
}

/** A line per kind of what changes, where no file stands behind it. */
function planLines(plan: ReportFacts['plan']): string[] {
  return Object.entries(plan).map(([kind, count]) => {
    const [added, changed, removed] = plannedOf(count);
    return `${kind}: ${added} added, ${changed} changed, ${removed} removed`;
  });
}

/** The sentence that matters: what became of the delivery, with numbers. */
export function outcome(
  facts: Pick<ReportFacts, 'state' | 'plan' | 'rules' | 'removalsWait' | 'dryRun' | 'reasons'>,
): string {
  const sum = { create: 0, update: 0, archive: 0, reactivate: 0 };
  for (const count of Object.values(facts.plan)) {
    for (const name of ['create', 'update', 'archive', 'reactivate'] as const) sum[name] += count[name];
  }
  const removed = facts.removalsWait
    ? `${counted(sum.archive, 'removal')} left waiting`
    : `${thousands(sum.archive)} removed`;
  const counts = `${thousands(sum.create + sum.reactivate)} added, ${thousands(sum.update)} changed, ${removed}`;
  const errors = facts.rules.filter((rule) => rule.severity === 'fatal' || rule.severity === 'error');
  const rows = errors.reduce((total, rule) => total + rule.count, 0);
  const faults = rows === 0 ? 'No errors.' : `${counted(rows, 'error')} of ${counted(errors.length, 'kind')}.`;
  switch (facts.state) {
    case 'applied':
      return `Applied: ${counts}. ${faults}`;
    case 'unchanged':
      return `Unchanged: nothing in this delivery changes the roster. ${faults}`;
    case 'held':
      return `Held: nothing has been changed yet. Applying it would mean: ${counts}. ${faults}`;
    case 'rejected':
      return `Rejected: this delivery could not be read, and nothing was changed. ${faults}`;
    case 'superseded':
      return 'Superseded: a newer delivery took its place, and nothing was changed.';
    case 'discarded':
      if (facts.dryRun)
        return `Dry run: ${wouldBe(facts)}, and nothing has been changed. It would mean: ${counts}. ${faults}`;
      return 'Discarded: a person decided not to apply this delivery, and nothing was changed.';
    case 'rolled back':
      return `Rolled back: it was applied (${counts}), and that was taken back later.`;
    case 'failed':
      return 'Failed: we could not process this delivery; the fault is ours, and nothing was changed.';
    default:
      return `In work: ${facts.state}.`;
  }
}

const wouldBe = ({ reasons }: Pick<ReportFacts, 'reasons'>): string =>
  reasons.length > 0 ? 'this delivery would be held' : 'this delivery would be taken';

/** What is planned for a kind, beside its rows. */
function plannedOf(count: ReportCount | undefined): string[] {
  return count ? [count.create + count.reactivate, count.update, count.archive].map(thousands) : ['-', '-', '-'];
}

/**
 * Writes a sync's report into the folder that its source's people see, and takes the oldest ones out. Writing it again
 * replaces it.
 *
 * @param findings all findings as CSV; undefined when there are none.
 */
export async function writeReport(
  dir: string,
  report: { number: number; receivedAt: Date; text: string; findings: AsyncIterable<Uint8Array> | undefined },
): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const base = `${String(report.number).padStart(6, '0')} ${report.receivedAt.toISOString().slice(0, 10)}`;
  await writeWhole(dir, `${base} report.txt`, [Buffer.from(report.text)]);
  if (report.findings) await writeWhole(dir, `${base} findings.csv`, report.findings);
  await removeOldest(dir);
}

async function writeWhole(
  dir: string,
  name: string,
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const temporary = join(dir, `.${name}.writing`);
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx', 0o600);
  try {
    for await (const part of parts) await file.write(part);
  } finally {
    await file.close();
  }
  await rename(temporary, join(dir, name));
}

async function removeOldest(dir: string): Promise<void> {
  const names = (await readdir(dir)).filter((name) => /^\d{6,} /.test(name)).sort();
  const numbers = [...new Set(names.map((name) => name.split(' ', 1)[0] as string))];
  const old = new Set(numbers.slice(0, -reportsKept));
  for (const name of names) if (old.has(name.split(' ', 1)[0] as string)) await rm(join(dir, name), { force: true });
}
