import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { CommanderError } from 'commander';
import { sampleCommand } from './sample.ts';

const folder = await mkdtemp(join(tmpdir(), 'homeroom-cli-sample-'));
after(() => rm(folder, { recursive: true }));

/** What the command prints on standard output. */
async function run(...args: string[]): Promise<string> {
  const printed: string[] = [];
  const command = sampleCommand((text) => printed.push(text))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  await command.parseAsync(args, { from: 'user' });
  return printed.join('');
}

test('one screen says what was written', async () => {
  const out = join(folder, 'OneRoster.zip');
  const text = await run('--students', '300', '--seed', '4', '--out', out);
  assert.match(text, /Unified School District: 300 students, 2 schools, [\d]+ classes \(seed 4\)/);
  assert.match(text, /users\.csv +\d+ rows +[\d.]+ kB/);
  assert.match(text, new RegExp(`Written to ${out}\\.\n$`));
  assert.ok(text.split('\n').length < 24);
});

test('churn alone means the next generation', async () => {
  const first = await run('--students', '300', '--out', join(folder, 'a'));
  const next = await run('--students', '300', '--churn', '0.2', '--out', join(folder, 'b'));
  assert.notEqual(first.replaceAll(/\/a\./g, ''), next.replaceAll(/\/b\./g, ''));
  assert.equal((await readdir(join(folder, 'b'))).length, 8);
});

test('planted faults are listed with their lines', async () => {
  const text = await run('--students', '300', '--faults', '--out', join(folder, 'faults'));
  assert.match(text, /\d+ faults planted, and \d+ more findings follow from them:/);
  assert.match(text, /enum-wrong-case +classes\.csv classType, line 7\n/);
  assert.match(text, /date-format-invalid +demographics\.csv birthDate, line 2, 3, 4 and 22 more\n/);
});

test('wrong numbers are refused in a sentence', async () => {
  for (const [args, words] of [
    [['--students', '0'], /must be a whole number from 1 to 2,000,000/],
    [['--churn', '2'], /must be a number from 0 to 1/],
    [['--seed', 'x'], /must be a whole number/],
  ] as [string[], RegExp][]) {
    await assert.rejects(run(...args, '--out', folder), (error: CommanderError) => words.test(error.message));
  }
});
