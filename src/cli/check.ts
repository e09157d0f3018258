/** `homeroom check PATH`: everything that is wrong with a delivery, on this machine alone. */
import { randomUUID } from 'node:crypto';
import { closeSync, createReadStream, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { check } from '../core/check.ts';
import { checkForProduct } from '../core/product-check.ts';
import { products } from '../core/profiles/index.ts';
import type { CheckResult, Finding } from '../core/record.ts';
import { checkText, examplesEach, findingLine, findingsHeader } from '../core/report.ts';
import type { Profile } from '../core/rules/rule.ts';
import { exitCode, formatOption, nowAndSeed, productOption, profileOption, withDelivery } from './delivery.ts';
import { painter } from './paint.ts';

type Output = 'text' | 'json' | 'csv';
type Options = { format: string; profile: Profile; product?: string; output: Output };

export function checkCommand(): Command {
  return new Command('check')
    .summary('check a roster delivery; no server, nothing leaves this machine')
    .description(
      'Checks a roster delivery: a zip, a folder, or CSV files. Nothing leaves this machine.\n\nExit code: 0 no errors, 1 errors, 2 unreadable or wrong usage.',
    )
    .argument('<path...>', 'a zip, a folder, or one or more CSV files')
    .addOption(formatOption())
    .addOption(profileOption())
    .addOption(productOption('also say what the product would not take'))
    .addOption(new Option('--output <kind>', 'what to print').choices(['text', 'json', 'csv']).default('text'))
    .action(run);
}

async function run(paths: string[], options: Options): Promise<void> {
  const product = options.product === undefined ? undefined : products.get(options.product);
  const found = gather(options.output);
  try {
    const result = await withDelivery(paths, (bundle) => {
      const how = { profile: options.profile, format: options.format, report: found.report, ...nowAndSeed() };
      return product ? checkForProduct(bundle, product, how) : check(bundle, how);
    });
    await found.print(basename(paths[0] as string), result);
    process.exitCode = exitCode(result);
  } finally {
    found.close();
  }
}

/** Takes findings as they come. A text keeps the first of each rule; lists of all of them wait in a file, not in memory. */
function gather(output: Output) {
  if (output === 'text') return gatherText();
  const path = join(tmpdir(), `homeroom-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  let waiting = '';
  let first = true;
  const flush = () => {
    writeSync(file, waiting);
    waiting = '';
  };
  return {
    report(finding: Finding) {
      waiting += output === 'csv' ? findingLine(finding) : `${first ? '' : ','}\n    ${JSON.stringify(finding)}`;
      first = false;
      if (waiting.length > 1 << 18) flush();
    },
    async print(_: string, result: CheckResult) {
      flush();
      process.stdout.write(output === 'csv' ? findingsHeader : jsonHead(result));
      await pipeline(createReadStream(path), process.stdout, { end: false });
      if (output === 'json') process.stdout.write(first ? ']\n}\n' : '\n  ]\n}\n');
    },
    close() {
      closeSync(file);
      rmSync(path);
    },
  };
}

function gatherText() {
  const examples: Finding[] = [];
  const seen = new Map<string, number>();
  return {
    report(finding: Finding) {
      const count = (seen.get(finding.rule) ?? 0) + 1;
      seen.set(finding.rule, count);
      if (count <= examplesEach) examples.push(finding);
    },
    async print(name: string, result: CheckResult) {
      process.stdout.write(checkText(name, result, examples, painter(process.stdout)));
    },
    close() {},
  };
}

function jsonHead({ format, version, tables, counts }: CheckResult): string {
  const shown = tables.map(({ kind, file, mode, rows, leftOut }) => ({ kind, file, mode, rows, leftOut }));
  const head = JSON.stringify({ format, version: version ?? null, tables: shown, counts }, null, 2);
  return `${head.slice(0, -2)},\n  "findings": [`;
}
