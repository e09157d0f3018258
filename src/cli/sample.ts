/** `homeroom sample`: writes an invented district, to try things with. */

import cliProgress from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { counted, thousands } from '../core/words.ts';
import { type FaultySample, generateFaulty, type Planted } from '../sample/faults.ts';
import { generate, type Sample, type SampleOptions, studentsLimit } from '../sample/generate.ts';
import { type Written, writeSample } from '../sample/write.ts';

type Flags = {
  students: number;
  seed: number;
  out: string;
  churn?: number;
  generation?: number;
  schoolYear?: number;
  siteCode?: string;
  place?: string;
  faults?: boolean;
};

/** The command, to be added to the program. */
export function sampleCommand(print: (text: string) => void = (text) => process.stdout.write(text)): Command {
  return new Command('sample')
    .description('write an invented district as a OneRoster 1.1 bulk export: the same numbers give the same district')
    .requiredOption('--out <path>', 'where to write: a name that ends in .zip, or a folder, which is made')
    .option('--students <n>', `students, 1 to ${thousands(studentsLimit)}`, whole(1, studentsLimit), 2000)
    .option('--seed <n>', 'number from which everything is drawn', whole(0, 2 ** 32 - 1), 1)
    .option('--churn <p>', 'share of the records that changes from one generation to the next, 0 to 1', share)
    .option(
      '--generation <n>',
      'how many times the district has changed (1 with --churn, otherwise 0)',
      whole(0, 10_000),
    )
    .option('--school-year <year>', 'the year in which the school year ends (2026)', whole(1990, 2100))
    .option('--site-code <code>', 'sourcedId of the district')
    .option('--place <name>', 'the place that the district is named after')
    .option('--faults', 'plant the faults that exports have most often, and list them')
    .action(async (flags: Flags) => {
      const { out, faults, ...options } = flags;
      const sample = faults ? generateFaulty(withGeneration(options)) : generate(withGeneration(options));
      const written = await withProgress(flags.students, (report) => writeSample(sample, out, report));
      print(summary(flags, sample, written));
    });
}

const withGeneration = (options: SampleOptions): SampleOptions => ({
  ...options,
  generation: options.generation ?? (options.churn === undefined ? 0 : 1),
});

/** Bytes of text per student, roughly, for the length of the bar. */
const bytesPerStudent = 660;

async function withProgress<T>(
  students: number,
  work: (report: (file: string, bytes: number) => void) => Promise<T>,
): Promise<T> {
  const format = '{bar} {percentage} %  {file}';
  const bar = new cliProgress.SingleBar({
    format,
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: false,
    stream: process.stderr,
  });
  if (!process.stderr.isTTY) return work(() => {});
  const total = students * bytesPerStudent;
  bar.start(total, 0, { file: '' });
  try {
    return await work((file, bytes) => bar.update(Math.min(bytes, total), { file }));
  } finally {
    bar.stop();
  }
}

function summary(flags: Flags, sample: Sample | FaultySample, written: Written[]): string {
  const lines = [
    `${sample.name}: ${counted(flags.students, 'student')}, ${counted(sample.schools, 'school')}, ${counted(sample.classes, 'class', 'classes')} (seed ${flags.seed})`,
    '',
    ...written.map(
      (file) =>
        `  ${file.name.padEnd(22)}${thousands(file.rows).padStart(11)} rows${megabytes(file.sizeBytes).padStart(12)}`,
    ),
    '',
  ];
  if ('planted' in sample) lines.push(...plantedLines(sample.planted()), '');
  lines.push(`Written to ${flags.out}.`);
  return `${lines.join('\n')}\n`;
}

function plantedLines(planted: Planted[]): string[] {
  const own = planted.filter((one) => !one.follows);
  const follows = planted.length - own.length;
  const groups = Map.groupBy(own, (one) => `${one.rule.padEnd(30)} ${one.file}${one.column ? ` ${one.column}` : ''}`);
  return [
    `${counted(own.length, 'fault')} planted, and ${counted(follows, 'more finding follows', 'more findings follow')} from them:`,
    ...[...groups].map(([title, ones]) => `  ${title}${lineNumbers(ones)}`),
  ];
}

function lineNumbers(ones: Planted[]): string {
  const numbers = ones.flatMap((one) => (one.line === undefined ? [] : [one.line]));
  if (numbers.length === 0) return '';
  const shown = numbers.slice(0, 3).map(thousands).join(', ');
  return `, line ${shown}${numbers.length > 3 ? ` and ${numbers.length - 3} more` : ''}`;
}

const megabytes = (bytes: number) =>
  bytes < 100_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const whole =
  (low: number, high: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${thousands(low)} to ${thousands(high)}.`);
  };

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1, such as 0.03 for 3 %.');
}
