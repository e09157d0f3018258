/** Writes findings as SARIF 2.1.0, for code hosts and editors that show them at their lines. */

import type { Finding, Severity } from './record.ts';
import { explain } from './rules/explain.ts';
import { rules } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';

export const sarifSchema = 'https://json.schemastore.org/sarif-2.1.0.json';
const levels: Record<Severity, 'error' | 'warning' | 'note'> = {
  fatal: 'error',
  error: 'error',
  warning: 'warning',
  info: 'note',
};

/** Everything but the results, which stand between both parts. `ids`: the rules that occur, in the order of their numbers. */
export function sarifFrame(ids: readonly string[], version: string): { head: string; tail: string } {
  const driver = {
    name: 'Homeroom',
    version,
    semanticVersion: version,
    rules: ids.flatMap((id) => {
      const rule = rules.get(id);
      return rule ? [descriptor(rule)] : [];
    }),
  };
  const head = `{\n  "$schema": ${JSON.stringify(sarifSchema)},\n  "version": "2.1.0",\n  "runs": [\n    {\n      "tool": ${JSON.stringify({ driver })},\n      "columnKind": "unicodeCodePoints",\n      "results": [`;
  return { head, tail: '\n      ]\n    }\n  ]\n}\n' };
}

/** One result; `ruleIndex` is the number of its rule in the frame. */
export function sarifResult(finding: Finding, ruleIndex: number): string {
  const { rule, severity, file, line, column, key, message, fix } = finding;
  const region = line === undefined ? {} : { region: { startLine: line } };
  const logical = [
    ...(column === undefined ? [] : [{ name: column, fullyQualifiedName: `${file ?? ''}/${column}`, kind: 'member' }]),
  ];
  const location = {
    ...(file === undefined
      ? {}
      : { physicalLocation: { artifactLocation: { uri: encodeURI(file.toWellFormed()) }, ...region } }),
    ...(logical.length === 0 ? {} : { logicalLocations: logical }),
  };
  return JSON.stringify({
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: `${message}. ${fix}` },
    locations: Object.keys(location).length === 0 ? [] : [location],
    // The same fault has the same identity every night, whatever line it moves to.
    partialFingerprints: { 'homeroom/v1': [rule, file, column, key].map((part) => part ?? '').join('|') },
    properties: { severity },
  });
}

function descriptor(rule: Rule) {
  const { id, title, why, fix, example, severity } = explain(rule);
  const code = example.length === 0 ? '' : `\n\n\`\`\`diff\n${example.join('\n')}\n\`\`\``;
  return {
    id,
    shortDescription: { text: `${title}.` },
    fullDescription: { text: why },
    help: { text: `${why} What to do: ${fix}`, markdown: `${why}\n\n**What to do:** ${fix}${code}` },
    defaultConfiguration: { level: levels[severity.default] },
    properties: { group: rule.group, basis: rule.basis, severity: severity.default },
  };
}
