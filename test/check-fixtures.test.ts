/** Marked fixtures: in each delivery exactly the faults that are marked are found, at the places where they are marked. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryBundle } from '../src/core/bundle.ts';
import { check } from '../src/core/check.ts';
import { severityOf } from '../src/core/finding.ts';
import type { Finding } from '../src/core/record.ts';
import { rules } from '../src/core/rules/index.ts';
import { type Expected, type Fixture, readFixture, readFixtures } from './check-fixture.ts';

const fixtures = readFixtures(join(import.meta.dirname, 'fixtures/checks'));

async function checked(fixture: Fixture) {
  const found: Finding[] = [];
  const { profile, known, neighbours, now } = fixture;
  const result = await check(memoryBundle(fixture.files), {
    profile,
    now,
    known: (kind) => known.get(kind),
    ...(neighbours ? { neighbours } : {}),
    report: (one) => found.push(one),
  });
  const leftOut = result.tables.filter((table) => table.leftOut > 0).map((table) => [table.kind, table.leftOut]);
  return { found, leftOut: Object.fromEntries(leftOut), isFatal: result.counts.fatal > 0 };
}

const place = (one: { rule: string; severity: string; file?: string; line?: number; column?: string }): string =>
  `${one.file || '-'} ${one.line || '-'} ${one.column || '-'} ${one.rule} ${one.severity}`;

function placeOf(one: Expected, { profile }: Fixture): string {
  const rule = rules.get(one.rule);
  assert.ok(rule, `there is no rule ${one.rule}`);
  return place({ ...one, severity: one.severity ?? severityOf(rule, profile) });
}

for (const fixture of fixtures) {
  test(`${fixture.name}: ${fixture.title}`, async () => {
    const { found, leftOut, isFatal } = await checked(fixture);
    assert.deepEqual(found.map(place).sort(), fixture.expected.map((one) => placeOf(one, fixture)).sort());
    if (!isFatal) assert.deepEqual(leftOut, fixture.leftOut);
  });
}

test('there are enough of them', () => {
  assert.ok(fixtures.length >= 60, String(fixtures.length));
  const covered = new Set(fixtures.flatMap(({ expected }) => expected.map(({ rule }) => rule)));
  assert.ok(covered.size >= 100, `${covered.size} rules are met`);
});

test('a mark that is missing or one too many would fail', async () => {
  const text = 'Two faults\nleft out: enrollments 1\n\n--- enrollments.csv\nset enr-2 | role=parent';
  const unmarked = readFixture('unmarked', text);
  const { found } = await checked(unmarked);
  assert.deepEqual(unmarked.expected, []);
  assert.deepEqual(found.map(place), ['enrollments.csv 3 role enrollment-role-not-permitted error']);
  const marked = readFixture('marked', `${text} << enrollment-role-not-permitted role`);
  assert.deepEqual(
    marked.expected.map((one) => placeOf(one, marked)),
    found.map(place),
  );
});
