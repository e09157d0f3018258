/** What enrollments refer to and no page has brought: ids in other letters, rows that paging has lost, roles nobody has said. */
import { collections } from '../core/rest/collections.ts';
import { partId } from '../core/rest/roles.ts';
import type { Version } from '../core/tables.ts';
import { roleNames } from '../core/tables.ts';
import type { Client } from './client.ts';
import type { Gathered } from './gathered.ts';
import { hashOf, Places } from './memory.ts';
import { csvCells, PackedRows, unquoted } from './packed.ts';
import { packingOf, readPage } from './page.ts';
import { PullTrouble } from './trouble.ts';

/** What the first cells of an enrollment behind its id refer to. */
const referred = ['classes', 'orgs', 'users'] as const;
export type Referred = (typeof referred)[number];

/** More than this is nothing that paging has lost. */
const missingLimit = 10_000;
const fetchesLimit = 200;
/** So many that are not there, one after the other, and no further one is asked for. */
const refusalsLimit = 20;
/** Troubles that say nothing of the record that was asked for: a pull is whole, or it is none. */
const ofServer = new Set(['not-authorised', 'no-token', 'busy', 'timeout', 'not-reachable']);

/** Looks at users and enrollments while they are gathered. */
export class Gaps {
  /** Ids that enrollments name and no record has. */
  readonly missing = new Map<Referred, Set<string>>();
  /** Users without a role, and by key what their enrollments say. */
  #roles = new Map<string, Map<string, { role: string; org: string }>>();
  #known = new Map<Referred, { places: Places; isNamed: Uint8Array }>();

  /** @param rows what enrollments may refer to. */
  know(rows: Gathered): void {
    const kind = referred.find((each) => each === rows.kind);
    if (kind) this.#known.set(kind, { places: new Places(rows.ids), isNamed: new Uint8Array(rows.ids.length) });
  }

  lookAtUsers(page: PackedRows): void {
    for (let row = 0; row < page.count; row++) {
      if (page.deleted[row] || page.attached(row).some(({ kind }) => kind === 'roles')) continue;
      this.#roles.set(page.id(row), new Map());
    }
  }

  lookAtEnrollments(page: PackedRows): void {
    const { bytes } = page;
    const [starts, ends] = [new Int32Array(referred.length), new Int32Array(referred.length)];
    for (let row = 0; row < page.count; row++) {
      if (page.deleted[row]) continue;
      let at = page.cellsStart(row);
      for (let cell = 0; cell < referred.length; cell++) {
        const end = cellEnd(bytes, at);
        // Neighbours share their class, their school or their user.
        if (!isSame(bytes, at, end, starts[cell] as number, ends[cell] as number))
          this.#name(referred[cell] as Referred, bytes, at, end);
        starts[cell] = at;
        ends[cell] = end;
        at = end + 1;
      }
      if (this.#roles.size > 0) this.#say(page.cells(row));
    }
  }

  #name(kind: Referred, bytes: Buffer, start: number, end: number): void {
    const known = this.#known.get(kind);
    if (!known || start === end) return;
    const place = known.places.of(hashOf(bytes, start, end));
    if (place >= 0) {
      known.isNamed[place] = 1;
      return;
    }
    const missing = this.missing.get(kind) ?? new Set();
    if (missing.size < missingLimit) missing.add(unquoted(bytes.toString('utf8', start, end)));
    this.missing.set(kind, missing);
  }

  #say([, org = '', user = '', given = '']: string[]): void {
    const role = given === 'administrator' ? 'siteAdministrator' : given;
    if (org !== '' && (roleNames as readonly string[]).includes(role))
      this.#roles.get(user)?.set(`${role}\n${org}`, { role, org });
  }

  /** Roles of people who have none, by what they do in classes, as lines behind status and dateLastModified. */
  *inferredRoles(): Generator<{ owner: string; sourcedId: string; line: string }> {
    for (const [owner, roles] of this.#roles) {
      const keys = [...roles.keys()].sort();
      for (const [at, key] of keys.entries()) {
        const { role, org } = roles.get(key) as { role: string; org: string };
        const type = at === 0 ? 'primary' : 'secondary';
        const line = csvCells([owner, type, role, '', '', org, '']);
        yield { owner, sourcedId: partId(owner, `${role}\n${org}\n${type}`), line };
      }
    }
  }

  /**
   * For ids that differ from a known one in capital and small letters alone: that one. None where more than one could be
   * meant, or where the known one is named as it is too. They are missing no more.
   */
  async otherLetters(rows: Gathered): Promise<Map<string, string>> {
    const kind = rows.kind as Referred;
    const missing = this.missing.get(kind) ?? new Set();
    const found = new Map<string, { named: string[]; known: { id: string; hash: number }[] }>();
    for (const id of missing) {
      const own = found.get(id.toLowerCase()) ?? { named: [], known: [] };
      own.named.push(id);
      found.set(id.toLowerCase(), own);
    }
    const meant = new Map<string, string>();
    if (found.size === 0) return meant;
    await rows.eachRow((id, hash) => found.get(id.toLowerCase())?.known.push({ id, hash }));
    const { places, isNamed } = this.#known.get(kind) as { places: Places; isNamed: Uint8Array };
    for (const { named, known } of found.values()) {
      const [[name], [one]] = [named, known];
      if (name === undefined || !one || named.length > 1 || known.length > 1 || isNamed[places.of(one.hash)]) continue;
      meant.set(name, one.id);
      missing.delete(name);
    }
    return meant;
  }
}

/** The place of the comma or line end behind a cell. */
function cellEnd(bytes: Buffer, start: number): number {
  let isQuoted = false;
  for (let at = start; ; at++) {
    const byte = bytes[at];
    if (byte === 0x22) isQuoted = !isQuoted;
    else if (byte === undefined || (!isQuoted && (byte === 0x2c || byte === 0x0d))) return at;
  }
}

function isSame(bytes: Buffer, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let at = start, other = otherStart; at < end; at++, other++) if (bytes[at] !== bytes[other]) return false;
  return true;
}

export type Fetched = { block: Buffer; count: number };

/** Asks for records one by one. Those that are not there, or not to be seen, are left out. @throws PullTrouble */
export async function fetchSingly(
  name: 'users' | 'classes',
  ids: Iterable<string>,
  { client, version, now, signal }: { client: Client; version: Version; now(): number; signal: AbortSignal },
): Promise<Fetched> {
  const collection = collections[name];
  const packing = packingOf(client.settings, version, now);
  const blocks: Buffer[] = [];
  let asked = 0;
  let refusals = 0;
  for (const id of ids) {
    if (++asked > fetchesLimit || refusals >= refusalsLimit) break;
    try {
      const answer = await client.get(client.urlOf(`${collection.path}/${encodeURIComponent(id)}`), signal);
      const page = readPage(answer, collection, packing);
      const { block, count } = page.pack(page.rows);
      const isIt = count === 1 && new PackedRows(block).id(0) === id;
      if (isIt) blocks.push(block);
      refusals = isIt ? 0 : refusals + 1;
    } catch (error) {
      if (!(error instanceof PullTrouble) || ofServer.has(error.code)) throw error;
      // Some servers fail for an id that they do not know; it was asked for often enough each time.
      refusals += error.code === 'server-error' ? refusalsLimit / 4 : 1;
    }
  }
  return { block: Buffer.concat(blocks), count: blocks.length };
}
