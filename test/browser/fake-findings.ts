/** Findings as a district's faulty export would bring them, in the words of the real rules. */

import { finding } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/record.ts';
import type { HttpDeps, RuleCount } from '../../src/http/deps.ts';

/** 86 findings of four rules, two of them about people. */
export function mixedFindings(): Finding[] {
  const findings: Finding[] = [];
  for (let i = 0; i < 9; i++) {
    findings.push(
      finding('reference-not-found', {
        file: 'enrollments.csv',
        line: 118 + i * 7,
        column: 'classSourcedId',
        key: `e-${9900 + i}`,
        value: `H-${1 + (i % 4)}A`,
        message: `Enrollment refers to class "H-${1 + (i % 4)}A", which is not in classes.csv`,
      }),
    );
  }
  findings.push(
    finding('sourced-id-duplicate', {
      file: 'users.csv',
      line: 940,
      column: 'sourcedId',
      key: '000451',
      value: '000451',
      message: 'Two rows of users.csv have the same sourcedId "000451" (lines 12 and 940)',
    }),
  );
  for (let i = 0; i < 72; i++) {
    findings.push(
      finding('enum-wrong-case', {
        file: 'users.csv',
        line: 14 + i * 11,
        column: 'role',
        key: `u-${400 + i}`,
        value: i % 3 === 0 ? 'Student ' : 'STUDENT',
      }),
    );
  }
  for (let i = 0; i < 4; i++) {
    findings.push(
      finding('header-unknown-column', {
        file: 'users.csv',
        line: 1,
        column: `locker${i + 1}`,
        value: `locker${i + 1}`,
        severity: 'info',
      }),
    );
  }
  return findings;
}

/** One finding for which nothing of the delivery is taken. */
export function fatalFindings(): Finding[] {
  return [finding('manifest-missing', { file: 'manifest.csv', message: 'manifest.csv is missing' })];
}

export function ruleCountsOf(findings: Finding[]): RuleCount[] {
  const counts = new Map<string, RuleCount>();
  for (const { rule, severity } of findings) {
    const count = counts.get(rule) ?? { rule, severity, count: 0 };
    counts.set(rule, { ...count, count: count.count + 1 });
  }
  return [...counts.values()];
}

/** What is new: the enrollments, of which the delivery before had all but two; one rule of that one is broken no more. */
export function fakeFindingSearch(
  findingsOf: (syncId: string) => Finding[],
): Pick<HttpDeps, 'findFindings' | 'findingNews' | 'firstNewFindings'> {
  const isNew = ({ rule, key }: Finding) => rule === 'reference-not-found' && (key === 'e-9900' || key === 'e-9901');
  return {
    async findFindings(syncId, { rule, search, onlyNew }, { limit, offset }) {
      const words = search?.words.toLowerCase() ?? '';
      const textOf = ({ file, line, column, key, value, message }: Finding) =>
        [file, `line ${line}`, column, ...(search?.placesOnly ? [] : [key, value, message])].join(' ').toLowerCase();
      const found = findingsOf(syncId).filter(
        (each) =>
          (!rule || each.rule === rule) &&
          (!search || search.rules.includes(each.rule) || textOf(each).includes(words)) &&
          (!onlyNew || isNew(each)),
      );
      return { total: found.length, rows: found.slice(offset, offset + limit) };
    },
    firstNewFindings: async (syncId, rules, each) =>
      rules.flatMap((rule) =>
        findingsOf(syncId)
          .filter((found) => found.rule === rule && isNew(found))
          .slice(0, each),
      ),
    findingNews: async (syncId) => {
      const added = findingsOf(syncId).filter(isNew).length;
      return {
        since: { id: 'sync-lakeview-literacy-14', number: 14, at: new Date('2026-11-20T09:58:00Z') },
        added: added > 0 ? { 'reference-not-found': added } : {},
        fixed:
          findingsOf(syncId)[0]?.rule === 'manifest-missing'
            ? []
            : [{ rule: 'date-format-invalid', severity: 'error', count: 3 }],
      };
    },
  };
}
