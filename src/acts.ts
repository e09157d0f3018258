/** What operators can do, as one object of functions: behind the command line, the control socket and the tests. */

import { readdir, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { Refusal } from './core/refusal.ts';
import type { Profile } from './core/rules/rule.ts';
import { type Kind, rosterKinds } from './core/tables.ts';
import { accountByEmail, addAccount, type Role } from './db/accounts.ts';
import { audit } from './db/audit.ts';
import type { Pool } from './db/db.ts';
import * as districts from './db/districts.ts';
import { historyOf } from './db/history.ts';
import type { SyncRow } from './db/queries.ts';
import { recordOf } from './db/roster.ts';
import { type Choice, listSyncs, ruleCountsOf, stepsOf, syncById } from './db/syncs.ts';
import { createLink } from './people/links.ts';
import { setPassword } from './people/password.ts';
import { countsMade, decide } from './sync/decide.ts';
import type { Inbox } from './sync/inbox.ts';
import { reportOf } from './sync/publish.ts';

export type Acts = ReturnType<typeof createActs>;

export type ActsDeps = {
  db: Pool;
  inbox: Inbox;
  enqueue(rosterId: string): Promise<void>;
  /** First part of every upload path. */
  vendor: string;
  /** Largest file that is taken. */
  uploadLimitBytes: number;
  /** Most files of one set. */
  filesLimit: number;
  /** Address of the console, without a slash at the end. */
  consoleUrl(): string;
  /** What runs here, for `status`. */
  status(): Record<string, unknown>;
  now(): Date;
};

type Which = { district: string; product: string };

const signInLinkMs = 15 * 60_000;
const invitationMs = 24 * 3_600_000;
/** Stands for the person in what is noted about an act of the command line. */
const operator = 'command line';

/** Every act takes one plain object and answers plain data, so that it can be called through a socket too. */
export function createActs(deps: ActsDeps) {
  const { db } = deps;
  const noted = (act: string, object: string, detail: Record<string, unknown> = {}) =>
    audit(db, { act, object, detail: { ...detail, by: operator } });

  return {
    async status() {
      return deps.status();
    },

    async addProduct({ slug, name }: { slug: string; name: string }) {
      const product = await districts.addProduct(db, { slug, name });
      await noted('product added', product.id);
      return product;
    },

    async addDistrict(district: districts.NewDistrict) {
      const added = await districts.addDistrict(db, district);
      await noted('district added', added.id);
      return added;
    },

    /** A person: of a district with `district`, else of the vendor. With a password they can come in at once. */
    async addContact(person: { email: string; name?: string; district?: string; role?: Role; password?: string }) {
      const district = person.district === undefined ? undefined : await districtOf(db, person.district);
      const role = person.role ?? (district ? 'administrator' : 'operator');
      const account = await db.tx(async (tx) => {
        const added = await addAccount(tx, {
          email: person.email,
          role,
          districtId: district?.id ?? null,
          name: person.name ?? '',
        });
        if (person.password !== undefined) await setPassword(tx, added.id, person.password);
        return added;
      });
      await noted('account added', account.id, { role });
      if (person.password !== undefined) return { id: account.id, email: account.email, role, link: null };
      const token = await createLink(db, { accountId: account.id, purpose: 'sign-in', ttlMs: invitationMs });
      return { id: account.id, email: account.email, role, link: linkTo(deps, token) };
    },

    async addSource(source: Which & NewSource) {
      const { district, product } = await pairOf(db, source);
      const roster = await districts.ensureRoster(db, district.id, product.id);
      const { kind = 'sftp', name = kind === 'sftp' ? 'SFTP' : 'Upload', format, profile, mode, trustFirst } = source;
      const given = Object.fromEntries(
        Object.entries({ format, profile, mode, trustFirst }).filter(([, value]) => value !== undefined),
      );
      const added = await districts.addSource(db, { rosterId: roster.id, kind, name, ...given });
      await noted('source added', added.id);
      return { ...sourceFacts(added), uploadPath: kind === 'sftp' ? districts.uploadPath(deps.vendor, added) : null };
    },

    async sources() {
      return (await districts.sourcesOf(db)).map((source) => ({
        ...sourceFacts(source),
        uploadPath: source.kind === 'sftp' ? districts.uploadPath(deps.vendor, source) : null,
      }));
    },

    /** Takes a zip, a CSV file or a folder of CSV files from this machine's disk as a delivery. */
    async sync({ path, source: name, ...which }: Which & { path: string; source?: string }) {
      const source = await chooseSource(db, which, name);
      const received = await filesOf(path, deps);
      const { delivery, sync } = await deps.inbox.receive({ source, ...received });
      await noted('delivery put', delivery.id);
      return { sync: sync.id, number: sync.number };
    },

    /** How far a sync has come, and what it has come to. */
    async follow({ sync: id }: { sync: string }) {
      const sync = await syncOf(db, id);
      const steps = await stepsOf(db, id);
      const source = await districts.sourceById(db, sync.sourceId);
      return {
        ...syncFacts(sync),
        step: sync.step,
        steps: steps.map(({ step, startedAt, finishedAt, detail }) => ({ step, startedAt, finishedAt, detail })),
        tables: sync.tables,
        plan: sync.plan?.kinds ?? null,
        findings: sync.findingCounts,
        rules: await ruleCountsOf(db, id),
        reasons: sync.hold?.reasons ?? [],
        /** It was held, a person has decided, and that is not carried out yet. */
        decided: sync.state === 'held' && sync.decision !== null,
        /** Nothing happens to it until a person does something about the source, or about the delivery before it. */
        waits: sync.state === 'received' && (sync.hold?.waits === true || source?.mode === 'paused'),
        fault: sync.fault,
      };
    },

    /** The text that the people of the district read. */
    async report({ sync, mostRules }: { sync: string; mostRules?: number }) {
      return (await reportOf(db, (await syncOf(db, sync)).id, mostRules)) ?? '';
    },

    /** Newest first. */
    async history({ limit = 50, ...which }: Partial<Which> & { limit?: number }) {
      const scope = await scopeOf(db, which);
      const rows = await listSyncs(db, { ...scope, limit: Math.min(Math.max(1, limit), 1000) });
      return rows.map(syncFacts);
    },

    async show({ kind, sourcedId, ...which }: Which & { kind: string; sourcedId: string }) {
      const known = kindOf(kind);
      const roster = await rosterOf(db, which);
      const record = await recordOf(db, roster.id, known, sourcedId);
      const history = await historyOf(db, roster.id, known, sourcedId);
      if (!record && history.length === 0) {
        throw new Refusal('record-unknown', 404, `There is no record ${sourcedId} among the ${known} of this roster.`);
      }
      return { record: record ?? null, history };
    },

    async decide({ sync, choice, reason }: { sync: string; choice: Choice; reason?: string }) {
      const { id } = await syncOf(db, sync);
      const decision = { syncId: id, choice, accountId: null, by: operator, reason: reason ?? null };
      const { rosterId } = await decide(db, decision, deps.now());
      await deps.enqueue(rosterId);
      return { sync: id };
    },

    async signInLink({ email }: { email: string }) {
      const account = await accountByEmail(db, email);
      if (!account || account.disabledAt)
        throw new Refusal('account-unknown', 404, `Nobody with the address ${email} can come in.`);
      const token = await createLink(db, { accountId: account.id, purpose: 'sign-in', ttlMs: signInLinkMs });
      await noted('sign-in link made', account.id);
      return { link: linkTo(deps, token), minutes: signInLinkMs / 60_000 };
    },
  };
}

type NewSource = {
  kind?: districts.SourceKind;
  name?: string;
  format?: string;
  profile?: Profile;
  mode?: districts.SourceMode;
  trustFirst?: boolean;
};

const linkTo = (deps: ActsDeps, token: string): string =>
  `${deps.consoleUrl()}/sign-in?token=${encodeURIComponent(token)}`;

const sourceFacts = ({
  id,
  kind,
  name,
  format,
  profile,
  mode,
  trustFirst,
  needsFull,
  district,
  product,
}: districts.SourceRow) => ({
  id,
  kind,
  name,
  format,
  profile,
  mode,
  trustFirst,
  needsFull,
  district: district.siteCode,
  districtName: district.name,
  product: product.slug,
});

const syncFacts = (sync: SyncRow) => ({
  id: sync.id,
  number: sync.number,
  district: sync.district.siteCode,
  districtName: sync.district.name,
  product: sync.product.slug,
  source: sync.source.name,
  fileName: sync.delivery?.name ?? null,
  state: sync.state,
  receivedAt: sync.delivery?.receivedAt ?? sync.createdAt,
  finishedAt: sync.finishedAt,
  counts: countsMade(sync),
});

async function syncOf(db: Pool, id: string): Promise<SyncRow> {
  const sync = await syncById(db, id);
  if (!sync) throw new Refusal('sync-unknown', 404, `There is no sync ${id}.`);
  return sync;
}

async function districtOf(db: Pool, text: string): Promise<districts.District> {
  const district = await districts.findDistrict(db, text);
  if (!district)
    throw new Refusal('district-unknown', 404, `There is no district ${text}. Add it with: homeroom add district`);
  return district;
}

async function pairOf(db: Pool, which: Which) {
  const district = await districtOf(db, which.district);
  const product = await districts.productBySlug(db, which.product);
  if (!product) {
    throw new Refusal(
      'product-unknown',
      404,
      `There is no product ${which.product}. Add it with: homeroom add product`,
    );
  }
  return { district, product };
}

async function rosterOf(db: Pool, which: Which): Promise<districts.Roster> {
  await pairOf(db, which);
  const roster = await districts.rosterOf(db, which);
  if (!roster) throw new Refusal('roster-unknown', 404, 'This district has no roster for this product yet.');
  return roster;
}

async function scopeOf(db: Pool, which: Partial<Which>): Promise<{ districtId?: string; rosterId?: string }> {
  if (which.district === undefined) {
    if (which.product !== undefined) throw new Refusal('district-missing', 400, 'Name the district too: --district');
    return {};
  }
  if (which.product === undefined) return { districtId: (await districtOf(db, which.district)).id };
  return { rosterId: (await rosterOf(db, { district: which.district, product: which.product })).id };
}

/** The named source, or the only one of the roster; a roster without one gets one for uploads. */
async function chooseSource(db: Pool, which: Which, name: string | undefined): Promise<districts.SourceRow> {
  const { district, product } = await pairOf(db, which);
  const roster = await districts.ensureRoster(db, district.id, product.id);
  const sources = await districts.sourcesOf(db, { rosterId: roster.id });
  if (name !== undefined) {
    const named = sources.find((source) => source.name === name);
    if (!named) throw new Refusal('source-unknown', 404, `This roster has no source called ${name}.${listed(sources)}`);
    return named;
  }
  const [only, ...more] = sources;
  if (only && more.length > 0) {
    throw new Refusal(
      'source-ambiguous',
      409,
      `This roster has several sources; name one with --source.${listed(sources)}`,
    );
  }
  return only ?? (await districts.addSource(db, { rosterId: roster.id, kind: 'upload', name: 'Upload' }));
}

const listed = (sources: districts.SourceRow[]): string =>
  ` Sources: ${sources.map((source) => source.name).join(', ') || 'none'}.`;

type Files = { name: string; path: string } | { name: string; files: { name: string; path: string }[] };

async function filesOf(path: string, deps: ActsDeps): Promise<Files> {
  if (!isAbsolute(path)) throw new Refusal('path', 400, `The path must be absolute: ${path}`);
  const facts = await stat(path).catch(() => undefined);
  if (!facts) throw new Refusal('path', 404, `There is no file or folder ${path}.`);
  if (!facts.isDirectory()) return { name: basename(path), path: await measured(path, facts.size, deps) };
  const names = (await readdir(path)).filter((name) => /\.csv$/i.test(name)).sort();
  if (names.length === 0) throw new Refusal('path', 400, `The folder ${path} holds no CSV files.`);
  if (names.length > deps.filesLimit)
    throw new Refusal('path', 400, `The folder ${path} holds more than ${deps.filesLimit} CSV files.`);
  const files = [];
  for (const name of names) {
    const file = join(path, name);
    files.push({ name, path: await measured(file, (await stat(file)).size, deps) });
  }
  return { name: basename(path), files };
}

async function measured(path: string, sizeBytes: number, deps: ActsDeps): Promise<string> {
  if (sizeBytes <= deps.uploadLimitBytes) return path;
  throw new Refusal(
    'too-large',
    413,
    `${path} is larger than ${deps.uploadLimitBytes} bytes, the largest file that is taken.`,
  );
}

/** `users`, `user` or `Users`. */
function kindOf(text: string): Kind {
  const wanted = text.toLowerCase();
  const kind = rosterKinds.find(
    (name) =>
      name.toLowerCase() === wanted || name.toLowerCase() === `${wanted}s` || name.toLowerCase() === `${wanted}es`,
  );
  if (!kind) throw new Refusal('kind-unknown', 400, `There is no kind ${text}. Kinds: ${rosterKinds.join(', ')}.`);
  return kind;
}
