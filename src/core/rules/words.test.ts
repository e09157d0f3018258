/** Holds the rules to the list of what is public about them, and their words to the way this program speaks. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { finding, severityOf } from '../finding.ts';
import { rules } from './index.ts';
import type { Rule } from './rule.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

type Wanted = { id: string; group: string; severity: string; basis: string; versions: string[] };
const wanted: { rules: Wanted[]; lenientToWarning: string[]; strictExcept: string[]; strictAlsoError: string[] } = read(
  '../../../test/fixtures/rules.json',
);
const golden: Record<string, string> = read('./golden.json');
const all = [...rules.values()];
const ruleOf = (id: string) => rules.get(id) as Rule;

test('ids and severities are public: golden.json changes only on purpose', () => {
  assert.deepEqual(Object.fromEntries(all.map((rule) => [rule.id, rule.severity])), golden);
});

test('every check that OneRoster asks for is a rule, with its group, basis and versions', () => {
  const facts = (rule: Rule) => ({ group: rule.group, basis: rule.basis, versions: rule.versions ?? ['1.1', '1.2'] });
  for (const { id, group, basis, versions } of wanted.rules) {
    assert.ok(rules.has(id), `${id} is missing`);
    assert.deepEqual(facts(ruleOf(id)), { group, basis, versions }, id);
  }
});

test('a rule is as severe as recommended, or fatal where that says error', () => {
  for (const { id, severity } of wanted.rules) {
    const own = ruleOf(id).severity;
    assert.ok(own === severity || (severity === 'error' && own === 'fatal'), `${id}: ${severity} became ${own}`);
  }
});

test('no two rules have the same id', () => {
  assert.equal(new Set(all.map((rule) => rule.id)).size, all.length);
  const listed = wanted.rules.map((rule) => rule.id).sort();
  assert.deepEqual(
    all
      .filter((rule) => listed.includes(rule.id))
      .map((rule) => rule.id)
      .sort(),
    listed,
  );
});

test('the lenient profile lowers the rules that can be repaired, and no others', () => {
  const lowered = all.filter((rule) => severityOf(rule, 'lenient') !== rule.severity);
  assert.deepEqual(lowered.map((rule) => rule.id).sort(), [...wanted.lenientToWarning].sort());
  for (const rule of lowered) assert.equal(severityOf(rule, 'lenient'), 'warning', rule.id);
});

test('the strict profile raises warnings of the standard to errors, and lowers nothing', () => {
  for (const rule of all) {
    const raised = severityOf(rule, 'strict');
    const isWarning = rule.severity === 'warning' && rule.basis !== 'P' && !wanted.strictExcept.includes(rule.id);
    const expected = isWarning || wanted.strictAlsoError.includes(rule.id) ? 'error' : rule.severity;
    assert.equal(raised, expected, rule.id);
  }
});

test('the default profile takes the severity as it stands', () => {
  for (const rule of all) assert.equal(severityOf(rule, 'default'), rule.severity, rule.id);
});

test('a title is short, states the fault and ends without a period', () => {
  for (const { id, title } of all) {
    assert.ok(title.length <= 90, `${id}: ${title.length} characters`);
    assert.doesNotMatch(title, /\bshould\b|\bmust not\b|\binvalid\b|[.!]$/i, id);
  }
  assert.equal(new Set(all.map((rule) => rule.title)).size, all.length);
});

test('why and fix are sentences in plain words', () => {
  const sentences = /^[A-Z0-9m"].*[.]$/;
  const vague = /may cause|issues?\b|\boops\b|\bplease\b|violat|constraint|\bsimply\b/i;
  for (const { id, why, fix } of all) {
    for (const words of [why, fix]) {
      assert.match(words, sentences, id);
      assert.doesNotMatch(words, vague, id);
      assert.ok(words.length >= 20 && words.length <= 280, `${id}: ${words.length} characters`);
    }
    assert.notEqual(why, fix);
  }
});

test('what is fatal says that nothing is taken, and nothing else says so', () => {
  for (const rule of all) {
    const says = /nothing of this delivery is taken/i.test(rule.why);
    assert.equal(says, rule.severity === 'fatal', rule.id);
  }
});

test('a finding carries its place, and the words of its rule', () => {
  const place = { file: 'users.csv', line: 7, column: 'enabledUser', key: 'stu-1', value: 'TRUE' };
  const rule = ruleOf('boolean-invalid');
  assert.deepEqual(finding('boolean-invalid', place), {
    rule: 'boolean-invalid',
    severity: 'error',
    ...place,
    message: rule.title,
    fix: rule.fix,
  });
  assert.equal(finding('boolean-invalid', { profile: 'lenient' }).severity, 'warning');
  assert.equal(finding('header-missing-column', { severity: 'fatal', message: 'Gone' }).severity, 'fatal');
  assert.equal(finding('header-missing-column', { message: 'Gone' }).message, 'Gone');
});

test('a finding of a rule that does not exist is a fault of the program', () => {
  assert.throws(() => finding('no-such-rule'), /no-such-rule/);
});
