/** Makes one delivery of what was pulled: a OneRoster zip as any other, with a remark on each deviation. */
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { manifestFile } from '../core/formats/write-oneroster-csv.ts';
import { type CollectionName, collections } from '../core/rest/collections.ts';
import { fileOf, type Kind, keyKinds, kindsOf } from '../core/tables.ts';
import type { PageNotes, PageRow, PullRow } from '../db/pulls.ts';
import type { Early } from './early.ts';
import { type Fetched, Gaps, type Referred } from './gaps.ts';
import {
  type Gathered,
  type GatheredPages,
  type GatheringOptions,
  gather,
  type Mend,
  type MorePart,
} from './gathered.ts';
import { changedMemory, emptyMemory, type Memory, Places, type RememberedParts } from './memory.ts';
import { addNotes } from './notes.ts';
import type { PullPlan } from './plan.ts';
import type { PageStore } from './store.ts';
import { PullTrouble } from './trouble.ts';

export type Made = {
  zip: AsyncIterable<Uint8Array>;
  memory: Memory;
  notes: Map<Kind, PageNotes>;
  /** Records by kind, those that have left not counted. */
  counts: Partial<Record<Kind, number>>;
  /** Records that were added or changed, and that the nightly changes should have told. */
  keptBack: number;
};

export type MakeDeps = {
  store: PageStore;
  pull: Pick<PullRow, 'progress'>;
  plan: PullPlan;
  pages: readonly PageRow[];
  /** What was pulled before; undefined where nothing is known. */
  memory: Memory | undefined;
  /** By collection: until when the nightly changes were asked for since the last full pull; undefined: there were none. */
  toldUntil: Record<string, number> | undefined;
  systemName: string;
  /** What was looked at while it was read. */
  early?: Early | undefined;
  /** Asks for records one by one. */
  fetchSingly(name: 'users' | 'classes', ids: Iterable<string>): Promise<Fetched>;
};

/** A page of the pull is not there any more; the pull begins anew. */
export class PageLost extends Error {}
const lost = () => new PageLost('a page is not in the store any more');

/** @throws PullTrouble `empty`, PageLost */
export async function makeDelivery(deps: MakeDeps): Promise<Made> {
  const { plan, pages, pull } = deps;
  const notes = new Map<Kind, PageNotes>();
  for (const { collection, notes: more } of pages)
    addNotes(notes, collections[collection as CollectionName].kind, more);
  const note = (kind: Kind, rule: string, field: string, count: number) => {
    if (count > 0) addNotes(notes, kind, { [rule]: { [field]: count } });
  };
  for (const name of plan.collections) {
    const { state, isUnconfirmed } = pull.progress[name] ?? { state: 'waiting' };
    const { kind } = collections[name];
    if (state === 'not offered' || state === 'not permitted') note(kind, 'api-collection-missing', state, 1);
    if (isUnconfirmed && plan.scope === 'full') note(kind, 'api-end-unconfirmed', '', 1);
  }
  if (plan.collections.includes('students')) note('users', 'api-users-joined', '', 1);
  const kinds = [...new Set(plan.collections.map((name) => collections[name].kind))];
  const before = deps.early?.all(pages);
  const gaps = (before && deps.early?.gaps) ?? new Gaps();
  const gathered = before ?? (await gatherAll(kinds, deps, gaps));
  const meant = new Map<Referred, Map<string, string>>();
  for (const [at, rows] of gathered.entries()) {
    const own = await gaps.otherLetters(rows);
    if (own.size > 0) meant.set(rows.kind as Referred, own);
    note(rows.kind, 'api-id-letters', '', own.size);
    const fetched = await fetchedOf(rows, gaps, deps);
    note(rows.kind, 'api-fetched-singly', '', fetched.count);
    if (fetched.count > 0) gathered[at] = await gatherKind(rows.kind, deps, new Gaps(), fetched);
  }
  const inferred = [...gaps.inferredRoles()];
  note('users', 'api-role-inferred', '', new Set(inferred.map(({ owner }) => owner)).size);
  for (const { kind, repeated, contradicting, deleted, mode } of gathered) {
    note(kind, 'api-record-repeated', '', repeated);
    note(kind, 'api-record-contradicting', '', contradicting);
    if (mode === 'bulk') note(kind, 'api-left-listed', '', deleted);
  }
  refuseEmpty(gathered, plan);
  const keptBack = plan.scope === 'full' ? noteMissed(gathered, deps, note) : 0;
  const gone = plan.scope === 'changes' ? await partsGone(gathered, deps.memory) : new Map<Kind, Gone[]>();
  const memory = await nextMemory(gathered, plan.scope === 'changes' ? deps.memory : undefined);
  const counts = Object.fromEntries(gathered.map(({ kind, active }) => [kind, active]));
  const more = new Map<Kind, MorePart[]>(gone);
  if (inferred.length > 0) more.set('roles', [...(gone.get('roles') ?? []), ...inferred]);
  return { zip: zipOf(gathered, more, mendOf(meant), deps), memory, notes, counts, keptBack };
}

/** What paging has lost is a little; where much is missing, it is not shared. */
async function fetchedOf({ kind }: Gathered, { missing }: Gaps, deps: MakeDeps): Promise<Fetched> {
  const ids = missing.get(kind as Referred);
  const name = (['users', 'classes'] as const).find((each) => each === kind);
  const isRead = name && deps.plan.collections.includes(name);
  return ids && ids.size > 0 && isRead ? deps.fetchSingly(name, ids) : { block: Buffer.alloc(0), count: 0 };
}

/** Puts ids of enrollments in the letters that the records themselves have. */
function mendOf(meant: ReadonlyMap<Referred, ReadonlyMap<string, string>>): Mend | undefined {
  if (meant.size === 0) return undefined;
  const [classes, orgs, users] = (['classes', 'orgs', 'users'] as const).map((kind) => meant.get(kind));
  return ([inClass = '', org = '', user = '', ...rest]) => [
    classes?.get(inClass) ?? inClass,
    orgs?.get(org) ?? org,
    users?.get(user) ?? user,
    ...rest,
  ];
}

async function gatherAll(kinds: readonly Kind[], deps: MakeDeps, gaps: Gaps): Promise<Gathered[]> {
  const gathered: Gathered[] = [];
  for (const kind of kinds) {
    const rows = await gatherKind(kind, deps, gaps);
    gathered.push(rows);
    if (deps.plan.scope === 'full') gaps.know(rows);
  }
  return gathered;
}

function gatherKind(kind: Kind, deps: MakeDeps, gaps: Gaps, fetched?: Fetched): Promise<Gathered> {
  return gather({ ...gatheringOf(kind, deps.plan, gaps), ...pagesOfKind(kind, deps, fetched) });
}

/** How rows of a kind are looked at. */
export function gatheringOf(kind: Kind, { version, startedAt }: PullPlan, gaps: Gaps): GatheringOptions {
  return {
    kind,
    version,
    now: new Date(startedAt),
    look(page) {
      if (kind === 'users' && version === '1.2') gaps.lookAtUsers(page);
      if (kind === 'enrollments') gaps.lookAtEnrollments(page);
    },
  };
}

export type PagesOf = Pick<MakeDeps, 'store' | 'pull' | 'plan' | 'pages'>;

/** The pages of a kind, in the order in which they came, and whether they tell of everything. */
export function pagesOfKind(
  kind: Kind,
  { store, pull, plan, pages }: PagesOf,
  fetched: Fetched = { block: Buffer.alloc(0), count: 0 },
): GatheredPages {
  const names = plan.collections.filter((name) => collections[name].kind === kind);
  const own = names.flatMap((name) => pages.filter(({ collection, rows }) => collection === name && rows > 0));
  const isUnconfirmed = names.some((name) => pull.progress[name]?.isUnconfirmed);
  return {
    mode: plan.scope === 'changes' || isUnconfirmed ? 'delta' : 'bulk',
    pages: [
      ...own.map(({ storeKey, rows }) => ({
        rows,
        async open() {
          const page = await store.get(storeKey);
          if (!page) throw lost();
          return page.rows;
        },
        async *pieces() {
          if (!(yield* store.pieces(storeKey))) throw lost();
        },
      })),
      {
        rows: fetched.count,
        open: async () => fetched.block,
        async *pieces() {
          yield fetched.block;
        },
      },
    ],
  };
}

/** Keys that may see nothing are the most frequent slip when something is set up. */
function refuseEmpty(gathered: readonly Gathered[], { scope }: PullPlan): void {
  if (scope === 'changes' || gathered.some(({ kind, active }) => kind !== 'academicSessions' && active > 0)) return;
  throw new PullTrouble(
    'empty',
    'The key and the secret are right, but nothing is shared with them yet: the API hands out no school, class or person.',
  );
}

/** What the nightly changes should have told, held against what is there. */
function noteMissed(
  gathered: readonly Gathered[],
  { memory, toldUntil, plan }: MakeDeps,
  note: (kind: Kind, rule: string, field: string, count: number) => void,
): number {
  if (!memory || !toldUntil) return 0;
  let keptBack = 0;
  for (const rows of gathered) {
    const before = memory.kinds.get(rows.kind);
    if (!before || rows.mode !== 'bulk') continue;
    const name = plan.collections.find((each) => collections[each].kind === rows.kind) as CollectionName;
    const until = toldUntil[name] ?? Number.NEGATIVE_INFINITY;
    const places = new Places(before.ids);
    let [added, changed, same] = [0, 0, 0];
    for (let at = 0; at < rows.ids.length; at++) {
      const place = places.of(rows.ids[at] as number);
      if (place >= 0 && before.contents[place] === rows.contents[at]) same++;
      // What changed after the last question could not be told.
      const isLater = rows.changedAt(at) > until;
      if (place < 0) added += isLater ? 0 : 1;
      else if (before.contents[place] !== rows.contents[at]) {
        same++;
        changed += isLater ? 0 : 1;
      }
    }
    note(rows.kind, 'api-changes-missed', 'added', added);
    note(rows.kind, 'api-changes-missed', 'changed', changed);
    note(rows.kind, 'api-removals-untold', '', before.ids.length - same);
    keptBack += added + changed;
  }
  return keptBack;
}

type Gone = { owner: string; sourcedId: string };

/** Parts that people who have changed had before and have no more. */
async function partsGone(gathered: readonly Gathered[], memory: Memory | undefined): Promise<Map<Kind, Gone[]>> {
  const gone = new Map<Kind, Gone[]>();
  const users = gathered.find(({ kind }) => kind === 'users');
  if (!users || !memory) return gone;
  const now = new Map<Kind, Set<string>>();
  await users.eachPart(({ kind, sourcedId }) => {
    const own = now.get(kind) ?? new Set();
    now.set(kind, own.add(sourcedId));
  });
  const owners = new Map<number, string>();
  await users.eachRow((id, hash) => {
    owners.set(hash, id);
  });
  for (const [kind, parts] of memory.parts) {
    const list: Gone[] = [];
    for (let at = 0; at < parts.owners.length; at++) {
      const owner = owners.get(parts.owners[at] as number);
      if (owner === undefined) continue;
      const sourcedId = `${owner}.${hex(parts.high[at] as number)}${hex(parts.low[at] as number)}`;
      if (!now.get(kind)?.has(sourcedId)) list.push({ owner, sourcedId });
    }
    if (list.length > 0) gone.set(kind, list);
  }
  return gone;
}

const hex = (half: number): string => half.toString(16).padStart(8, '0');

/** What is known after this pull. */
async function nextMemory(gathered: readonly Gathered[], before: Memory | undefined): Promise<Memory> {
  const memory = emptyMemory();
  for (const rows of gathered) {
    const { kind, ids, contents } = rows;
    const removed = new Set<number>();
    for (const [at, id] of ids.entries()) if (rows.isDeleted(at)) removed.add(id);
    const isLeft = (_: number, at: number) => !rows.isDeleted(at);
    const [left, kept] = removed.size === 0 ? [ids, contents] : [ids.filter(isLeft), contents.filter(isLeft)];
    memory.kinds.set(kind, changedMemory(before?.kinds.get(kind), { ids: left, contents: kept }, removed));
  }
  const users = gathered.find(({ kind }) => kind === 'users');
  if (users && (users.parts.size > 0 || before)) await rememberParts(memory, users, before);
  return memory;
}

async function rememberParts(memory: Memory, users: Gathered, before: Memory | undefined): Promise<void> {
  const found = new Map<Kind, { owners: number[]; high: number[]; low: number[] }>();
  const listOf = (kind: Kind) => {
    const list = found.get(kind) ?? { owners: [], high: [], low: [] };
    found.set(kind, list);
    return list;
  };
  await users.eachPart(({ kind, sourcedId, ownerHash }) => {
    const { owners, high, low } = listOf(kind);
    owners.push(ownerHash);
    high.push(Number.parseInt(sourcedId.slice(-16, -8), 16));
    low.push(Number.parseInt(sourcedId.slice(-8), 16));
  });
  const changed = new Places(users.ids);
  for (const [kind, parts] of before?.parts ?? []) {
    const { owners, high, low } = listOf(kind);
    for (let at = 0; at < parts.owners.length; at++) {
      if (changed.of(parts.owners[at] as number) >= 0) continue;
      owners.push(parts.owners[at] as number);
      high.push(parts.high[at] as number);
      low.push(parts.low[at] as number);
    }
  }
  for (const [kind, { owners, high, low }] of found) {
    const parts: RememberedParts = {
      owners: Float64Array.from(owners),
      high: Uint32Array.from(high),
      low: Uint32Array.from(low),
    };
    memory.parts.set(kind, parts);
  }
}

/** The same records give the same bytes, at whatever time they were pulled. */
function zipOf(
  gathered: readonly Gathered[],
  more: ReadonlyMap<Kind, MorePart[]>,
  mend: Mend | undefined,
  { plan, systemName }: MakeDeps,
): AsyncIterable<Uint8Array> {
  const sent = new Map<Kind, 'bulk' | 'delta'>();
  const zip = new ZipFile();
  const packed = zip.outputStream as Readable;
  const options = { mtime: new Date(1980, 0, 1), mode: 0o100600, compress: false };
  const giveUp = (error: unknown) => void packed.destroy(error as Error);
  const add = (kind: Kind, mode: 'bulk' | 'delta', lines: () => AsyncIterable<Uint8Array>) => {
    sent.set(kind, mode);
    files.push(() =>
      zip.addReadStreamLazy(fileOf(kind), options, (done) =>
        done(null, Readable.from(lines(), { objectMode: false }).on('error', giveUp)),
      ),
    );
  };
  const files: (() => void)[] = [];
  for (const kind of kindsOf(plan.version)) {
    const rows = gathered.find((each) => each.kind === kind);
    // A key file that is empty is sent as such, so that nobody takes it for one that was not asked for.
    const isSent =
      rows && (rows.ids.length > 0 || (rows.mode === 'bulk' && (keyKinds as readonly Kind[]).includes(kind)));
    if (isSent) add(kind, rows.mode, () => rows.lines(kind === 'enrollments' ? mend : undefined));
    const users = gathered.find((each) => each.kind === 'users');
    if ((kind === 'roles' || kind === 'userProfiles') && users && (users.parts.has(kind) || more.has(kind)))
      add(kind, users.mode, () => users.partLines(kind, more.get(kind) ?? []));
  }
  const manifest = manifestFile(plan.version, sent, { systemName });
  zip.on('error', giveUp);
  zip.addBuffer(Buffer.concat([...manifest.pieces()]), manifest.name, options);
  for (const file of files) file();
  zip.end();
  return packed;
}
