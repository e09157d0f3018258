/** What it means that a record of the roster in memory gets another id: what points to it and its history follow. */

import { kinds, type ModelKind, references } from './district.ts';
import { type Event, type Held, idOf, keyOf, kindOf } from './roster.ts';

type Books = { records: Map<string, Held>; events: Event[]; formerIds: Map<string, string> };
type How = { action: 'take over' | 'update'; cause: number };

/** Records that extend another stand under its id: demographics move with their user. */
const extensions = (kind: ModelKind): ModelKind[] =>
  kinds.filter((of) => of !== kind && references[of].some(({ field, to }) => field === 'sourcedId' && to === kind));

/** Records keep their place in the history under their new id; each that points to it notes a change of its own. */
export function rename(books: Books, key: string, id: string, { action, cause }: How): void {
  const { records, events, formerIds } = books;
  const kind = kindOf(key);
  const former = idOf(key);
  for (const of of extensions(kind)) {
    if (records.has(keyOf(of, former))) rename(books, keyOf(of, former), id, { action: 'update', cause });
  }
  for (const [from, held] of records) {
    const fields = repointed(kindOf(from), held.fields, (to, each) => (to === kind && each === former ? id : each));
    if (JSON.stringify(fields) === JSON.stringify(held.fields)) continue;
    events.push({ key: from, action: 'update', cause, before: held });
    records.set(from, { ...held, fields });
  }
  const held = records.get(key) as Held;
  const now = keyOf(kind, id);
  for (const event of events) if (event.key === key) event.key = now;
  events.push({ key: now, action, cause, before: held });
  for (const [before, current] of formerIds) if (current === key) formerIds.set(before, now);
  formerIds.delete(now);
  formerIds.set(key, now);
  records.delete(key);
  records.set(now, { ...held, fields: { ...held.fields, sourcedId: id } });
}

/** The values of a record with what it refers to under other ids. */
export function repointed(
  of: ModelKind,
  fields: Record<string, string>,
  idNow: (to: ModelKind, id: string) => string,
): Record<string, string> {
  const result = { ...fields };
  for (const { field, to } of references[of]) {
    const text = fields[field];
    if (text === undefined || field === 'sourcedId') continue;
    result[field] = text
      .split(',')
      .map((id) => idNow(to, id))
      .join(',');
  }
  return result;
}
