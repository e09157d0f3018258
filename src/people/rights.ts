/** Who may look after whom: owners after everybody, operators after districts, administrators after their own. */
import { Refusal } from '../core/refusal.ts';
import type { Role } from '../db/accounts.ts';
import { isId } from '../db/ids.ts';
import { type Actor, isVendor, notAllowed } from './deps.ts';

type Person = { role: Role; districtId: string | null };

/** The people of one district, or with `undefined` everybody's. @throws Refusal `not-allowed` */
export function listScope(actor: Actor, districtId: string | undefined): string | undefined {
  if (districtId !== undefined && !isId(districtId)) throw notFound('district');
  if (isVendor(actor) || actor === 'command line') return districtId;
  refuseViewer(actor);
  if (districtId !== undefined && districtId !== actor.districtId) throw notFound('district');
  return actor.districtId as string;
}

/** Whoever is of another district is answered like somebody who does not exist. @throws Refusal `not-found`, `not-allowed` */
export function checkMaySee(actor: Actor, person: Person): void {
  if (isVendor(actor) || actor === 'command line') return;
  if (person.districtId !== actor.districtId) throw notFound('person');
  refuseViewer(actor);
}

/** @throws Refusal `not-found`, `not-allowed` */
export function checkMayManage(actor: Actor, person: Person): void {
  checkMaySee(actor, person);
  if (actor === 'command line' || actor.role === 'owner') return;
  if (person.districtId === null) throw notAllowed('Owners look after the people of the vendor.');
}

/** Whom somebody may invite, and as what. @throws Refusal `not-found`, `not-allowed` */
export function checkMayInvite(actor: Actor, person: Person): void {
  if (!isVendor(actor)) refuseViewer(actor);
  if (person.districtId !== null && !isId(person.districtId)) throw notFound('district');
  checkMayManage(actor, person);
}

/** @throws Refusal `not-allowed` */
export function refuseViewer(actor: Actor): void {
  if (actor !== 'command line' && actor.role === 'viewer') {
    throw notAllowed('Viewers read; an administrator of the district or your vendor does this.');
  }
}

export const notFound = (what: string): Refusal =>
  new Refusal('not-found', 404, `There is no such ${what}, or it is not yours to see.`);
