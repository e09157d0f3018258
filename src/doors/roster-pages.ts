/** Fits the pages that look through a roster to where it is kept. */
import { idsIn } from '../core/by-hand.ts';
import type { Action } from '../core/plan.ts';
import { Refusal } from '../core/refusal.ts';
import { withoutSecrets } from '../core/secrets.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Pool } from '../db/db.ts';
import { districtOfRoster } from '../db/districts.ts';
import { historyOf } from '../db/history.ts';
import { countsOf, recordOf } from '../db/roster.ts';
import { recordAt } from '../db/roster-at.ts';
import { enrollmentsEver, namesOf, rolesIn, rosterPage } from '../db/roster-page.ts';
import { references } from '../db/roster-sql.ts';
import type { Around, NamedFacts, RosterPageDeps, RosterRow } from '../http/roster-page-deps.ts';
import { causeOf } from '../sync/cause.ts';
import { momentOf } from '../sync/moment.ts';

const schoolsListed = 500;
const enrollmentsListed = 500;
/** Enrollments, and changes of each, that a history tells of. */
const enrollmentsFollowed = 200;
const changesFollowed = 20;

export function httpRosterPages(db: Pool, now: () => Date): RosterPageDeps {
  const whose = async (rosterId: string) => {
    const found = await districtOfRoster(db, rosterId);
    if (!found) throw new Refusal('roster-unknown', 404, 'There is no such roster.');
    return found;
  };
  const momentIn = async (rosterId: string, at: string | undefined) =>
    at === undefined ? null : momentOf(at, (await whose(rosterId)).district.timeZone, now());
  return {
    async facts(rosterId) {
      const { district, product } = await whose(rosterId);
      const counts = await countsOf(db, rosterId);
      const all = { limit: schoolsListed, offset: 0 };
      const { rows } = await rosterPage(db, { rosterId, until: null }, 'orgs', {}, all);
      const { slug, name } = product;
      return {
        id: rosterId,
        district,
        timeZone: district.timeZone,
        product: { slug, name },
        counts,
        schools: rows
          .filter(({ record }) => record.type === 'school')
          .map(({ record }) => ({ sourcedId: record.sourcedId, name: record.name ?? record.sourcedId })),
        roles: {
          users: await rolesIn(db, rosterId, 'users'),
          enrollments: await rolesIn(db, rosterId, 'enrollments'),
        },
        version: (counts.roles ?? 0) > 0 ? '1.2' : '1.1',
      };
    },
    async page({ rosterId, kind, at, limit, offset, ...filter }) {
      const moment = await momentIn(rosterId, at);
      const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      const place = { rosterId, until: moment?.until ?? null };
      const { total, rows } = await rosterPage(db, place, kind, given, { limit, offset });
      return {
        total,
        at: moment?.words ?? null,
        rows: rows.map(
          ({ record, owner }): RosterRow => ({
            sourcedId: record.sourcedId,
            fields: withoutSecrets(kind, record) as Record<string, string>,
            owner,
          }),
        ),
      };
    },
    async around({ rosterId, kind, sourcedId, at }) {
      const moment = await momentIn(rosterId, at);
      const fields = moment
        ? (await recordAt(db, { rosterId, until: moment.until }, kind, sourcedId))?.values
        : (await recordOf(db, rosterId, kind, sourcedId))?.fields;
      const names = await namesIn(db, rosterId, kind, (fields ?? {}) as Record<string, string>);
      const place = { rosterId, until: moment?.until ?? null };
      const joined = (await joinedOf(db, rosterId, kind, sourcedId)).filter(
        ({ at: when }) => !moment || when < moment.until,
      );
      return { names, joined, ...(await enrollmentsOf(db, place, kind, sourcedId)) };
    },
  };
}

/** The names of what a record refers to. */
async function namesIn(db: Pool, rosterId: string, kind: Kind, fields: Record<string, string>): Promise<NamedFacts[]> {
  const wanted = new Map<Kind, Set<string>>();
  for (const { field, to } of references(kind)) {
    const ids = wanted.get(to) ?? new Set();
    for (const id of idsIn(fields[field] ?? '')) ids.add(id);
    wanted.set(to, ids);
  }
  const found: NamedFacts[] = [];
  for (const to of rosterKinds) found.push(...(await namesOf(db, rosterId, to, [...(wanted.get(to) ?? [])])));
  return found;
}

async function enrollmentsOf(db: Pool, at: { rosterId: string; until: Date | null }, kind: Kind, sourcedId: string) {
  if (kind !== 'users' && kind !== 'classes') return { enrollments: [], enrolled: 0 };
  const to = kind === 'users' ? 'classes' : 'users';
  const filter = kind === 'users' ? { user: sourcedId } : { class: sourcedId };
  const { total, rows } = await rosterPage(db, at, 'enrollments', filter, { limit: enrollmentsListed, offset: 0 });
  const otherOf = (record: Record<string, string>) =>
    record[to === 'classes' ? 'classSourcedId' : 'userSourcedId'] ?? '';
  const ids = [...new Set(rows.map(({ record }) => otherOf(record)))];
  const names = new Map((await namesOf(db, at.rosterId, to, ids)).map((each) => [each.sourcedId, each]));
  const enrollments = rows.map(({ record, owner }) => {
    const id = otherOf(record);
    return {
      sourcedId: record.sourcedId,
      role: record.role ?? '',
      other: names.get(id) ?? { kind: to as Kind, sourcedId: id, name: '', status: 'tobedeleted' as const },
      byHand: owner === 'manual',
      begin: record.beginDate ?? '',
      end: record.endDate ?? '',
    };
  });
  enrollments.sort((a, b) => (a.other.name < b.other.name ? -1 : a.other.name > b.other.name ? 1 : 0));
  return { enrollments, enrolled: total };
}

const told: readonly Action[] = ['create', 'archive', 'reactivate'];

/** Who came and went: the history of the enrollments of a person, or of a class, archived ones among them. */
async function joinedOf(db: Pool, rosterId: string, kind: Kind, sourcedId: string): Promise<Around['joined']> {
  if (kind !== 'users' && kind !== 'classes') return [];
  const to = kind === 'users' ? 'classes' : 'users';
  const own = await enrollmentsEver(db, rosterId, kind, sourcedId, enrollmentsFollowed);
  const names = new Map(
    (await namesOf(db, rosterId, to, [...new Set(own.map(({ other }) => other))])).map((each) => [
      each.sourcedId,
      each,
    ]),
  );
  const events = await Promise.all(
    own.map(async ({ sourcedId: enrollment, other }) => {
      const changes = await historyOf(db, rosterId, 'enrollments', enrollment, changesFollowed);
      return changes
        .filter(({ action }) => told.includes(action))
        .map((change) => ({
          at: change.at,
          enrollment,
          action: change.action,
          other: names.get(other) ?? { kind: to as Kind, sourcedId: other, name: '', status: 'tobedeleted' as const },
          syncId: change.syncId,
          cause: causeOf(change),
        }));
    }),
  );
  return events.flat().sort((a, b) => b.at.getTime() - a.at.getTime());
}
