/** The networks from which the people of a district may reach SFTP. SQL only; what a network is stands in people/networks.ts. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';
import { isId } from './ids.ts';

/** As addresses and CIDR blocks; none: from everywhere. */
export async function networksOf(db: Db, districtId: string): Promise<string[]> {
  if (!isId(districtId)) return [];
  const row = await db.one<{ networks: string[] }>(sql`
    select sftp_networks as networks from districts where id = ${districtId}`);
  return row?.networks ?? [];
}

/** Of every district that has some. */
export async function allNetworks(db: Db): Promise<Map<string, string[]>> {
  const rows = await db.query<{ id: string; networks: string[] }>(sql`
    select id, sftp_networks as networks from districts where sftp_networks <> '{}'`);
  return new Map(rows.map(({ id, networks }) => [id, networks]));
}

export async function setNetworks(db: Db, districtId: string, networks: string[]): Promise<void> {
  await db.query(sql`update districts set sftp_networks = ${networks} where id = ${districtId}`);
}
