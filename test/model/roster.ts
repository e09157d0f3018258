/** The roster in memory: what the rules say that deliveries, decisions, people and rollbacks make of it. */

import { keyKinds, type ModelKind, references } from './district.ts';
import type { Choice, Mode, Sent } from './history.ts';
import { meaningOf } from './meaning.ts';
import { type Read, read } from './reading.ts';
import { rename, repointed } from './renames.ts';
import { afterReset, purged } from './seasons.ts';
import { Care, leavesOutMuch, losesMuch } from './vigilance.ts';

export type Held = {
  fields: Record<string, string>;
  status: 'active' | 'tobedeleted';
  /** Index of the source, or by hand. */
  owner: number | 'manual';
  /** The source from whose care a person took it. */
  releasedFrom: number | null;
  /** The day since which it is archived. */
  since?: number;
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
  /** A school-year reset, which is no rollback; `sent` is null too. */
  resets?: 'literacy' | 'math';
  /** When it came to its end, among the ends of all. */
  ended?: number;
  state: State;
  /** Held because an earlier delta was lost: no decision lets it through. */
  lacksBase?: boolean;
  seen?: Seen;
  choice?: Choice;
  /** The day on which a person decided so. */
  decidedOn?: number;
  /** It stands in the place of this one, and holds the removals that were left waiting. */
  follows?: number;
  /** It has been looked at, and waits until this one is decided. */
  waitsFor?: Sync;
  /** The how-manieth it was to change the roster. */
  turn?: number;
  /** Sources that need a full delivery since this rollback. */
  needFull?: number[];
};
const placeOf = ({ follows, number }: Sync): number => follows ?? number;
type Counts = { added: number; changed: number; removed: number };
type Seen = Map<ModelKind, Counts>;
type Plan = Map<string, Action>;

export const keyOf = (kind: ModelKind, id: string): string => `${kind}/${id}`;
export const kindOf = (key: string): ModelKind => key.slice(0, key.indexOf('/')) as ModelKind;
export const idOf = (key: string): string => key.slice(key.indexOf('/') + 1);

export class Roster {
  records = new Map<string, Held>();
  events: Event[] = [];
  /** From former ids to those under which the records stand now: nobody else can use them. */
  formerIds = new Map<string, string>();
  syncs: Sync[] = [];
  /** By source. */
  care = [new Care(), new Care()];
  needsFull = [false, false];
  /** Days since the beginning. */
  today = 0;
  trustFirst: boolean;

  constructor(trustFirst: boolean) {
    this.trustFirst = trustFirst;
  }

  receive(source: number, sent: Sent | undefined): void {
    this.syncs.push({ number: this.syncs.length + 1, source, sent, state: 'received' });
    this.work();
  }

  careOf(source: number): Care {
    return this.care[source] as Care;
  }

  modeOf(source: number): Mode {
    return this.careOf(source).modeOn(this.today);
  }

  /** Whether a person may decide so. */
  mayDecide(sync: Sync, choice: Choice): boolean {
    if (choice === 'discard') return true;
    if (sync.sent === null) return choice === 'apply all';
    if (sync.lacksBase || this.modeOf(sync.source) === 'dry run') return false;
    return sync.follows === undefined || (choice === 'apply all' && this.modeOf(sync.source) !== 'additions only');
  }

  decide(sync: Sync, choice: Choice): void {
    if (choice === 'discard') {
      sync.state = 'discarded';
      if (isDelta(sync.sent)) this.needsFull[sync.source] = true;
    } else {
      sync.choice = choice;
      sync.decidedOn = this.today;
      this.process(sync);
    }
    this.work();
  }

  /** Takes up what can be taken up, in the order of arrival. */
  work(): void {
    for (;;) {
      const open = this.syncs.filter(({ state }) => state === 'received').sort((a, b) => placeOf(a) - placeOf(b) || a.number - b.number); // biome-ignore format: one line is easier to read
      const next = open.find((sync) => this.isDue(sync));
      if (!next) return;
      this.process(this.newerInstead(next, open));
    }
  }

  /** Where several wait, the newest complete one goes first that says anew all that those before it say; changes are never skipped. */
  private newerInstead(next: Sync, open: Sync[]): Sync {
    if (next.follows !== undefined || next.waitsFor || isDelta(next.sent) || Object.keys(next.sent ?? {}).length === 0)
      return next;
    const waiting = open.filter((each) => each.source === next.source && each.sent !== null && each.follows === undefined && !each.waitsFor); // biome-ignore format: one line is easier to read
    const said = new Set(Object.keys(next.sent as Sent));
    let newest = next;
    for (const { sent, number } of waiting.slice(waiting.indexOf(next) + 1)) {
      if (isDelta(sent)) break;
      const kinds = Object.keys(sent ?? {});
      if (kinds.length > 0 && [...said].every((kind) => kinds.includes(kind))) newest = this.syncs[number - 1] as Sync;
      for (const kind of kinds) said.add(kind);
    }
    return newest;
  }

  private isDue(sync: Sync): boolean {
    if (sync.sent === null) return true;
    if (this.modeOf(sync.source) === 'paused') return false;
    // What waits is looked at again when that is decided, and not before.
    if (sync.waitsFor?.state === 'held') return false;
    if (!this.waitsBehind(sync)) return true;
    const earlier = this.earlierWaiting(sync);
    sync.waitsFor = earlier.find(({ state }) => state === 'held') ?? (earlier[0] as Sync);
    return false;
  }

  /** Deliveries of the source that came before, and wait. */
  private earlierWaiting(sync: Sync): Sync[] {
    return this.syncs.filter(
      (each) => each !== sync && placeOf(each) < placeOf(sync) && each.source === sync.source && each.sent !== null &&
        (each.state === 'held' || each.state === 'received'),
    ); // biome-ignore format: readable
  }

  /**
   * What builds on one that waits, or does not say anew all that it says, waits until that is decided. So does what comes
   * after changes, which are never skipped, but for those that have nothing to build on any more.
   */
  private waitsBehind(sync: Sync): boolean {
    if (!sync.sent || (isDelta(sync.sent) && this.needsFull[sync.source])) return false;
    const { sent, source } = sync;
    return this.earlierWaiting(sync).some(
      (held) => isDelta(sent) || Object.keys(held.sent ?? {}).some((kind) => sent[kind as ModelKind]?.mode !== 'bulk') ||
        (isDelta(held.sent) && held.follows === undefined && !this.needsFull[source]),
    ); // biome-ignore format: readable
  }

  private process(sync: Sync): void {
    const { sent, source } = sync;
    if (sent === null) return sync.resets ? this.processReset(sync, sync.resets) : this.processRollback(sync);
    if (sent === undefined) {
      // What cannot be opened is taken for what the source sent last.
      const last = this.lastThrough(sync);
      if (last && isDelta(last.sent)) this.needsFull[source] = true;
      sync.state = 'rejected';
      return;
    }
    if (isDelta(sent) && this.needsFull[source]) {
      sync.state = 'held';
      sync.lacksBase = true;
      return;
    }
    for (const earlier of this.earlierWaiting(sync)) earlier.state = 'superseded';
    const isLive = (kind: ModelKind, id: string, others?: boolean) => {
      const held = this.records.get(keyOf(kind, id));
      return held?.status === 'active' && !(others && held.owner === source);
    };
    const files = read(sent, isLive, (kind, rows) => meaningOf(this.records, kind, rows));
    const whole = this.compare(source, files);
    const plan = sync.follows === undefined ? whole : new Map([...whole].filter(([, action]) => action === 'archive'));
    const mode = this.modeOf(source);
    const removing = mode !== 'additions only';
    const effective = [...plan.values()].filter((action) => removing || action !== 'archive');
    if (plan.size === 0 || (effective.length === 0 && sync.follows === undefined)) return this.end(sync, 'unchanged');
    const isDecided = sync.choice && mode !== 'dry run';
    const unusual = isDecided ? grown(sync, countsOf(plan)) : this.unusual(sync, files, plan);
    // Removals that are all that is unusual are held by themselves, when there is something else to apply.
    const splits = !isDecided && unusual === 'removals' && this.careOf(source).holdsOnlyRemovals && sync.follows === undefined &&
      [...plan.values()].some((action) => action !== 'archive'); // biome-ignore format: readable
    if ((unusual && !splits) || (sync.follows !== undefined && !removing)) {
      sync.state = 'held';
      sync.seen = countsOf(plan);
      delete sync.choice;
      return;
    }
    const removals = removing && sync.choice !== 'apply additions and updates' && !splits;
    this.apply(sync, files, plan, removals);
    if (!removals && removing && [...plan.values()].includes('archive')) this.follow(sync);
    this.end(sync, 'applied');
  }

  /** The removals that are left waiting are a sync of their own. */
  private follow(sync: Sync): void {
    const number = this.syncs.length + 1;
    const removals: Sync = { number, source: sync.source, sent: sync.sent, state: 'received', follows: placeOf(sync) };
    for (const each of this.syncs)
      if (each.source === sync.source && each.state === 'received' && each.waitsFor) each.waitsFor = removals;
    this.syncs.push(removals);
  }

  private ends = 0;

  private end(sync: Sync, state: 'applied' | 'unchanged'): void {
    sync.state = state;
    sync.ended = ++this.ends;
    if (sync.sent && keyKinds.every((kind) => sync.sent?.[kind]?.mode === 'bulk')) this.needsFull[sync.source] = false;
  }

  private lastThrough(sync: Sync): Sync | undefined {
    return this.syncs.findLast(
      (each) => placeOf(each) < placeOf(sync) && each.source === sync.source && each.sent !== null &&
        (each.state === 'applied' || each.state === 'unchanged'),
    ); // biome-ignore format: readable
  }

  private compare(source: number, files: Map<ModelKind, Read>): Plan {
    const plan: Plan = new Map();
    for (const [kind, file] of files) {
      for (const [id, { fields, ended }] of file.taken) {
        // Demographics of a user who gets another id: the roster's move along, under which they may come too.
        if (kind === 'demographics' && isFormer(id, files.get('users'))) continue;
        const action = this.actionOn(source, meant(keyOf(kind, id), files), keyOf(kind, id), fields, ended);
        if (action) plan.set(keyOf(kind, id), action);
      }
      if (file.mode === 'delta' || file.doubtful) continue;
      const said = [...file.taken.keys(), ...file.leftOut].map((id) => keyOf(kind, id));
      const isThere = new Set([...said, ...said.map((key) => meant(key, files))]);
      for (const [key, held] of this.records) {
        if (kindOf(key) !== kind || held.owner !== source || held.status !== 'active') continue;
        if (!isThere.has(key)) plan.set(key, 'archive');
      }
    }
    return plan;
  }

  private actionOn(
    source: number,
    key: string,
    sentAs: string,
    fields: Record<string, string>,
    ended: boolean,
  ): Action | undefined {
    const held = this.records.get(key);
    if (ended) return held?.owner === source && held.status === 'active' ? 'archive' : undefined;
    if (!held) return 'create';
    // Who is sent under another id than the one that was released has begun anew.
    if (held.owner === 'manual') return held.releasedFrom === null || key !== sentAs ? 'take over' : undefined;
    if (held.owner !== source) return undefined;
    if (held.status === 'tobedeleted') return 'reactivate';
    return same(held.fields, fields) ? undefined : 'update';
  }

  private unusual(sync: Sync, files: Map<ModelKind, Read>, plan: Plan): boolean | 'removals' {
    const { source } = sync;
    const mode = this.modeOf(source);
    if (mode === 'dry run' || sync.follows !== undefined) return true;
    const last = this.lastThrough(sync);
    if (!this.trustFirst && !last) return true;
    // Somebody looks at the first delivery after a reset that stands.
    const isReset = ({ resets, state, ended }: Sync) =>
      resets && state === 'applied' && (ended ?? 0) > (last?.ended ?? 0);
    if (last && this.syncs.some(isReset)) return true;
    if (this.lacksReview(source)) return true;
    const limits = this.careOf(source).limitsOn(this.today);
    if (leavesOutMuch(files, limits)) return true;
    if (mode === 'additions only') return false;
    return losesMuch(this.records, source, files, (key) => plan.get(key) === 'archive', limits) && 'removals';
  }

  /** Since the last window of the calendar ended, nobody has had a delivery of the source applied. */
  private lacksReview(source: number): boolean {
    const window = this.careOf(source).windowBefore(this.today);
    if (!window) return false;
    const isReview = ({ state, source: of, decidedOn, sent }: Sync) =>
      of === source && sent && (state === 'applied' || state === 'rolled back') && (decidedOn ?? -1) > window.to;
    return !this.syncs.some(isReview);
  }

  private turns = 0;

  private apply(sync: Sync, files: Map<ModelKind, Read>, plan: Plan, removals: boolean): void {
    sync.turn = ++this.turns;
    const renamed = new Set<string>();
    const now = new Map<string, string>();
    for (const [key, action] of plan) {
      const former = files.get(kindOf(key))?.taken.get(idOf(key))?.former;
      if (former === undefined || action !== 'take over') continue;
      rename(this, keyOf(kindOf(key), former), idOf(key), { action: 'take over', cause: sync.number });
      renamed.add(key);
      now.set(keyOf(kindOf(key), former), idOf(key));
    }
    for (const [planned, action] of plan) {
      if (action === 'archive' && !removals) continue;
      // Demographics have moved with their user.
      const key =
        action === 'archive' && !this.records.has(planned) ? (this.formerIds.get(planned) as string) : planned;
      const before = this.records.get(key) ?? null;
      if (!renamed.has(key)) this.events.push({ key, action, cause: sync.number, before });
      if (action === 'archive') this.records.set(key, this.archived(before as Held));
      else {
        const said = files.get(kindOf(key))?.taken.get(idOf(key))?.fields ?? {};
        const fields = repointed(kindOf(key), said, (to, id) => now.get(keyOf(to, id)) ?? id);
        this.records.set(key, { fields, status: 'active', owner: sync.source, releasedFrom: null });
      }
    }
  }

  private archived(held: Held): Held {
    return { ...held, status: 'tobedeleted', since: this.today };
  }

  /** What a reset changes, and to what. */
  resetting(variant: 'literacy' | 'math'): Map<string, Held> {
    return afterReset(this.records, variant, (held) => this.archived(held));
  }

  reset(variant: 'literacy' | 'math'): void {
    this.syncs.push({ number: this.syncs.length + 1, source: 0, sent: null, resets: variant, state: 'received' });
    this.work();
  }

  private processReset(sync: Sync, variant: 'literacy' | 'math'): void {
    sync.turn = ++this.turns;
    for (const [key, after] of this.resetting(variant)) {
      const action = after.status === 'tobedeleted' ? 'archive' : 'update';
      this.events.push({ key, action, cause: sync.number, before: this.records.get(key) ?? null });
      this.records.set(key, after);
    }
    this.end(sync, 'applied');
  }

  /** What has been archived for more than 90 days, and to which nothing refers, is purged; its history stays. */
  passDays(days: number): void {
    this.today += days;
    for (const key of purged(this.records, (held) => this.today - (held.since ?? 0) > 90)) {
      this.events.push({ key, action: 'purge', cause: 'person', before: this.records.get(key) ?? null });
      this.records.delete(key);
      for (const [former, now] of this.formerIds) if (now === key) this.formerIds.delete(former);
    }
    this.work();
  }

  /** By hand. */
  person(key: string, action: string, after: Held): void {
    const before = this.records.get(key) ?? null;
    this.events.push({ key, action, cause: 'person', before });
    const isGoing = after.status === 'tobedeleted' && before?.status === 'active';
    this.records.set(key, isGoing ? this.archived(after) : after);
  }

  /** What taking back would do: each record's state before, or null for one that was not there. */
  undoing({ number, back }: { number: number; back: boolean }): Map<string, Held | null> {
    const result = new Map<string, Held | null>();
    for (const key of this.records.keys()) {
      const own = this.events.filter((event) => event.key === key);
      let first: Event | undefined;
      for (const event of own.toReversed()) {
        // Time is nobody: what it has purged, and what came back since, is undone with the rest.
        if (back && event.action === 'purge') continue;
        if (event.cause === 'person' || !this.isUndoneBy(event.cause, { number, back })) break;
        first = event;
      }
      if (first) result.set(key, first.before);
    }
    // Whose former id somebody else has by now stays as it is.
    const free = [...result].filter(([key, before]) => {
      const former = formerKey(key, before);
      return former === key || !this.records.has(former);
    });
    const restored = new Set(free.map(([key, before]) => formerKey(key, before)));
    return new Map(
      free.filter(
        ([key, before]) =>
          !sameHeld(this.afterUndo(key, before), this.records.get(key) as Held) &&
          !this.needsTheGone(key, before, restored),
      ),
    );
  }

  /** It would be active, and refer to what was purged, or has another id by now and keeps that. */
  private needsTheGone(key: string, before: Held | null, restored: ReadonlySet<string>): boolean {
    if (before?.status !== 'active') return false;
    return references[kindOf(key)].some(({ field, to }) =>
      (before.fields[field] ?? '')
        .split(',')
        .some((id) => id !== '' && !this.records.has(keyOf(to, id)) && !restored.has(keyOf(to, id))),
    );
  }

  private isUndoneBy(sync: number, { number, back }: { number: number; back: boolean }): boolean {
    const turn = (of: number) => this.syncs[of - 1]?.turn ?? 0;
    return back ? turn(sync) >= turn(number) : sync === number;
  }

  /** What was not there before is archived, for its history stays. */
  private afterUndo(key: string, before: Held | null): Held {
    const held = this.records.get(key) as Held;
    return before ?? (held.status === 'tobedeleted' ? held : this.archived(held));
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
    sync.turn = ++this.turns;
    for (const [key, before] of undoing) {
      const now = this.records.get(key) as Held;
      const after = this.afterUndo(key, before);
      this.events.push({ key, action: actionOfUndo(now, before), cause: sync.number, before: now });
      this.records.set(key, { ...after, fields: { ...after.fields, sourcedId: idOf(key) } });
    }
    for (const [key, before] of undoing) {
      const former = formerKey(key, before);
      if (former !== key && kindOf(key) !== 'demographics')
        rename(this, key, idOf(former), { action: 'update', cause: sync.number });
    }
    sync.ended = ++this.ends;
    this.markUndone();
  }

  /** A sync is rolled back while a later one takes it back that is not rolled back itself. */
  private markUndone(): void {
    const before = new Map(this.syncs.map((sync) => [sync, sync.state]));
    const standing: Sync[] = [];
    for (const sync of this.syncs.filter(({ turn }) => turn).sort((a, b) => (b.turn ?? 0) - (a.turn ?? 0))) {
      const isUndone = standing.some(({ undoes }) => undoes && this.isUndoneBy(sync.number, undoes));
      sync.state = isUndone ? 'rolled back' : 'applied';
      if (!isUndone) standing.push(sync);
    }
    this.markNeeds(this.syncs.filter((sync) => sync.state === 'rolled back' && before.get(sync) === 'applied'));
  }

  /** A source that sends changes builds on what was taken back; it has that again when the rollback is taken back. */
  private markNeeds(undone: Sync[]): void {
    const sendsChanges = (source: number, since: number) =>
      this.syncs.some((sync) => sync.source === source && sync.number > since && isDelta(sync.sent));
    for (const { needFull = [], number } of undone) {
      for (const source of needFull) if (!sendsChanges(source, number)) this.needsFull[source] = false;
    }
    const rollback = this.syncs.findLast(({ undoes, turn }) => undoes && turn === this.turns) as Sync;
    rollback.needFull = [0, 1].filter(
      (source) => !this.needsFull[source] && sendsChanges(source, 0) && undone.some((sync) => sync.source === source && sync.sent),
    ); // biome-ignore format: readable
    for (const source of rollback.needFull) this.needsFull[source] = true;
  }
}

/** The record that a row means: of a user or an org, also one that people keep under another id, and of demographics, that user's. */
function meant(key: string, files: Map<ModelKind, Read>): string {
  const kind = kindOf(key);
  const row = files.get(kind === 'demographics' ? 'users' : kind)?.taken.get(idOf(key));
  return row?.former === undefined ? key : keyOf(kind, row.former);
}

const isFormer = (id: string, users: Read | undefined): boolean =>
  [...(users?.taken.values() ?? [])].some(({ former }) => former === id);

/** Under which id it stood before. */
const formerKey = (key: string, before: Held | null): string =>
  keyOf(kindOf(key), before?.fields.sourcedId ?? idOf(key));

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
