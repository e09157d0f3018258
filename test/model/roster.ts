/** The roster in memory: what the rules say that deliveries, decisions, people and rollbacks make of it. */

import { keyKinds, kinds, type ModelKind, schoolField } from './district.ts';
import type { Choice, Mode, Sent } from './history.ts';
import { type Read, read } from './reading.ts';

export type Held = {
  fields: Record<string, string>;
  status: 'active' | 'tobedeleted';
  /** Index of the source, or by hand. */
  owner: number | 'manual';
  /** The source from whose care a person took it. */
  releasedFrom: number | null;
};
/** `cause`: the number of a sync, or a person. */
export type Event = { key: string; action: string; cause: number | 'person'; before: Held | null };
export type Action = 'create' | 'update' | 'archive' | 'reactivate' | 'take over';
export type State =
  | 'received'
  | 'applied'
  | 'unchanged'
  | 'held'
  | 'rejected'
  | 'superseded'
  | 'discarded'
  | 'rolled back';

export type Sync = {
  number: number;
  source: number;
  /** Undefined: what was sent is no zip. Of a rollback: null. */
  sent: Sent | undefined | null;
  /** What a rollback takes back. */
  undoes?: { number: number; back: boolean };
  state: State;
  /** Held because an earlier delta was lost: no decision lets it through. */
  lacksBase?: boolean;
  seen?: Seen;
  choice?: Choice;
};
type Counts = { added: number; changed: number; removed: number };
type Seen = Map<ModelKind, Counts>;
type Plan = Map<string, Action>;

export const keyOf = (kind: ModelKind, id: string): string => `${kind}/${id}`;
export const kindOf = (key: string): ModelKind => key.slice(0, key.indexOf('/')) as ModelKind;
export const idOf = (key: string): string => key.slice(key.indexOf('/') + 1);

/** The limits of the guard. */
export type Limits = { share: number; atLeast: number; leftOutShare: number };
export const usualLimits: Limits = { share: 0.1, atLeast: 20, leftOutShare: 0.05 };

export class Roster {
  records = new Map<string, Held>();
  events: Event[] = [];
  syncs: Sync[] = [];
  modes: Mode[] = ['active', 'active'];
  needsFull = [false, false];
  limits: Limits = usualLimits;
  trustFirst: boolean;

  constructor(trustFirst: boolean) {
    this.trustFirst = trustFirst;
  }

  receive(source: number, sent: Sent | undefined): void {
    this.syncs.push({ number: this.syncs.length + 1, source, sent, state: 'received' });
    this.work();
  }

  setMode(source: number, mode: Mode): void {
    this.modes[source] = mode;
    this.work();
  }

  /** Whether a person may decide so. */
  mayDecide(sync: Sync, choice: Choice): boolean {
    return choice === 'discard' || (!sync.lacksBase && this.modes[sync.source] !== 'dry run');
  }

  decide(sync: Sync, choice: Choice): void {
    if (choice === 'discard') {
      sync.state = 'discarded';
      if (isDelta(sync.sent)) this.needsFull[sync.source] = true;
    } else {
      sync.choice = choice;
      this.process(sync);
    }
    this.work();
  }

  /** Takes up what can be taken up, in the order of arrival. */
  work(): void {
    for (;;) {
      const next = this.syncs.find((sync) => sync.state === 'received' && this.isDue(sync));
      if (!next) return;
      this.process(next);
    }
  }

  private isDue(sync: Sync): boolean {
    if (this.modes[sync.source] === 'paused' && sync.sent !== null) return false;
    return !this.waitsBehind(sync);
  }

  /** Held deliveries of the source that came before. */
  private earlierHeld(sync: Sync): Sync[] {
    return this.syncs.filter(
      (each) => each.number < sync.number && each.source === sync.source && each.sent !== null &&
        (each.state === 'held' || each.state === 'received'),
    ); // biome-ignore format: readable
  }

  /** What builds on a held delivery, or does not say anew all that it says, waits until it is decided. */
  private waitsBehind(sync: Sync): boolean {
    if (!sync.sent || (isDelta(sync.sent) && this.needsFull[sync.source])) return false;
    const { sent } = sync;
    return this.earlierHeld(sync).some(
      (held) => isDelta(sent) || Object.keys(held.sent ?? {}).some((kind) => sent[kind as ModelKind]?.mode !== 'bulk'),
    );
  }

  private process(sync: Sync): void {
    const { sent, source } = sync;
    if (sent === null) return this.processRollback(sync);
    if (sent === undefined) {
      // What cannot be opened is taken for what the source sent last.
      const last = this.lastThrough(sync);
      if (last && isDelta(last.sent)) this.needsFull[source] = true;
      sync.state = 'rejected';
      return;
    }
    if (isDelta(sent) && this.needsFull[source] && !sync.choice) {
      sync.state = 'held';
      sync.lacksBase = true;
      return;
    }
    for (const earlier of this.earlierHeld(sync)) if (!sync.choice) earlier.state = 'superseded';
    const files = read(sent, (kind, id, others) => {
      const held = this.records.get(keyOf(kind, id));
      return held?.status === 'active' && !(others && held.owner === source);
    });
    const plan = this.compare(source, files);
    const mode = this.modes[source] as Mode;
    const removing = mode !== 'additions only';
    const effective = [...plan.values()].filter((action) => removing || action !== 'archive');
    if (effective.length === 0) return this.end(sync, 'unchanged');
    const hold = this.unusual(sync, files, plan);
    if (hold && !(sync.choice && mode !== 'dry run' && !grown(sync, countsOf(plan)))) {
      sync.state = 'held';
      sync.seen = countsOf(plan);
      delete sync.choice;
      return;
    }
    const removals = removing && sync.choice !== 'apply additions and updates';
    this.apply(sync, files, plan, removals);
    this.end(sync, 'applied');
  }

  private end(sync: Sync, state: 'applied' | 'unchanged'): void {
    sync.state = state;
    if (sync.sent && keyKinds.every((kind) => sync.sent?.[kind]?.mode === 'bulk')) this.needsFull[sync.source] = false;
  }

  private lastThrough(sync: Sync): Sync | undefined {
    return this.syncs.findLast(
      (each) => each.number < sync.number && each.source === sync.source && each.sent !== null &&
        (each.state === 'applied' || each.state === 'unchanged'),
    ); // biome-ignore format: readable
  }

  private compare(source: number, files: Map<ModelKind, Read>): Plan {
    const plan: Plan = new Map();
    for (const [kind, file] of files) {
      for (const [id, { fields, ended }] of file.taken) {
        const action = this.actionOn(source, keyOf(kind, id), fields, ended);
        if (action) plan.set(keyOf(kind, id), action);
      }
      if (file.mode === 'delta' || file.doubtful) continue;
      for (const [key, held] of this.records) {
        if (kindOf(key) !== kind || held.owner !== source || held.status !== 'active') continue;
        if (!file.taken.has(idOf(key)) && !file.leftOut.has(idOf(key))) plan.set(key, 'archive');
      }
    }
    return plan;
  }

  private actionOn(source: number, key: string, fields: Record<string, string>, ended: boolean): Action | undefined {
    const held = this.records.get(key);
    if (ended) return held?.owner === source && held.status === 'active' ? 'archive' : undefined;
    if (!held) return 'create';
    if (held.owner === 'manual') return held.releasedFrom === null ? 'take over' : undefined;
    if (held.owner !== source) return undefined;
    if (held.status === 'tobedeleted') return 'reactivate';
    return same(held.fields, fields) ? undefined : 'update';
  }

  private unusual(sync: Sync, files: Map<ModelKind, Read>, plan: Plan): boolean {
    const { source } = sync;
    const mode = this.modes[source];
    if (mode === 'dry run') return true;
    if (!this.trustFirst && !this.lastThrough(sync)) return true;
    for (const kind of keyKinds) {
      const file = files.get(kind);
      if (file && file.lost > this.limits.leftOutShare * file.rows) return true;
      if (mode !== 'additions only' && file?.mode === 'bulk' && file.rows === 0) return true;
    }
    return mode !== 'additions only' && kinds.some((kind) => this.losesMuch(source, kind, plan));
  }

  private losesMuch(source: number, kind: ModelKind, plan: Plan): boolean {
    const mine = [...this.records].filter(
      ([key, held]) => kindOf(key) === kind && held.owner === source && held.status === 'active',
    );
    const going = mine.filter(([key]) => plan.get(key) === 'archive');
    const { share, atLeast } = this.limits;
    const isMuch = (gone: number, all: number) => gone >= atLeast && gone > share * all;
    if (isMuch(going.length, mine.length)) return true;
    const field = schoolField[kind];
    if (!field) return false;
    const at = (school: string, list: typeof mine) =>
      list.filter(([, held]) => (held.fields[field] ?? '').split(',').includes(school)).length;
    const schools = new Set(going.flatMap(([, held]) => (held.fields[field] ?? '').split(',')));
    return [...schools].some((school) => isMuch(at(school, going), at(school, mine)));
  }

  private apply(sync: Sync, files: Map<ModelKind, Read>, plan: Plan, removals: boolean): void {
    for (const [key, action] of plan) {
      if (action === 'archive' && !removals) continue;
      const before = this.records.get(key) ?? null;
      this.events.push({ key, action, cause: sync.number, before });
      if (action === 'archive') this.records.set(key, { ...(before as Held), status: 'tobedeleted' });
      else {
        const fields = files.get(kindOf(key))?.taken.get(idOf(key))?.fields ?? {};
        this.records.set(key, { fields, status: 'active', owner: sync.source, releasedFrom: null });
      }
    }
  }

  /** By hand. */
  person(key: string, action: string, after: Held): void {
    this.events.push({ key, action, cause: 'person', before: this.records.get(key) ?? null });
    this.records.set(key, after);
  }

  /** What taking back would do: each record's state before, or null for one that was not there. */
  undoing({ number, back }: { number: number; back: boolean }): Map<string, Held | null> {
    const result = new Map<string, Held | null>();
    for (const key of this.records.keys()) {
      const own = this.events.filter((event) => event.key === key);
      let first: Event | undefined;
      for (const event of own.toReversed()) {
        if (event.cause === 'person' || (back ? event.cause < number : event.cause !== number)) break;
        first = event;
        if (!back) break;
      }
      if (first) result.set(key, first.before);
    }
    return new Map(
      [...result].filter(([key, before]) => !sameHeld(this.afterUndo(key, before), this.records.get(key) as Held)),
    );
  }

  /** What was not there before is archived, for its history stays. */
  private afterUndo(key: string, before: Held | null): Held {
    return before ?? { ...(this.records.get(key) as Held), status: 'tobedeleted' };
  }

  rollBack(of: Sync, back: boolean): void {
    this.syncs.push({
      number: this.syncs.length + 1,
      source: of.source,
      sent: null,
      undoes: { number: of.number, back },
      state: 'received',
    });
    this.work();
  }

  private processRollback(sync: Sync): void {
    const undoes = sync.undoes as { number: number; back: boolean };
    const undoing = this.undoing(undoes);
    if (undoing.size === 0) {
      sync.state = 'unchanged';
      return;
    }
    for (const [key, before] of undoing) {
      const now = this.records.get(key) as Held;
      const after = this.afterUndo(key, before);
      this.events.push({ key, action: actionOfUndo(now, before), cause: sync.number, before: now });
      this.records.set(key, after);
    }
    sync.state = 'applied';
    this.markUndone();
  }

  /** A sync is rolled back while a later one takes it back that is not rolled back itself. */
  private markUndone(): void {
    const standing: Sync[] = [];
    for (const sync of this.syncs.toReversed()) {
      if (sync.state !== 'applied' && sync.state !== 'rolled back') continue;
      const isUndone = standing.some(({ undoes }) =>
        undoes?.back ? sync.number >= undoes.number : sync.number === undoes?.number,
      );
      sync.state = isUndone ? 'rolled back' : 'applied';
      if (!isUndone) standing.push(sync);
    }
  }
}

function actionOfUndo(now: Held, before: Held | null): string {
  if (!before || (now.status === 'active' && before.status === 'tobedeleted')) return 'archive';
  if (now.status === 'tobedeleted' && before.status === 'active') return 'reactivate';
  if (now.owner !== 'manual' && before.owner === 'manual') return 'release';
  if (now.owner === 'manual' && before.owner !== 'manual') return 'take over';
  return 'update';
}

export const isDelta = (sent: Sent | undefined | null): boolean =>
  Object.values(sent ?? {}).some((file) => file.mode === 'delta');

function countsOf(plan: Plan): Seen {
  const seen: Seen = new Map();
  for (const [key, action] of plan) {
    const counts = seen.get(kindOf(key)) ?? { added: 0, changed: 0, removed: 0 };
    seen.set(kindOf(key), counts);
    if (action === 'create' || action === 'reactivate') counts.added++;
    else if (action === 'archive') counts.removed++;
    else counts.changed++;
  }
  return seen;
}

/** Whether there is more to do than the person saw who approved it. */
function grown({ seen, choice }: Sync, now: Seen): boolean {
  return [...now].some(([kind, { added, changed, removed }]) => {
    const then = seen?.get(kind) ?? { added: 0, changed: 0, removed: 0 };
    return added > then.added || changed > then.changed || (choice === 'apply all' && removed > then.removed);
  });
}

const same = (a: Record<string, string>, b: Record<string, string>): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
export const sameHeld = (a: Held, b: Held): boolean =>
  same(a.fields, b.fields) && a.status === b.status && a.owner === b.owner;
