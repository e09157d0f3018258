/** Tells that accounts were locked: to their people, and to those who look after their districts. */
import { type Desk, openAlert } from '../alert/alerts.ts';
import type { Db } from '../db/db.ts';
import { listDistricts } from '../db/districts.ts';
import { locksSince } from '../db/watch.ts';

const lookBackMs = 86_400_000;

/** Once a day for an account, however often somebody who guesses locks it. */
export async function tellLocks(db: Db, desk: Desk, now: Date): Promise<void> {
  for (const { accountId, email, districtId, at, until } of await locksSince(
    db,
    new Date(now.getTime() - lookBackMs),
  )) {
    const [district = null] = districtId === null ? [] : await listDistricts(db, { districtId });
    await openAlert(db, desk, {
      kind: 'sign-in locked',
      occasion: at.toISOString().slice(0, 10),
      about: { subject: `account:${accountId}`, district, account: { id: accountId, email } },
      facts: { account: masked(email), minutes: Math.max(1, Math.round((until.getTime() - at.getTime()) / 60_000)) },
      at: now,
    });
  }
}

/** `lee@lakeview.example` as `l…@lakeview.example`: whoever looks after the district knows who that is. */
const masked = (email: string): string => `${email.slice(0, 1)}…${email.slice(email.lastIndexOf('@'))}`;
