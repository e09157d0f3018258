/** Holds the SARIF output to what the schema of 2.1.0 requires of the properties that it uses. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finding } from './finding.ts';
import type { Finding } from './record.ts';
import { rules } from './rules/index.ts';
import { sarifFrame, sarifResult } from './sarif.ts';

/** The required and allowed properties of each object, from the schema of SARIF 2.1.0 (OASIS, errata 01). */
const shapes: Record<string, { required: string[]; allowed: string[] }> = {
  log: {
    required: ['version', 'runs'],
    allowed: ['$schema', 'version', 'runs', 'inlineExternalProperties', 'properties'],
  },
  run: { required: ['tool'], allowed: ['tool', 'results', 'columnKind', 'artifacts', 'invocations', 'properties'] },
  tool: { required: ['driver'], allowed: ['driver', 'extensions', 'properties'] },
  driver: {
    required: ['name'],
    allowed: ['name', 'version', 'semanticVersion', 'informationUri', 'rules', 'properties'],
  },
  rule: {
    required: ['id'],
    allowed: [
      'id',
      'name',
      'shortDescription',
      'fullDescription',
      'help',
      'helpUri',
      'defaultConfiguration',
      'properties',
    ],
  },
  message: { required: ['text'], allowed: ['text', 'markdown', 'id', 'arguments', 'properties'] },
  result: {
    required: ['message'],
    allowed: ['ruleId', 'ruleIndex', 'level', 'message', 'locations', 'partialFingerprints', 'properties'],
  },
  location: { required: [], allowed: ['id', 'physicalLocation', 'logicalLocations', 'message', 'properties'] },
  physicalLocation: { required: [], allowed: ['artifactLocation', 'region', 'contextRegion', 'properties'] },
  artifactLocation: { required: [], allowed: ['uri', 'uriBaseId', 'index', 'properties'] },
  region: { required: [], allowed: ['startLine', 'startColumn', 'endLine', 'endColumn', 'snippet', 'properties'] },
  logicalLocation: { required: [], allowed: ['name', 'fullyQualifiedName', 'kind', 'index', 'properties'] },
};
type Plain = Record<string, unknown>;
function hold(kind: keyof typeof shapes, value: unknown): Plain {
  assert.ok(typeof value === 'object' && value !== null, kind);
  const { required, allowed } = shapes[kind] as { required: string[]; allowed: string[] };
  for (const name of required) assert.ok(name in value, `${kind} needs ${name}`);
  for (const name of Object.keys(value)) assert.ok(allowed.includes(name), `${kind} has no ${name}`);
  return value as Plain;
}
const levels = ['none', 'note', 'warning', 'error'];

function logOf(findings: Finding[]): Plain {
  const ids = [...new Set(findings.map(({ rule }) => rule))];
  const { head, tail } = sarifFrame(ids, '1.2.3');
  return JSON.parse(`${head}${findings.map((one) => sarifResult(one, ids.indexOf(one.rule))).join(',')}${tail}`);
}

test('a log of findings of every rule has what the schema asks for, and nothing that it does not know', () => {
  const all = [...rules.keys()].map((id) =>
    finding(id, { file: 'users.csv', line: 7, column: 'grades', key: 'stu 1', value: '<a>' }),
  );
  const log = hold(
    'log',
    logOf([...all, finding('manifest-missing'), finding('zip-unsafe-path', { file: '../ä b.csv' })]),
  );
  assert.equal(log.version, '2.1.0');
  assert.match(String(log.$schema), /sarif-2\.1\.0/);
  const [run] = (log.runs as unknown[]).map((one) => hold('run', one)) as [Plain];
  assert.ok(['utf16CodeUnits', 'unicodeCodePoints'].includes(run.columnKind as string));
  const driver = hold('driver', hold('tool', run.tool).driver);
  const described = (driver.rules as unknown[]).map((one) => {
    const rule = hold('rule', one);
    for (const name of ['shortDescription', 'fullDescription', 'help']) hold('message', rule[name]);
    assert.ok(levels.includes((rule.defaultConfiguration as { level: string }).level));
    return rule.id;
  });
  assert.equal(new Set(described).size, described.length);
  for (const one of run.results as unknown[]) {
    const result = hold('result', one);
    hold('message', result.message);
    assert.ok(levels.includes(result.level as string));
    assert.equal(described[result.ruleIndex as number], result.ruleId);
    for (const place of result.locations as unknown[]) {
      const location = hold('location', place);
      for (const logical of (location.logicalLocations ?? []) as unknown[]) hold('logicalLocation', logical);
      if (!location.physicalLocation) continue;
      const physical = hold('physicalLocation', location.physicalLocation);
      const { uri } = hold('artifactLocation', physical.artifactLocation);
      assert.match(String(uri), /^[\w%.~!$&'()*+,;=:@/?-]+$/);
      if (physical.region)
        assert.ok(
          Number.isInteger(hold('region', physical.region).startLine) && (physical.region as Plain).startLine !== 0,
        );
    }
  }
});

test('a result says where, how grave, what and what to do; its identity does not depend on the line', () => {
  const at = (line: number) =>
    finding('boolean-invalid', {
      file: 'users.csv',
      line,
      column: 'enabledUser',
      key: 'stu-1',
      message: 'It is "TRUE"',
    });
  const [first, second] = [7, 9].map((line) => JSON.parse(sarifResult(at(line), 3)));
  assert.equal(first.level, 'error');
  assert.equal(first.ruleIndex, 3);
  assert.ok(first.message.text.startsWith('It is "TRUE". Have the export write true or false'));
  assert.deepEqual(first.locations, [
    {
      physicalLocation: { artifactLocation: { uri: 'users.csv' }, region: { startLine: 7 } },
      logicalLocations: [{ name: 'enabledUser', fullyQualifiedName: 'users.csv/enabledUser', kind: 'member' }],
    },
  ]);
  assert.deepEqual(first.partialFingerprints, second.partialFingerprints);
});

test('no finding at all is a valid log too', () => {
  assert.deepEqual((logOf([]).runs as Plain[])[0]?.results, []);
});
