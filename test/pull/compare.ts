/** Compares what was pulled with the district that was generated: the second opinion on every pull. */
import type { Files, Row } from './roster.ts';

/** Kinds whose rows are one to one with those of the sample. */
const kinds = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'demographics', 'enrollments'] as const;

export type Allowed = {
  /** Ids that may be there or not: they came or left while they were read. */
  mayMiss?: ReadonlySet<string>;
  mayAdd?: (id: string) => boolean;
  /** Kinds that are not there at all. */
  without?: readonly string[];
  /** Fields that may differ. */
  but?: readonly string[];
};

/** What differs, as sentences; none when the roster is the right one. */
export function differences(
  pulled: Files,
  expected: Files,
  { mayMiss, mayAdd, without = [], but = [] }: Allowed = {},
): string[] {
  const found: string[] = [];
  for (const kind of kinds) {
    if (without.includes(kind)) continue;
    // A file of changes says what has left; it is not there.
    const all = (pulled.get(kind) ?? []).filter(({ status }) => status !== 'tobedeleted');
    const rows = new Map(all.map((row) => [row.sourcedId as string, row]));
    if (rows.size !== all.length) found.push(`${kind}: an id comes twice`);
    for (const row of expected.get(kind) ?? []) {
      const id = row.sourcedId as string;
      const own = rows.get(id);
      rows.delete(id);
      if (own) found.push(...fieldDifferences(kind, own, row, but));
      else if (!mayMiss?.has(id)) found.push(`${kind} ${id} is missing`);
    }
    for (const id of rows.keys()) if (!mayAdd?.(id)) found.push(`${kind} ${id} should not be there`);
  }
  return found.slice(0, 20);
}

function fieldDifferences(kind: string, pulled: Row, expected: Row, but: readonly string[]): string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    if (
      name === 'status' ||
      name === 'dateLastModified' ||
      name === 'password' ||
      but.includes(name) ||
      !(name in pulled)
    )
      return [];
    return pulled[name] === value
      ? []
      : [`${kind} ${expected.sourcedId}: ${name} is "${pulled[name]}", not "${value}"`];
  });
}
