/** Explains one rule to the person who met it: what is wrong, how much it matters, and what to do. */

import { severityOf } from '../finding.ts';
import { nearest } from '../nearest.ts';
import type { Severity } from '../record.ts';
import type { Paint } from '../report.ts';
import { rules } from './index.ts';
import { bases, difference } from './page.ts';
import type { Profile, Rule } from './rule.ts';

export const profiles: readonly Profile[] = ['default', 'strict', 'lenient'];

export type Explanation = {
  id: string;
  title: string;
  severity: Record<Profile, Severity>;
  basis: string;
  versions: readonly string[];
  why: string;
  fix: string;
  /** What files cannot show of the example: what is wrong with the zip, or what went before. */
  given: string | null;
  /** Lines with `-` have the fault, lines with `+` put it right. */
  example: string[];
};

export function explain(rule: Rule): Explanation {
  const { id, title, why, fix } = rule;
  const severity = Object.fromEntries(profiles.map((profile) => [profile, severityOf(rule, profile)]));
  return {
    id,
    title,
    severity: severity as Explanation['severity'],
    basis: bases[rule.basis],
    versions: rule.versions ?? ['1.1', '1.2'],
    why,
    fix,
    given: rule.exampleIsZip ?? rule.exampleGiven ?? rule.exampleIsPulled ?? null,
    example: difference(rule),
  };
}

/** One screen about a rule. */
export function explanationText(rule: Rule, paint: Paint = (_, text) => text): string {
  const { id, title, severity, basis, versions, why, fix, given, example } = explain(rule);
  const others = profiles.filter((profile) => profile !== 'default' && severity[profile] !== severity.default);
  const levels = [
    paint(severity.default, severity.default),
    ...others.map((profile) => `${severity[profile]} in the ${profile} profile`),
  ];
  const only = versions.length === 1 ? `; OneRoster ${versions[0]} only` : '';
  return [
    paint('strong', title),
    paint('quiet', `rule ${id}`),
    '',
    `Severity: ${levels.join(', ')}; from ${basis}${only}.`,
    '',
    wrapped(`Why it matters: ${why}`),
    '',
    wrapped(`What to do: ${fix}`),
    '',
    ...(given === null ? [] : [wrapped(`Example: ${given}`), '']),
    ...(example.length === 0 ? [] : ['Example (lines with - have the fault, lines with + put it right):', '']),
    ...example.map((line) => `  ${paint(styleOf(line), line)}`),
    ...(example.length === 0 ? [] : ['']),
  ].join('\n');
}

const styleOf = (line: string) => (line.startsWith('-') ? 'error' : line.startsWith('+') ? 'strong' : 'quiet');

/** Up to five rules whose names come near a word that names none, the nearest first. */
export function nearestRules(text: string): string[] {
  const wanted = text.trim().toLowerCase().replaceAll('_', '-');
  const ids = [...rules.keys()];
  const close = nearest(wanted, ids);
  const words = wanted.split('-').filter((word) => word.length > 2);
  const scored = ids
    .map((id) => ({ id, score: (id === close ? 100 : 0) + likeness(id, wanted, words) }))
    .filter(({ score }) => score > 0);
  return scored
    .toSorted((a, b) => b.score - a.score)
    .slice(0, 5)
    .map(({ id }) => id);
}

function likeness(id: string, wanted: string, words: string[]): number {
  const parts = id.split('-');
  const shared = words.filter((word) => parts.some((part) => part === word || nearest(word, [part]) === part));
  return (wanted.length > 2 && id.includes(wanted) ? 10 : 0) + (2 * shared.length) / Math.max(parts.length, 1);
}

const WIDTH = 100;

/** Breaks a paragraph into lines of at most 100 characters. */
function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
