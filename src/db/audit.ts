/** The audit log: what people did. Rows are only ever added; the database refuses to change or remove one. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';
import { newId } from './ids.ts';

export type AuditEntry = {
  accountId?: string | null;
  /** Network address. */
  address?: string | null;
  /** What was done, for example `sign in`. */
  act: string;
  /** To what: an id or a path. */
  object?: string | null;
  detail?: Record<string, unknown>;
};
export type AuditRow = Required<AuditEntry> & { id: string; at: Date };

export async function audit(db: Db, entry: AuditEntry): Promise<void> {
  const { accountId = null, address = null, act, object = null, detail = {} } = entry;
  await db.query(sql`
    insert into audit (id, account_id, address, act, object, detail)
    values (${newId()}, ${accountId}, ${address}, ${act}, ${object}, ${JSON.stringify(detail)})`);
}

export type AuditFilter = {
  accountId?: string | undefined;
  /** What people of this district did. */
  districtId?: string | undefined;
  /** And what others did to the district, its sources and its people. */
  isAboutToo?: boolean | undefined;
  /** Begins with this. */
  act?: string | undefined;
  /** Holds this. */
  object?: string | undefined;
  from?: Date | undefined;
  until?: Date | undefined;
  /** Id of the last row already seen. */
  before?: string | undefined;
  limit: number;
};

/** Newest first, each with the address of who it was. */
export function auditRows(db: Db, filter: AuditFilter): Promise<(AuditRow & { email: string | null })[]> {
  const { accountId = null, districtId = null, act = null, object = null, isAboutToo = false } = filter;
  const { from = null, until = null, before = null, limit } = filter;
  return db.query<AuditRow & { email: string | null }>(sql`
    select u.id, u.at, u.account_id as "accountId", a.email, u.address, u.act, u.object, u.detail
    from audit u left join accounts a on a.id = u.account_id
    where (${accountId}::uuid is null or u.account_id = ${accountId})
      and (${districtId}::uuid is null or a.district_id = ${districtId}
        or (${isAboutToo}::boolean and u.object in (${ofDistrict(districtId)})))
      and (${act}::text is null or starts_with(u.act, ${act}))
      and (${object}::text is null or strpos(u.object, ${object}) > 0)
      and (${from}::timestamptz is null or u.at >= ${from})
      and (${until}::timestamptz is null or u.at < ${until})
      and (${before}::uuid is null or u.id < ${before})
    order by u.id desc
    limit ${limit}`);
}

/** Ids under which the audit log names what belongs to a district; of syncs, those that a person has decided about. */
const ofDistrict = (districtId: string | null) => sql`
  select ${districtId}::text
  union all select s.id::text from sources s join rosters r on r.id = s.roster_id where r.district_id = ${districtId}
  union all select id::text from accounts where district_id = ${districtId}
  union all select y.id::text from rosters r join syncs y on y.roster_id = r.id
    where r.district_id = ${districtId} and y.decision is not null`;
