/** Writes a roster, as it is or as it was, as a zip of OneRoster CSV that any reader of the standard takes without errors. */
import { rename, rm } from 'node:fs/promises';
import { usualLimits } from '../core/bundle.ts';
import { check } from '../core/check.ts';
import { MadeIds } from '../core/convert/made-ids.ts';
import { roleAs12, userAs12 } from '../core/convert/user-12.ts';
import { manifestFile, tableText, type Written } from '../core/formats/write-oneroster-csv.ts';
import { Refusal } from '../core/refusal.ts';
import { fileOf, type Kind, kindsOf, tableOf, type Version } from '../core/tables.ts';
import type { Pool } from '../db/db.ts';
import { inSnapshot, kindsAt, metadataNamesAt, type RosterAt, recordsAt, type TextRecord } from '../db/roster-at.ts';
import { type PackageFile, writeZip } from '../package/write-zip.ts';
import { openDelivery } from './open.ts';

export type Exported = {
  version: Version;
  /** Records written, by kind. */
  rows: Partial<Record<Kind, number>>;
  /** Records of the roster that no strict reader would take, by rule: they are not written. */
  leftOut: { rule: string; kind: Kind | null; count: number }[];
};

/** Names of the roster's owner for the manifest. */
export type ExportOptions = {
  at: RosterAt;
  /** The version to write; what the records themselves are in when not said. */
  to?: Version;
  systemName?: string;
  /** Absolute path of the zip; it has its name only when it is whole. */
  out: string;
  now: Date;
};

/** Only its user may read it: it holds the data of children. */
const privateBits = 0o600;

/**
 * Writes what was active. Memory does not grow with the roster. What `check` would not take is left out and told, so
 * that reading the export back gives no errors.
 * @throws Refusal `nothing-to-export`, `only-1.2`.
 */
export function exportRoster(db: Pool, options: ExportOptions): Promise<Exported> {
  const draft = `${options.out}.draft`;
  return inSnapshot(db, async (tx) => {
    try {
      const kinds = await kindsAt(tx, options.at);
      if (kinds.length === 0) {
        throw new Refusal('nothing-to-export', 409, 'The roster was empty then: there is nothing to export.');
      }
      const plan = await layout(tx, options, kinds);
      let rows = await write(tx, options, plan, draft, new Map());
      const leftOut = await unreadable(draft, options.now);
      if (leftOut.rules.length > 0) rows = await write(tx, options, plan, draft, leftOut.ids);
      await rename(draft, options.out);
      return { version: plan.version, rows, leftOut: leftOut.rules };
    } finally {
      await rm(draft, { force: true });
    }
  });
}

type Reader = Parameters<typeof recordsAt>[0];
/** `makesRoles`: users are written in the terms of 1.2 where they stand in those of 1.1. */
type Layout = { version: Version; kinds: Kind[]; extensions: Map<Kind, string[]>; makesRoles: boolean };

async function layout(db: Reader, { at, to }: ExportOptions, kinds: Kind[]): Promise<Layout> {
  const only12 = kinds.filter((kind) => !tableOf(kind).versions.includes('1.1'));
  const version = to ?? (only12.length > 0 ? '1.2' : '1.1');
  if (version === '1.1' && only12.length > 0) {
    const sentence = `This roster holds ${only12.join(' and ')}, which OneRoster 1.1 cannot. Export it as 1.2, and turn that into 1.1 with: homeroom convert`;
    throw new Refusal('only-1.2', 409, sentence);
  }
  const makesRoles = version === '1.2' && kinds.includes('users');
  const written = kindsOf(version).filter((kind) => kinds.includes(kind) || (makesRoles && kind === 'roles'));
  const extensions = new Map<Kind, string[]>();
  for (const kind of written) extensions.set(kind, await metadataNamesAt(db, at, kind));
  return { version, kinds: written, extensions, makesRoles };
}

type Without = ReadonlyMap<Kind, ReadonlySet<string>>;

async function write(
  db: Reader,
  options: ExportOptions,
  { version, kinds, extensions, makesRoles }: Layout,
  out: string,
  without: Without,
): Promise<Exported['rows']> {
  const rows: Exported['rows'] = {};
  const source = options.systemName === undefined ? {} : { systemName: options.systemName };
  const sent = new Map(kinds.map((kind) => [kind, 'bulk' as const]));
  const orgTypes = makesRoles ? await orgTypesAt(db, options.at) : new Map<string, string>();
  const files = kinds.map((kind): PackageFile => {
    const records = makesRoles ? in12(db, options.at, kind, orgTypes) : recordsAt(db, options.at, kind);
    const counted = kept(records, without.get(kind) ?? new Set(), () => {
      rows[kind] = (rows[kind] ?? 0) + 1;
    });
    const metadata = extensions.get(kind) ?? [];
    return {
      name: fileOf(kind),
      pieces: () => tableText(kind, { version, metadata }, counted as AsyncIterable<Written>),
    };
  });
  await writeZip([manifestFile(version, sent, source), ...files], out, privateBits);
  return rows;
}

async function* kept(
  records: AsyncIterable<TextRecord>,
  without: ReadonlySet<string>,
  onRow: () => void,
): AsyncGenerator<TextRecord> {
  for await (const each of records) {
    if (without.has(each.record.sourcedId)) continue;
    onRow();
    yield each;
  }
}

async function orgTypesAt(db: Reader, at: RosterAt): Promise<Map<string, string>> {
  const types = new Map<string, string>();
  for await (const { record } of recordsAt(db, at, 'orgs')) types.set(record.sourcedId, record.type ?? '');
  return types;
}

/** Users that came as 1.1 say their role and orgs themselves; in 1.2 these are records of their own. */
async function* in12(
  db: Reader,
  at: RosterAt,
  kind: Kind,
  orgTypes: ReadonlyMap<string, string>,
): AsyncGenerator<TextRecord> {
  if (kind === 'users') {
    for await (const each of recordsAt(db, at, 'users')) {
      if (each.record.role === undefined) yield each;
      else {
        const { user, metadata } = userAs12(each.record, each.metadata);
        yield { record: user, metadata };
      }
    }
    return;
  }
  const ids = new MadeIds();
  for await (const each of recordsAt(db, at, kind)) {
    if (kind === 'roles') ids.take(each.record.sourcedId);
    yield each;
  }
  if (kind === 'roles') yield* madeRoles(db, at, ids, orgTypes);
}

async function* madeRoles(
  db: Reader,
  at: RosterAt,
  ids: MadeIds,
  orgTypes: ReadonlyMap<string, string>,
): AsyncGenerator<TextRecord> {
  for await (const { record } of recordsAt(db, at, 'users')) {
    if (record.role === undefined) continue;
    for (const [index, org] of userAs12(record).orgs.entries()) {
      const made = {
        sourcedId: ids.make(record.sourcedId, org),
        userSourcedId: record.sourcedId,
        roleType: index === 0 ? 'primary' : 'secondary',
        role: roleAs12(record.role, orgTypes.get(org)),
        orgSourcedId: org,
      };
      yield { record: made, metadata: {} };
    }
  }
}

/** What the check leaves out of a zip that was just written, and why. */
async function unreadable(path: string, now: Date) {
  const ids = new Map<Kind, Set<string>>();
  const counts = new Map<string, Exported['leftOut'][number]>();
  const bundle = await openDelivery(path, usualLimits, 'export.zip');
  try {
    await check(bundle, {
      profile: 'default',
      now,
      report({ rule, severity, file }) {
        if (severity !== 'error' && severity !== 'fatal' && rule !== 'reference-cascade') return;
        const kind = kindsOf('1.2').find((each) => fileOf(each) === file) ?? null;
        const known = counts.get(`${rule} ${kind}`);
        if (known) known.count++;
        else counts.set(`${rule} ${kind}`, { rule, kind, count: 1 });
      },
      sink: {
        table() {},
        row() {},
        leftOut(kind, sourcedId) {
          const known = ids.get(kind);
          if (known) known.add(sourcedId);
          else ids.set(kind, new Set([sourcedId]));
        },
        drain() {},
        tableDone() {},
      },
    });
  } finally {
    await bundle.close();
  }
  return { ids, rules: [...counts.values()] };
}
