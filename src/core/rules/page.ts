/** Writes the page of all rules for the docs, so that the page says what the program says. */

import { show } from '../show.ts';
import { baseDelivery } from './base-delivery.ts';
import { rules } from './index.ts';
import type { Example, Rule } from './rule.ts';

const groups: Record<Rule['group'], string> = {
  package: 'The zip',
  manifest: 'manifest.csv',
  csv: 'CSV as text',
  header: 'Header rows',
  mode: 'Bulk and delta',
  cells: 'Values',
  references: 'References',
  structure: 'Orgs, terms, classes and people',
  gradebook: 'Gradebook and resources',
  roster: 'Beside what the roster holds already',
  api: 'What was pulled from an API',
  product: 'Rules of a product, with `--product`',
  format: 'Formats whose files and columns are found by name',
};

export const bases = {
  S: 'the standard',
  T: 'the official test files, as implementers report them',
  P: 'practice',
} as const;

/** All rules as one Markdown page, by group. */
export function rulesPage(): string {
  const all = [...rules.values()];
  const parts = Object.entries(groups).map(([group, title]) => ({
    title,
    own: all.filter((rule) => rule.group === group),
  }));
  return [
    '# Rules',
    '',
    '<!-- Written from src/core/rules: change the rule there, then write this page again. -->',
    '',
    introduction(all.length),
    ...parts.flatMap(({ title, own }) => (own.length === 0 ? [] : [`## ${title}`, '', ...own.map(ruleText)])),
    merged,
  ].join('\n');
}

const introduction = (
  count: number,
) => `What Homeroom looks for in a delivery: ${count} rules. \`homeroom explain RULE\` shows one of them.

| severity | meaning |
|---|---|
| fatal | nothing of the delivery is taken |
| error | something is left out: the row, and what needs it |
| warning | taken, and someone will probably notice |
| info | taken, worth knowing |

The strict profile raises warnings that rest on the standard to errors. The lenient profile takes what can be repaired in
only one way, and says so. An example is a small delivery: lines with \`-\` have the fault, lines with \`+\` put it right.
`;

/** Where one fault could be told by several rules, or by one rule very often. */
const merged = `## Rules that share a fault

No check that OneRoster asks for is dropped. Where two rules could tell the same fault, one of them does:

- \`user-agent-self\` instead of \`reference-self\` for users: only orgs and sessions have a parent that they cannot be
  themselves.
- \`enrollment-role-not-permitted\` instead of \`enum-invalid\` and \`enum-missing-ext-prefix\`, because parents and aides in
  enrollments are not misspelt: they do not belong there.
- \`category-weight-invalid\` instead of \`number-invalid\` for a weight such as 80%, because it can only mean 80.
- \`header-other-version\` once a file, and no \`header-missing-column\` for what only the version of the manifest has: the
  cause is one.
- \`user-multiple-records\` instead of \`user-username-duplicate\`, \`user-email-duplicate\` and \`user-identifier-duplicate\`
  where two records of 1.1 have the same name and another role. Two records of the same name are told once, by the first of
  these columns that they share.
- \`enrollment-duplicate\` instead of \`enrollment-multiple-primary\` for a primary teacher who is in the class twice.
- \`user-password-present\` once a file, with the number of rows.

What is missing is told when no row names it. A class whose teacher stands in a row that is left out has a teacher in the
SIS, so \`class-without-teacher\`, \`class-without-students\`, \`enrollment-no-primary\`, \`user-student-without-enrollment\`,
\`user-without-role\` and \`role-no-primary\` are silent about it; the sentences at the end of a report count such classes.

What ten records or more have, and none is without, is told once for the file: \`class-without-teacher\`,
\`class-without-students\`, \`class-not-yet-started\`, \`class-ended\`, \`class-oversized\`, \`enrollment-no-primary\`,
\`org-school-without-parent\`, \`role-no-primary\`, \`user-disabled-but-enrolled\`, \`user-student-without-enrollment\` and
\`user-student-without-grade\`. A column that the export does not fill is one cause, however many rows it has.

Rules about what is missing from a delivery speak only of files that are complete: of changes, and of files that are not
sent, nobody can say what they lack.
`;

function ruleText(rule: Rule): string {
  const facts = [
    rule.severity,
    ...(rule.lenient === undefined ? [] : [`${rule.lenient} in the lenient profile`]),
    `from ${bases[rule.basis]}`,
    ...(rule.versions === undefined ? [] : [`OneRoster ${rule.versions.join(', ')} only`]),
  ];
  const note = rule.exampleIsZip ?? rule.exampleGiven ?? rule.exampleIsPulled;
  const lines = difference(rule);
  return [
    `### ${rule.id}`,
    '',
    `**${markdown(rule.title)}** (${facts.join('; ')})`,
    '',
    markdown(rule.why),
    '',
    `*Fix:* ${markdown(rule.fix)}`,
    '',
    ...(note === undefined ? [] : [`Example: ${markdown(note)}`, '']),
    ...(lines.length === 0 ? [] : ['```diff', ...lines, '```', '']),
  ].join('\n');
}

const markdown = (words: string) => words.replace(/[*_<>[\]]/g, '\\$&');

/** The lines in which the example with the fault and the one without it differ, by file; renamed files by their names. */
export function difference(rule: Rule): string[] {
  const base = rule.exampleFormat ? {} : baseDelivery(rule.exampleVersion ?? '1.1');
  const files = [...new Set([...Object.keys(rule.bad), ...Object.keys(rule.good)])];
  const pairs = files.map((file) => ({
    file,
    bad: contentOf(file, rule.bad, base),
    good: contentOf(file, rule.good, base),
  }));
  const changed = pairs.filter(({ bad, good }) => bad !== good);
  const renamed = changed.flatMap((to) => {
    const from = to.bad === null && changed.find((other) => other.good === null && other.bad === to.good);
    return from ? [{ from, to }] : [];
  });
  const rest = changed.filter((pair) => !renamed.some(({ from, to }) => pair === from || pair === to));
  return [
    ...renamed.flatMap(({ from, to }) => [`- ${from.file}`, `+ ${to.file}`]),
    ...rest.slice(0, FILES_SHOWN).flatMap(({ file, bad, good }) => fileDifference(file, bad, good)),
    ...(rest.length > FILES_SHOWN
      ? [`@@ and ${rest.length - FILES_SHOWN} more ${rest.length - FILES_SHOWN === 1 ? 'file' : 'files'} @@`]
      : []),
  ];
}

type Content = string | Uint8Array | null;

const contentOf = (file: string, example: Example, base: Record<string, string>): Content =>
  (file in example ? example[file] : base[file]) ?? null;

function fileDifference(file: string, bad: Content, good: Content): string[] {
  if (typeof bad !== 'string' || typeof good !== 'string')
    return [`@@ ${file} @@`, `- ${whole(bad)}`, `+ ${whole(good)}`];
  const [before, after] = [linesOf(bad), linesOf(good)];
  const head = before[0] === after[0] && before[0] !== undefined ? [` ${shown(before[0])}`] : [];
  return [`@@ ${file} @@`, ...head, ...some('-', extra(before, after)), ...some('+', extra(after, before))];
}

const FILES_SHOWN = 3;
const LINES_SHOWN = 3;
const LINE_LENGTH = 320;

/** A file of which the example says only that it is there, or not. */
function whole(content: Content): string {
  if (content === null) return '(not in the delivery)';
  if (typeof content !== 'string') return `(bytes: ${Array.from(content.subarray(0, 12), hex).join(' ')} …)`;
  const [first = '', ...rest] = linesOf(content);
  return rest.length === 0 ? shown(first) : `(a file of ${rest.length + 1} lines)`;
}

function linesOf(content: string): string[] {
  return content === '' ? ['(empty)'] : content.replace(/\r\n$/, '').split('\r\n');
}

const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0');

/** The lines of one side that the other side does not have, as often as it has them more. */
function extra(lines: string[], others: string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function some(sign: string, lines: string[]): string[] {
  const more = lines.length - LINES_SHOWN;
  const first = lines.slice(0, LINES_SHOWN).map((line) => `${sign} ${shown(line)}`);
  return more > 0 ? [...first, `${sign} (and ${more} more ${more === 1 ? 'line' : 'lines'})`] : first;
}

const shown = (line: string) => show(line, LINE_LENGTH);
