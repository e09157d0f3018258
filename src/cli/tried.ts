/** What a version of a format would do to a roster, as text. */
import { counted, kindWord, thousands } from '../core/words.ts';
import { columns } from './options.ts';
import type { PlainActs } from './remote.ts';

export function triedText({ kinds, findings, rules }: Awaited<ReturnType<PlainActs['tryFormatVersion']>>): string {
  // Errors, and whatever the version finds more or less often than the one that the delivery was read by.
  const shown = rules.filter(
    ({ severity, count, before = count }) => severity === 'fatal' || severity === 'error' || before !== count,
  );
  const told = shown.map(
    ({ rule, severity, count, before = count }) =>
      `  ${severity} ${rule}: ${thousands(count)}${before === count ? '' : ` (${thousands(before)} before)`}`,
  );
  if (findings.fatal > 0) return ['Nothing of the last delivery would be taken:', ...told].join('\n');
  const rows = kinds.map(({ kind, added, changed, removed, unchanged, leftOut }) => [
    kindWord(kind),
    ...[added, changed, removed, unchanged, leftOut].map(thousands),
  ]);
  const examples = kinds.flatMap(({ kind, examples: own }) =>
    own.length === 0 ? [] : [`${kind}:`, ...own.map((one) => `  ${one}`)],
  );
  return [
    'With the last delivery, this version would do to the live roster:',
    '',
    columns([['', 'added', 'changed', 'removed', 'as they are', 'left out'], ...rows], [1, 2, 3, 4, 5]),
    ...examples,
    `${counted(findings.error, 'error')}, ${counted(findings.warning, 'warning')}.`,
    ...told,
    'Nothing was changed.',
  ].join('\n');
}
