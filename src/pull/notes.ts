/** Counts what was mended, by rule and field, and makes the remarks of a delivery of it. */
import { finding } from '../core/finding.ts';
import type { Finding } from '../core/record.ts';
import { apiWords } from '../core/rest/words.ts';
import { fileOf, type Kind } from '../core/tables.ts';
import type { PageNotes } from '../db/pulls.ts';

export type Notes = {
  add(rule: string, field?: string, count?: number): void;
  /** What was counted since the last time; undefined when nothing was. */
  take(): PageNotes;
  isEmpty(): boolean;
};

export function openNotes(): Notes {
  let counts: PageNotes = {};
  const notes: Notes = {
    add(rule, field = '', count = 1) {
      counts[rule] ??= {};
      const own = counts[rule] as Record<string, number>;
      own[field] = (own[field] ?? 0) + count;
    },
    take() {
      const taken = counts;
      counts = {};
      return taken;
    },
    isEmpty: () => Object.keys(counts).length === 0,
  };
  return notes;
}

/** Adds counts to others, by kind. */
export function addNotes(into: Map<Kind, PageNotes>, kind: Kind, more: PageNotes): void {
  const own = into.get(kind) ?? {};
  into.set(kind, own);
  for (const [rule, fields] of Object.entries(more)) {
    own[rule] ??= {};
    const counts = own[rule] as Record<string, number>;
    for (const [field, count] of Object.entries(fields)) counts[field] = (counts[field] ?? 0) + count;
  }
}

/** One remark for each rule, kind and field. */
export function remarksOf(notes: Map<Kind, PageNotes>): Finding[] {
  return [...notes].flatMap(([kind, rules]) =>
    Object.entries(rules).flatMap(([rule, fields]) =>
      Object.entries(fields).map(([field, count]) =>
        finding(rule, {
          file: fileOf(kind),
          ...(field === '' ? {} : { column: field }),
          message: apiWords(rule, { kind, field, count }),
        }),
      ),
    ),
  );
}
