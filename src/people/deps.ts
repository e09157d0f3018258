/** What looking after people needs from the house, and who it is that asks. */
import { Refusal } from '../core/refusal.ts';
import type { Role } from '../db/accounts.ts';
import { audit } from '../db/audit.ts';
import type { Db, Pool } from '../db/db.ts';
import type { Vault } from '../vault.ts';

export type PeopleDeps = {
  db: Pool;
  vault: Vault;
  /** Address of the console by the settings, never by what a request says; without a slash at the end. */
  consoleUrl(): string;
  /** Ends the connections of an account at once. */
  disconnect(accountId: string): void;
  now(): Date;
};

/** A person who is signed in, or the command line, which may do everything. */
export type Actor = { id: string; role: Role; districtId: string | null; address: string } | 'command line';

export const actorId = (actor: Actor): string | null => (actor === 'command line' ? null : actor.id);

/** Writes an act into the audit log. */
export function noted(
  db: Db,
  actor: Actor,
  act: string,
  object: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  if (actor === 'command line') return audit(db, { act, object, detail: { ...detail, by: actor } });
  return audit(db, { accountId: actor.id, address: actor.address, act, object, detail });
}

type Asking = Pick<Exclude<Actor, string>, 'role'> | 'command line';

export const isVendor = (actor: Asking): boolean =>
  actor === 'command line' || actor.role === 'owner' || actor.role === 'operator';

export const notAllowed = (sentence: string): Refusal => new Refusal('not-allowed', 403, sentence);

/** @throws Refusal `not-allowed` for people of a district. */
export function vendorOnly(actor: Asking): void {
  if (!isVendor(actor)) throw notAllowed('Only people of the vendor may see or do this.');
}
