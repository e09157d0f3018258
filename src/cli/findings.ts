/** Takes the findings of a check as they come, and prints them in the form that was asked for. */
import { htmlReport, placesEach } from '../core/html/report.ts';
import type { CheckResult, Finding, Sink } from '../core/record.ts';
import { checkText, examplesEach, findingLine, findingsHeader } from '../core/report.ts';
import { sarifFrame, sarifResult } from '../core/sarif.ts';
import { ShapeSink } from '../core/shape.ts';
import { summaryOf } from '../core/summary.ts';
import { painter } from './paint.ts';
import { openSpool } from './spool.ts';

export const outputs = ['text', 'json', 'csv', 'html', 'sarif'] as const;
export type Output = (typeof outputs)[number];

export type Gathered = {
  report(finding: Finding): void;
  /** Looks at the records that are taken, where the form shows them. */
  sink?: Sink;
  print(name: string, result: CheckResult): Promise<void>;
  close(): void;
};

const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;

/** A text or page keeps the first findings of each rule; lists of all of them wait in a file, not in memory. */
export function gather(output: Output, asked: string): Gathered {
  if (output === 'text') return gatherText();
  if (output === 'html') return gatherPage(asked);
  return output === 'sarif' ? gatherSarif() : gatherList(output);
}

function gatherText(): Gathered {
  const { examples, report } = firstOfEach(examplesEach);
  return {
    report,
    async print(name, result) {
      process.stdout.write(checkText(name, result, examples, painter(process.stdout)));
    },
    close() {},
  };
}

function gatherPage(asked: string): Gathered {
  const { examples, report } = firstOfEach(placesEach);
  const sink = new ShapeSink();
  return {
    report,
    sink,
    async print(name, result) {
      const shape = result.counts.fatal === 0 ? sink.finish() : undefined;
      const at = new Date().toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' });
      process.stdout.write(htmlReport({ name, result, examples, shape, asked, at }));
    },
    close() {},
  };
}

function firstOfEach(limit: number): { examples: Finding[]; report(finding: Finding): void } {
  const examples: Finding[] = [];
  const seen = new Map<string, number>();
  return {
    examples,
    report(finding) {
      const count = (seen.get(finding.rule) ?? 0) + 1;
      seen.set(finding.rule, count);
      if (count <= limit) examples.push(finding);
    },
  };
}

function gatherList(output: 'json' | 'csv'): Gathered {
  const spool = openSpool();
  let first = true;
  return {
    report(finding) {
      spool.add(output === 'csv' ? findingLine(finding) : `${first ? '' : ','}\n    ${JSON.stringify(finding)}`);
      first = false;
    },
    async print(_, result) {
      process.stdout.write(output === 'csv' ? findingsHeader : jsonHead(result));
      await spool.print();
      if (output === 'json') process.stdout.write(first ? ']\n}\n' : '\n  ]\n}\n');
    },
    close: spool.close,
  };
}

function gatherSarif(): Gathered {
  const spool = openSpool();
  const numbers = new Map<string, number>();
  let first = true;
  return {
    report(finding) {
      const number = numbers.get(finding.rule) ?? numbers.size;
      numbers.set(finding.rule, number);
      spool.add(`${first ? '' : ','}\n        ${sarifResult(finding, number)}`);
      first = false;
    },
    async print() {
      const { head, tail } = sarifFrame([...numbers.keys()], version);
      process.stdout.write(head);
      await spool.print();
      process.stdout.write(tail);
    },
    close: spool.close,
  };
}

function jsonHead({ format, version, tables, counts, consequences }: CheckResult): string {
  const shown = tables.map(({ kind, file, mode, rows, leftOut }) => ({ kind, file, mode, rows, leftOut }));
  const summary = consequences ? summaryOf(consequences) : [];
  const head = JSON.stringify({ format, version: version ?? null, tables: shown, counts, summary }, null, 2);
  return `${head.slice(0, -2)},\n  "findings": [`;
}
