/** `homeroom check PATH`: everything that is wrong with a delivery, on this machine alone. */
import { randomInt, randomUUID } from 'node:crypto';
import { closeSync, createReadStream, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { check } from '../core/check.ts';
import { formats } from '../core/formats/index.ts';
import type { CheckResult, Entry, Finding } from '../core/record.ts';
import { checkText, examplesEach, findingLine, findingsHeader } from '../core/report.ts';
import type { Profile } from '../core/rules/rule.ts';
import { openDelivery } from '../sync/open.ts';
import { CommandError, NO } from './fail.ts';
import { painter } from './paint.ts';
import { progressBar } from './progress.ts';
import { limitsFromEnvironment } from './settings.ts';

type Output = 'text' | 'json' | 'csv';
type Options = { format: string; profile: Profile; output: Output };

export function checkCommand(): Command {
  return new Command('check')
    .summary('check a roster delivery; no server, nothing leaves this machine')
    .description(
      'Checks a roster delivery: a zip, a folder, or CSV files. Nothing leaves this machine.\n\nExit code: 0 no errors, 1 errors, 2 unreadable or wrong usage.',
    )
    .argument('<path...>', 'a zip, a folder, or one or more CSV files')
    .addOption(
      new Option('--format <id>', 'what the delivery is')
        .choices(['auto', ...formats.map((format) => format.id)])
        .default('auto'),
    )
    .addOption(
      new Option('--profile <name>', 'how strict to be').choices(['default', 'strict', 'lenient']).default('default'),
    )
    .addOption(new Option('--output <kind>', 'what to print').choices(['text', 'json', 'csv']).default('text'))
    .action(run);
}

async function run(paths: string[], options: Options): Promise<void> {
  const delivery = await openDelivery(paths.length === 1 ? (paths[0] as string) : paths, limitsFromEnvironment()).catch(
    (error: Error) => {
      throw new CommandError(error.message);
    },
  );
  const found = gather(options.output);
  try {
    const bar = progressBar(
      'checking',
      delivery.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0),
      'bytes',
    );
    const entries = delivery.entries.map((entry) => watched(entry, (bytes) => bar.add(bytes)));
    const result = await check(
      { name: delivery.name, entries, findings: delivery.findings },
      {
        profile: options.profile,
        format: options.format,
        report: found.report,
        now: new Date(),
        seed: randomInt(2 ** 31),
      },
    );
    bar.stop();
    await found.print(basename(paths[0] as string), result);
    process.exitCode = exitCode(result);
  } finally {
    found.close();
    await delivery.close();
  }
}

/** A delivery of which nothing can be taken counts as unreadable only when not a single file of it was read. */
function exitCode({ counts, tables }: CheckResult): number {
  if (counts.fatal === 0) return counts.error > 0 ? NO : 0;
  return tables.length === 0 ? 2 : NO;
}

function watched(entry: Entry, onBytes: (bytes: number) => void): Entry {
  return {
    ...entry,
    async *bytes() {
      for await (const piece of entry.bytes()) {
        onBytes(piece.length);
        yield piece;
      }
    },
  };
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
