/** `homeroom fix IN OUT`: puts right what can be meant in one way only, and lists it, with what is left. */
import { Command } from 'commander';
import { check } from '../core/check.ts';
import { fix } from '../core/fix/fix.ts';
import type { Repair } from '../core/fix/repairs.ts';
import type { CheckResult, Finding } from '../core/record.ts';
import { placeOf, verdict } from '../core/report.ts';
import { rules } from '../core/rules/index.ts';
import type { Profile } from '../core/rules/rule.ts';
import { show } from '../core/show.ts';
import { bySeverity } from '../core/tally.ts';
import { counted, thousands } from '../core/words.ts';
import { exitCode, nowAndSeed, profileOption, withDelivery } from './delivery.ts';
import { CommandError } from './fail.ts';
import { outputOption, printJson } from './options.ts';
import { painter } from './paint.ts';
import { refuseTarget, writePackage } from './write-package.ts';

type Options = { profile: Profile; output: 'text' | 'json' };
/** What the check still finds: each rule with its first place. */
type Left = { rule: string; severity: Finding['severity']; count: number; first: Finding };

export function fixCommand(): Command {
  return new Command('fix')
    .summary('put right what can be meant in one way only, and list it')
    .description(
      'Writes the delivery again with every fault put right that can be meant in one way only: byte order marks, folders, capitals, spaces, true and false, dates on which a whole column agrees, grades, a missing manifest and the like. Nothing is guessed and no row is left out: what is not certain stays as it was, and is listed. The files are not changed in place.\n\nExit code: 0 no errors are left, 1 errors are left, 2 it cannot be put right at all, or wrong usage.',
    )
    .argument('<in>', 'a zip, a folder, or a CSV file')
    .argument('<out>', 'where to write: a name that ends in .zip, or a folder, which is made')
    .addOption(profileOption())
    .addOption(outputOption())
    .action(run);
}

async function run(from: string, out: string, { profile, output }: Options): Promise<void> {
  refuseTarget(out, [from]);
  const repairs = await withDelivery(
    [from],
    async (bundle) => {
      const done = await fix(bundle);
      if (done.refused) throw new CommandError(`${done.refused} Nothing was written.`);
      await writePackage(done.files, out);
      return done.repairs.list();
    },
    { label: 'putting right', passes: 2 },
  );
  const left = new Map<string, Left>();
  const result = await withDelivery([out], (bundle) =>
    check(bundle, { profile, ...nowAndSeed(), report: (finding) => takeFirst(left, finding) }),
  );
  const worst = [...left.values()].sort((a, b) => bySeverity(a.severity, b.severity) || b.count - a.count);
  if (output === 'json') printJson({ repairs, left: worst, counts: result.counts });
  else process.stdout.write(text(out, repairs, worst, result));
  process.exitCode = exitCode(result);
}

function takeFirst(left: Map<string, Left>, finding: Finding): void {
  const known = left.get(finding.rule);
  if (known) known.count++;
  else left.set(finding.rule, { rule: finding.rule, severity: finding.severity, count: 1, first: finding });
}

function text(out: string, repairs: readonly Repair[], left: readonly Left[], result: CheckResult): string {
  const paint = painter(process.stdout);
  const total = repairs.reduce((sum, { count }) => sum + count, 0);
  const byFile = Map.groupBy(repairs, ({ file }) => file);
  const lines = [repairs.length === 0 ? 'Nothing had to be put right.' : `Put right: ${counted(total, 'place')}.`, ''];
  for (const [file, all] of byFile)
    lines.push(paint('strong', show(file)), ...all.map((one) => `  - ${repairLine(one)}`), '');
  const remarks = left.filter(({ severity }) => severity !== 'info');
  if (remarks.length > 0) {
    lines.push(
      paint('strong', 'Left as it was, because a program cannot tell what is meant (lines as in the new files)'),
    );
    for (const { rule, severity, count, first } of remarks)
      lines.push(
        `  - ${paint(severity, severity)}: ${rules.get(rule)?.title ?? rule} (${counted(count, 'place')}, rule ${rule}); first ${placeOf(first)}`,
      );
    lines.push('');
  }
  lines.push(`Written to ${out}.`, paint('strong', verdict(result)), '');
  return lines.join('\n');
}

function repairLine({ column, sentence, line, before, after }: Repair): string {
  const where = column === null ? '' : `${column}: `;
  const example =
    before === null || after === null || before === after
      ? ''
      : `; ${at(line)}"${show(before)}" became "${show(after)}"`;
  return `${where}${sentence}${example}`;
}

const at = (line: number | null): string => (line === null ? '' : `line ${thousands(line)}: `);
