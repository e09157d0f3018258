/** Every rule is its own test: its bad example is reported, its good one is clean, and what the rule says of them is true. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from '../bundle.ts';
import { check } from '../check.ts';
import { severityOf } from '../finding.ts';
import type { CheckResult, Finding } from '../record.ts';
import { baseDelivery, deltaDelivery } from './base-delivery.ts';
import { rules } from './index.ts';
import type { Example, Profile, Rule } from './rule.ts';

/** Other findings, above info, that cannot help following from a rule's bad example. */
const follows: Record<string, string[]> = {
  'manifest-version-content-mismatch': ['header-other-version', 'header-missing-column'],
  'bulk-tobedeleted-row': ['mode-conflict'],
  'mode-conflict': ['bulk-status-present', 'bulk-date-last-modified-present'],
  'reference-cascade': ['reference-not-found'],
  'sourced-id-invalid-character': ['removals-suspended'],
  'sourced-id-too-long': ['removals-suspended'],
  'removals-suspended': ['required-value-missing'],
  'format-value-missing': ['reference-cascade'],
  'format-value-unknown': ['reference-cascade', 'class-without-teacher'],
  'format-value-unreadable': ['format-column-unknown'],
};

const now = new Date('2025-10-01T12:00:00Z');
type Files = Record<string, string | Uint8Array>;
type Checked = { result: CheckResult; found: Finding[]; leftOut: number };

async function checked(files: Files, profile: Profile = 'default', format = 'auto'): Promise<Checked> {
  const found: Finding[] = [];
  const result = await check(memoryBundle(files), { profile, format, now, report: (one) => found.push(one) });
  return { result, found, leftOut: result.tables.reduce((sum, table) => sum + table.leftOut, 0) };
}

function filesOf(rule: Rule, example: Example): Files {
  const files: Example = { ...(rule.exampleFormat ? {} : baseDelivery(rule.exampleVersion ?? '1.1')), ...example };
  return Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string | Uint8Array] => entry[1] !== null),
  );
}

const aboveInfo = (found: Finding[]) => found.filter((one) => one.severity !== 'info');

/** Rules that need a zip, or more than one delivery, are tested where those are at hand. */
const alone = [...rules.values()].filter(
  (rule) => rule.exampleIsZip === undefined && rule.exampleGiven === undefined && rule.exampleIsPulled === undefined,
);

for (const rule of alone) {
  test(`${rule.id}: the bad example is reported, and nothing unexpected with it`, async () => {
    const { found, leftOut } = await checked(filesOf(rule, rule.bad), 'default', rule.exampleFormat);
    const own = found.filter((one) => one.rule === rule.id);
    assert.ok(own.length > 0, 'not reported');
    for (const one of own) assert.equal(one.severity, rule.severity);
    const expected = new Set([rule.id, ...(follows[rule.id] ?? [])]);
    assert.deepEqual(
      aboveInfo(found).filter((one) => !expected.has(one.rule)),
      [],
    );
    if (/\brow is left out/.test(rule.why)) assert.ok(leftOut > 0, 'it says that a row is left out');
    if (/nothing is left out/i.test(rule.why)) assert.equal(leftOut, 0, 'it says that nothing is left out');
    if (
      found.every((one) => one.severity === 'warning' || one.rule === rule.id) &&
      /warning|info/.test(rule.severity)
    ) {
      assert.ok(rule.id === 'reference-cascade' || leftOut === 0, 'a remark leaves nothing out');
    }
  });

  test(`${rule.id}: the good example is clean`, async () => {
    const { found, leftOut } = await checked(filesOf(rule, rule.good), 'default', rule.exampleFormat);
    assert.deepEqual([...aboveInfo(found), ...found.filter((one) => one.rule === rule.id)], []);
    assert.equal(leftOut, 0);
  });

  test(`${rule.id}: the strict profile is at least as severe`, async () => {
    const { found } = await checked(filesOf(rule, rule.bad), 'strict', rule.exampleFormat);
    const own = found.filter((one) => one.rule === rule.id);
    assert.ok(own.length > 0, 'not reported');
    for (const one of own) assert.equal(one.severity, severityOf(rule, 'strict'));
  });
}

for (const rule of alone.filter((one) => one.lenient !== undefined)) {
  test(`${rule.id}: the lenient profile warns and takes the data`, async () => {
    const { found, leftOut } = await checked(filesOf(rule, rule.bad), 'lenient');
    assert.deepEqual(
      [...new Set(aboveInfo(found).map((one) => [one.rule, one.severity].join()))],
      [`${rule.id},warning`],
    );
    assert.equal(leftOut, 0);
  });
}

for (const [name, files] of Object.entries({
  '1.1': baseDelivery('1.1'),
  '1.2': baseDelivery('1.2'),
  '1.1 as changes': deltaDelivery('1.1'),
  '1.2 as changes': deltaDelivery('1.2'),
})) {
  for (const profile of ['default', 'strict', 'lenient'] as const) {
    test(`the clean delivery of ${name} has no finding at all in the ${profile} profile`, async () => {
      const { found, leftOut } = await checked(files, profile);
      assert.deepEqual(found, []);
      assert.equal(leftOut, 0);
    });
  }
}
