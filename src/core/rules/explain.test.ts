import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain, explanationText, nearestRules } from './explain.ts';
import { rules } from './index.ts';
import type { Rule } from './rule.ts';

const rule = (id: string) => rules.get(id) as Rule;

test('an explanation names the fault, its severity in each profile, the reason and the remedy', () => {
  const text = explanationText(rule('boolean-invalid'));
  assert.match(text, /^A yes-or-no value is not written true or false\nrule boolean-invalid\n/);
  assert.match(text, /\nSeverity: error, warning in the lenient profile; from the standard\.\n/);
  assert.match(text, /\nWhy it matters: /);
  assert.match(text, /\nWhat to do: /);
  assert.match(text, /\n {2}- .*TRUE.*\n {2}\+ .*true/);
  assert.ok(text.split('\n').every((line) => line.startsWith('  ') || line.length <= 100));
});

test('every rule can be explained, as text and as data', () => {
  for (const one of rules.values()) {
    const { severity, example, given, why, fix } = explain(one);
    assert.deepEqual(Object.keys(severity), ['default', 'strict', 'lenient']);
    assert.equal(severity.default, one.severity);
    assert.ok(given !== null || example.some((line) => /^[-+] /.test(line)), one.id);
    const text = explanationText(one).replaceAll('\n', ' ');
    assert.ok(text.includes(why) && text.includes(fix), one.id);
  }
});

test('a rule of one version says so', () => {
  assert.match(explanationText(rule('score-scale-value-invalid')), /OneRoster 1\.2 only/);
});

test('a name that is not quite right leads to the right one', () => {
  assert.equal(nearestRules('boolean-invald')[0], 'boolean-invalid');
  assert.equal(nearestRules('ENUM_WRONG_CASE')[0], 'enum-wrong-case');
  assert.ok(nearestRules('duplicate').includes('sourced-id-duplicate'));
  assert.ok(nearestRules('utf8').includes('csv-not-utf8'));
  assert.deepEqual(nearestRules('zzzzqqqq'), []);
});
