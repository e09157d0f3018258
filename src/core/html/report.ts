/** The report of a check as one page that needs nothing else: to read, to send on and to print. */

import type { CheckResult, Finding, Severity } from '../record.ts';
import { formatTitle, placeOf, verdict } from '../report.ts';
import { rules } from '../rules/index.ts';
import type { Shape } from '../shape.ts';
import { summaryOf } from '../summary.ts';
import { bySeverity } from '../tally.ts';
import { counted, thousands } from '../words.ts';
import { inHtml } from './escape.ts';
import { kindsTable, looseTable, schoolsTable, sizesTable } from './pictures.ts';
import { style } from './style.ts';

/** How many findings of a rule the page shows. */
export const placesEach = 10;

export type HtmlReport = {
  /** What the delivery is called. */
  name: string;
  result: CheckResult;
  /** At least the first findings of each rule. */
  examples: readonly Finding[];
  shape: Shape | undefined;
  /** How the check was asked for, in words: `profile strict, product Literacy`. */
  asked: string;
  /** When, as people read it. */
  at: string;
};

export function htmlReport({ name, result, examples, shape, asked, at }: HtmlReport): string {
  const good = result.counts.fatal + result.counts.error === 0;
  const follows = result.consequences ? summaryOf(result.consequences) : [];
  const list = follows.length === 0 ? '' : `<ul>${follows.map((words) => `<li>${inHtml(words)}</li>`).join('')}</ul>`;
  const about = [formatTitle(result), asked, `checked ${at}`].filter(Boolean).map(inHtml).join(' · ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Report on ${inHtml(name)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Report on ${inHtml(name)}</h1>
<p class="soft">${about}</p>
<section class="verdict ${good ? 'good' : 'bad'}"><strong>${inHtml(verdict(result))}</strong>${list}</section>
<nav><p class="soft">On this page: <a href="#records">records</a>, <a href="#findings">findings</a>${shape ? ', <a href="#schools">schools</a>, <a href="#sizes">sizes of classes</a>, <a href="#loose">loose ends</a>' : ''}</p></nav>
<h2 id="records">Records</h2>
${kindsTable(result.tables) || '<p class="soft">No file of the delivery could be read.</p>'}
${findingsPart(result, examples)}
${shape ? shapePart(shape) : ''}
<footer>Written by Homeroom on the computer that the delivery was checked on. It may hold personal data from the files.</footer>
</main>
</body>
</html>
`;
}

function findingsPart(result: CheckResult, examples: readonly Finding[]): string {
  const counts = Object.entries(result.rules).map(([rule, count]) => ({ rule, ...count }));
  const sorted = counts.sort((a, b) => bySeverity(a.severity, b.severity) || b.count - a.count);
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  const intro =
    total === 0
      ? 'Nothing was found.'
      : `${counted(total, 'place')} under ${counted(sorted.length, 'rule')}, the most harmful first. What an error stands on is left out; what a warning or info stands on is taken.`;
  return `<h2 id="findings">Findings</h2>
<p class="soft">${intro}</p>
${sorted.map(({ rule, severity, count }) => rulePart(rule, severity, count, examples)).join('\n')}`;
}

function rulePart(id: string, severity: Severity, count: number, examples: readonly Finding[]): string {
  const rule = rules.get(id);
  const shown = examples.filter((one) => one.rule === id).slice(0, placesEach);
  const rest = count - shown.length;
  const words = rule
    ? `<dl><dt>Why it matters</dt><dd>${inHtml(rule.why)}</dd><dt>What to do</dt><dd>${inHtml(rule.fix)}</dd></dl>`
    : '';
  const more = rest > 0 ? `<li class="soft">and ${thousands(rest)} more of these</li>` : '';
  return `<section class="rule"><header><span class="level ${severity}">${severity}</span><h3>${inHtml(rule?.title ?? id)}</h3><span class="soft">${counted(count, 'place')} · ${inHtml(id)}</span></header>
${words}<ul class="places">${shown.map(place).join('')}${more}</ul></section>`;
}

function place(finding: Finding): string {
  const whole = placeOf(finding);
  const at = finding.file ? whole.indexOf(': ') : -1;
  if (!finding.file) return `<li>${inHtml(whole)}</li>`;
  if (at < 0) return `<li><b>${inHtml(whole)}</b></li>`;
  return `<li><b>${inHtml(whole.slice(0, at))}</b> ${inHtml(whole.slice(at + 2))}</li>`;
}

function shapePart(shape: Shape): string {
  return `<h2 id="schools">Schools</h2>
<p class="soft">What each school would have. Every column has a scale of its own that begins at zero.</p>
${schoolsTable(shape.schools)}
<h2 id="sizes">Sizes of classes</h2>
<p class="soft">How many classes have how many students.</p>
${sizesTable(shape)}
<h2 id="loose">Loose ends</h2>
<p class="soft">Among the records that are taken.</p>
${looseTable(shape)}`;
}
