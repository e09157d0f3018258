/** Answers why a person is, or is not, in a class: from the history, and from the files that were sent. */
import type { Limits } from '../core/bundle.ts';
import type { AskedFormat } from '../core/formats/recognise.ts';
import type { Finding } from '../core/record.ts';
import { Refusal } from '../core/refusal.ts';
import type { Pool } from '../db/db.ts';
import { sourcesOf } from '../db/districts.ts';
import { type Change, historyOf } from '../db/history.ts';
import type { SyncRow } from '../db/queries.ts';
import { recordOf } from '../db/roster.ts';
import { listSyncs, syncById } from '../db/syncs.ts';
import { findingsKeyOf } from '../db/turns.ts';
import { enrollmentsBetween, goneWith, type Named } from '../db/why.ts';
import type { Archive } from './archive.ts';
import { type FindingPlaces, findingsAbout, type SentRow, type SentTable, sentRows } from './delivery-rows.ts';
import { formatFor } from './format-for.ts';

export type WhyDeps = { db: Pool; archive: Archive; limits: Limits };
export type Pair = { user: string; class: string };

/** How an enrollment went, with what the file says that took it away. */
export type Loss = {
  sourcedId: string;
  change: Change;
  /** Undefined when no delivery took it, or its file is not kept any more. */
  sent: { name: string; mode: SentTable['mode']; row: SentRow | null; rows: number | null } | undefined;
  /** Bulk or delta as the check noted it; null when it was no delivery. */
  mode: 'bulk' | 'delta' | null;
  /** The class, or the person, went with it. */
  with: { class: boolean; user: boolean };
  /** Enrollments of the class, and of the person, that the same sync took, this one among them. */
  gone: { ofClass: number; ofUser: number };
};

export type Membership = { sourcedId: string; isNow: boolean; events: Change[]; loss: Loss | null };

/** What the newest delivery of a source says of the pair. */
export type Latest = {
  sync: SyncRow;
  /** Null when the bytes are not kept any more. */
  rows: SentRow[] | null;
  /** The kinds that it carries at all. */
  carries: { enrollments: boolean; classes: boolean; users: boolean };
  /** In which files people and classes stand. */
  names: { classes: string; users: string };
  /** Whether the class and the person are in it; null where their file is not in it. */
  hasClass: boolean | null;
  hasUser: boolean | null;
  findings: Finding[];
};

export type Findings = {
  memberships: Membership[];
  isNow: boolean;
  /** The last change of the class and of the person, when they are archived or gone. */
  classLeft: Change | null;
  userLeft: Change | null;
  latest: Latest[];
};

/** Everything that is known about a person in a class. Reads kept files, so it may take some seconds for a large district. */
export async function whyOf(
  deps: WhyDeps,
  rosterId: string,
  pair: Pair,
  named: { user: Named; class: Named },
): Promise<Findings> {
  const { db } = deps;
  const ids = await enrollmentsBetween(db, rosterId, pair);
  const memberships: Membership[] = [];
  for (const sourcedId of ids) memberships.push(await membershipOf(deps, rosterId, pair, sourcedId));
  const isHere = named.user.status === 'active' && named.class.status === 'active';
  const isNow = isHere && memberships.some((each) => each.isNow);
  return {
    memberships,
    isNow,
    classLeft: await lastLeaving(db, rosterId, 'classes', named.class),
    userLeft: await lastLeaving(db, rosterId, 'users', named.user),
    latest: isNow ? [] : await latestOf(deps, rosterId, pair, ids),
  };
}

async function membershipOf(deps: WhyDeps, rosterId: string, pair: Pair, sourcedId: string): Promise<Membership> {
  const record = await recordOf(deps.db, rosterId, 'enrollments', sourcedId);
  const events = (await historyOf(deps.db, rosterId, 'enrollments', sourcedId)).toReversed();
  const isNow = record?.status === 'active' && isPair(record.fields, pair);
  const left = isNow ? undefined : events.findLast((event) => isIn(event.before, pair) && !isIn(event.after, pair));
  return { sourcedId, isNow, events, loss: left ? await lossOf(deps, rosterId, pair, sourcedId, left) : null };
}

const isPair = (values: Record<string, unknown>, pair: Pair): boolean =>
  values.userSourcedId === pair.user && values.classSourcedId === pair.class;
/** Whether values are those of an active enrollment of the pair. */
export const isIn = (values: Change['before'], pair: Pair): boolean =>
  values !== null && values.status === 'active' && isPair(values, pair);

async function lossOf(deps: WhyDeps, rosterId: string, pair: Pair, sourcedId: string, change: Change): Promise<Loss> {
  const { db } = deps;
  const none = { ofClass: 0, ofUser: 0 };
  const loss: Loss = {
    sourcedId,
    change,
    sent: undefined,
    mode: null,
    with: { class: false, user: false },
    gone: none,
  };
  if (change.syncId === null) return loss;
  loss.with.class = await wentWith(db, rosterId, 'classes', pair.class, change.syncId);
  loss.with.user = await wentWith(db, rosterId, 'users', pair.user, change.syncId);
  loss.gone = await goneWith(db, rosterId, change.syncId, pair);
  const sync = await syncById(db, change.syncId);
  const table = sync?.tables?.find(({ kind }) => kind === 'enrollments');
  if (!sync?.delivery || !table || table.mode === 'absent') return loss;
  loss.mode = table.mode;
  const format = await readAs(deps.db, rosterId, sync.format);
  const tables = await sentRows(deps, sync.delivery, format, { enrollments: [{ sourcedId }] });
  const sent = tables?.find(({ kind }) => kind === 'enrollments');
  if (sent) loss.sent = { name: sent.name, mode: table.mode, row: sent.rows[0] ?? null, rows: table.rows };
  return loss;
}

/** A format that a product has changed, or a mapping, as it counts now; ours where that is not in use any more. */
async function readAs(db: Pool, rosterId: string, format: string | null): Promise<AskedFormat> {
  const [source] = await sourcesOf(db, { rosterId });
  if (!source || format === null) return 'auto';
  return formatFor(db, { format, product: source.product }).catch((error: unknown) => {
    if (error instanceof Refusal) return 'auto';
    throw error;
  });
}

async function wentWith(db: Pool, rosterId: string, kind: 'classes' | 'users', id: string, syncId: string) {
  const changes = await historyOf(db, rosterId, kind, id);
  return changes.some((change) => change.syncId === syncId && change.action === 'archive');
}

async function lastLeaving(db: Pool, rosterId: string, kind: 'classes' | 'users', { sourcedId, status }: Named) {
  if (status === 'active') return null;
  const changes = await historyOf(db, rosterId, kind, sourcedId);
  return (
    changes.find(({ action, after }) => action === 'archive' || after?.status === 'tobedeleted') ?? changes[0] ?? null
  );
}

/** How many of a source's last deliveries are looked through for one that carries enrollments. */
const deliveriesSearched = 20;

/** The newest delivery of each source that carries enrollments, or could not be read at all. */
async function latestOf(deps: WhyDeps, rosterId: string, pair: Pair, ids: string[]): Promise<Latest[]> {
  const found: Latest[] = [];
  for (const source of await sourcesOf(deps.db, { rosterId })) {
    const syncs = await listSyncs(deps.db, { rosterId, sourceId: source.id, limit: deliveriesSearched });
    const sync = syncs.find(
      ({ delivery, dryRun, tables }) =>
        delivery && !dryRun && (tables ?? []).every(({ kind, mode }) => kind !== 'enrollments' || mode !== 'absent'),
    );
    if (sync?.delivery) found.push(await latestFacts(deps, sync, sync.delivery, pair, ids));
  }
  return found;
}

async function latestFacts(
  deps: WhyDeps,
  sync: SyncRow,
  delivery: NonNullable<SyncRow['delivery']>,
  pair: Pair,
  ids: string[],
): Promise<Latest> {
  const between = { userSourcedId: pair.user, classSourcedId: pair.class };
  const tables = await sentRows(deps, delivery, await readAs(deps.db, sync.rosterId, sync.format), {
    enrollments: [between, ...ids.map((sourcedId) => ({ sourcedId }))],
    classes: [{ sourcedId: pair.class }],
    users: [{ sourcedId: pair.user }],
  });
  const of = (kind: SentTable['kind']) => tables?.find((table) => table.kind === kind);
  const rows = of('enrollments')?.rows ?? [];
  const keys = [...new Set([...rows.map(({ values }) => values.sourcedId as string), ...ids])];
  const files = placesIn([
    { file: 'enrollments.csv', keys, rows },
    { file: 'classes.csv', keys: [pair.class], rows: of('classes')?.rows ?? [] },
    { file: 'users.csv', keys: [pair.user], rows: of('users')?.rows ?? [] },
  ]);
  const key = await findingsKeyOf(deps.db, sync.rosterId, sync.id);
  const all = await findingsAbout(deps.archive, key, files);
  return {
    sync,
    rows: tables ? rows : null,
    names: { classes: of('classes')?.name ?? 'classes.csv', users: of('users')?.name ?? 'users.csv' },
    carries: { enrollments: !!of('enrollments'), classes: !!of('classes'), users: !!of('users') },
    hasClass: of('classes') ? (of('classes')?.rows.length ?? 0) > 0 : null,
    hasUser: of('users') ? (of('users')?.rows.length ?? 0) > 0 : null,
    findings: all.filter(
      ({ severity, rule }) => severity === 'fatal' || severity === 'error' || rule === 'reference-cascade',
    ),
  };
}

/** Where findings about these rows stand; keys are those of the records, and in their own file alone. */
function placesIn(asked: readonly { file: string; keys: string[]; rows: readonly SentRow[] }[]): FindingPlaces {
  const places: FindingPlaces = {};
  const at = (file: string) => {
    places[file] ??= { keys: [], lines: [] };
    return places[file];
  };
  for (const { file, keys, rows } of asked) {
    at(file).keys.push(...keys);
    for (const row of rows) {
      at(row.file).keys.push(...keys);
      at(row.file).lines.push(row.line);
    }
  }
  return places;
}
