/** Every column that holds something sealed, so that all of it can be sealed again when keys rotate. */
import sql, { raw } from 'sql-template-tag';
import type { Db } from './db.ts';

export type SealedColumn = {
  table: string;
  key: string;
  column: string;
  /** What the secret of a row was sealed for. */
  about(key: string): string;
};

/** A test compares this list with the columns named `sealed_…` of the schema. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'second_factors', key: 'account_id', column: 'sealed_secret', about: (id) => `second factor:${id}` },
  { table: 'mails', key: 'id', column: 'sealed_link', about: () => 'mail link' },
  { table: 'webhooks', key: 'id', column: 'sealed_secret', about: (id) => `webhook:${id}` },
  { table: 'pull_connections', key: 'source_id', column: 'sealed_secret', about: (id) => `pull:${id}` },
];

/** In the order of their keys. @param after key of the last row already seen. */
export function sealedRows(
  db: Db,
  { table, key, column }: SealedColumn,
  range: { after: string | null; limit: number },
): Promise<{ key: string; sealed: Buffer }[]> {
  return db.query(sql`
    select ${raw(key)} as key, ${raw(column)} as sealed from ${raw(table)}
    where ${raw(column)} is not null and (${range.after}::uuid is null or ${raw(key)} > ${range.after})
    order by ${raw(key)}
    limit ${range.limit}`);
}

/** Unless somebody has changed it in the meantime. */
export async function setSealed(
  db: Db,
  { table, key, column }: SealedColumn,
  row: { key: string; from: Buffer; to: Buffer },
): Promise<void> {
  await db.query(sql`
    update ${raw(table)} set ${raw(column)} = ${row.to}
    where ${raw(key)} = ${row.key} and ${raw(column)} = ${row.from}`);
}
