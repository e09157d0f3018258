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

/** Newest first. @param range.before id of the last row already seen. */
export function auditRows(db: Db, range: { accountId?: string; before?: string; limit: number }): Promise<AuditRow[]> {
  const { accountId = null, before = null, limit } = range;
  return db.query<AuditRow>(sql`
    select id, at, account_id as "accountId", address, act, object, detail
    from audit
    where (${accountId}::uuid is null or account_id = ${accountId}) and (${before}::uuid is null or id < ${before})
    order by id desc
    limit ${limit}`);
}
