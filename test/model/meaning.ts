/** Which record a row means: one that people keep is told by its sourcedId, and by its username or identifier too. */

import type { ModelKind } from './district.ts';
import { type Held, idOf, keyOf, kindOf } from './roster.ts';

type Records = ReadonlyMap<string, Held>;
type Fields = Record<string, string>;

/** What tells a record from all others of its kind, beside its sourcedId. */
const keyFields: Partial<Record<ModelKind, readonly string[]>> = {
  users: ['username', 'identifier'],
  orgs: ['identifier'],
};

/** Records under other ids that share a username (capitals aside) or an identifier with these values. */
export function alike(records: Records, kind: ModelKind, fields: Fields): string[] {
  const plain = (field: string, text: string | undefined) => (field === 'username' ? text?.toLowerCase() : text);
  const shares = (others: Fields) =>
    (keyFields[kind] ?? []).some(
      (field) => (fields[field] ?? '') !== '' && plain(field, others[field]) === plain(field, fields[field]),
    );
  return [...records]
    .filter(([key, held]) => kindOf(key) === kind && idOf(key) !== fields.sourcedId && shares(held.fields))
    .map(([key]) => key);
}

/** The rows of a file that have not ended, with their ids. */
export type Meaning = {
  /** Its keys belong to two records, or another row has as good a claim to the same one. */
  isUnclear(fields: Fields): boolean;
  /** The id under which people keep it; undefined when they do not, or keep it under its own. */
  formerOf(fields: Fields): string | undefined;
};

export function meaningOf(records: Records, kind: ModelKind, rows: readonly Fields[]): Meaning {
  const isManual = (key: string) => records.get(key)?.owner === 'manual';
  const others = (fields: Fields) => alike(records, kind, fields).filter(isManual);
  const idsSent = new Set(rows.map((fields) => fields.sourcedId as string));
  // A row that has the id of a record is that record: no other row is.
  const claimed = (fields: Fields) => others(fields).filter((key) => !idsSent.has(idOf(key)));
  const formerOf = (fields: Fields) => {
    if (isManual(keyOf(kind, fields.sourcedId as string))) return undefined;
    const [former] = claimed(fields);
    return former === undefined ? undefined : idOf(former);
  };
  return {
    formerOf,
    isUnclear(fields) {
      const meant = others(fields);
      if (meant.length === 0) return false;
      if (meant.length > 1 || records.has(keyOf(kind, fields.sourcedId as string))) return true;
      const rivals = new Set(
        rows.filter((row) => claimed(row).includes(meant[0] as string)).map((row) => row.sourcedId),
      );
      return rivals.size > 1;
    },
  };
}
