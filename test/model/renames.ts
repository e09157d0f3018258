/** What it means that a record of the roster in memory gets another id: what points to it and its history follow. */

import { kinds, type ModelKind, references } from './district.ts';
import { type Event, type Held, idOf, keyOf, kindOf } from './roster.ts';

type Books = { records: Map<string, Held>; events: Event[] };
type How = { action: 'take over' | 'update'; cause: number };

/** Records that extend another stand under its id: demographics move with their user. */
const extensions = (kind: ModelKind): ModelKind[] =>
  kinds.filter((of) => of !== kind && references[of].some(({ field, to }) => field === 'sourcedId' && to === kind));

/** Records keep their place in the history under their new id; each that points to it notes a change of its own. */
export function rename(books: Books, key: string, id: string, { action, cause }: How): void {
  const { records, events } = books;
  const kind = kindOf(key);
  const former = idOf(key);
  for (const of of extensions(kind)) {
    if (records.has(keyOf(of, former))) rename(books, keyOf(of, former), id, { action: 'update', cause });
  }
  for (const [from, held] of records) {
    const fields = repointed(from, held, kind, former, id);
    if (!fields) continue;
    events.push({ key: from, action: 'update', cause, before: held });
    records.set(from, { ...held, fields });
  }
  const held = records.get(key) as Held;
  const now = keyOf(kind, id);
  for (const event of events) if (event.key === key) event.key = now;
  events.push({ key: now, action, cause, before: held });
  records.delete(key);
  records.set(now, { ...held, fields: { ...held.fields, sourcedId: id } });
}

/** Undefined when it does not point there. */
function repointed(from: string, held: Held, kind: ModelKind, former: string, id: string) {
  const fields = { ...held.fields };
  let isPointing = false;
  for (const { field, to } of references[kindOf(from)]) {
    const items = (fields[field] ?? '').split(',');
    if (to !== kind || field === 'sourcedId' || !items.includes(former)) continue;
    isPointing = true;
    fields[field] = items.map((item) => (item === former ? id : item)).join(',');
  }
  return isPointing ? fields : undefined;
}
