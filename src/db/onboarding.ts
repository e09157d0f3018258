/** How far a district has come on its way from the invitation to nightly deliveries, for each of its sources. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';

/** When each station was first reached; null when it was not yet. */
export type Onboarding = {
  sourceId: string;
  invitedAt: Date | null;
  passwordSetAt: Date | null;
  firstFileAt: Date | null;
  /** A delivery could be read as its format. */
  checkedAt: Date | null;
  appliedAt: Date | null;
};

/** Of the people of the district who were not removed; dry runs do not count. */
export function onboardingOf(db: Db, districtId: string): Promise<Onboarding[]> {
  return db.query<Onboarding>(sql`
    select s.id as "sourceId", p.invited_at as "invitedAt", p.password_set_at as "passwordSetAt",
      y.first_file_at as "firstFileAt", y.checked_at as "checkedAt", y.applied_at as "appliedAt"
    from sources s
    join rosters r on r.id = s.roster_id
    cross join (
      select min(created_at) as invited_at,
        min(case when password_hash is not null then coalesce(password_set_at, created_at) end) as password_set_at
      from accounts where district_id = ${districtId} and removed_at is null
    ) p
    cross join lateral (
      select min(created_at) as first_file_at,
        min(case when state not in ('received', 'checking', 'rejected', 'failed') then created_at end) as checked_at,
        min(case when state in ('applied', 'rolled back') then coalesce(finished_at, created_at) end) as applied_at
      from syncs where roster_id = s.roster_id and source_id = s.id and not dry_run and delivery_id is not null
    ) y
    where r.district_id = ${districtId}`);
}
