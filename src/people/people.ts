/** Looking after people: who there is, and changes of address, name, role and state. */
import { Refusal } from '../core/refusal.ts';
import {
  type Account,
  checkedAddress,
  checkedName,
  disableAccount,
  type Role,
  removeLinksOf,
  removeSessionsOf,
} from '../db/accounts.ts';
import type { Db } from '../db/db.ts';
import {
  enableAccount,
  listPeople,
  otherOwners,
  type PersonRow,
  personById,
  removeAccount,
  setAddress,
  setPerson,
} from '../db/people.ts';
import { removeSecondFactor } from '../db/second-factors.ts';
import { type Actor, actorId, isVendor, notAllowed, noted, type PeopleDeps } from './deps.ts';
import { mail, mailLink } from './invitations.ts';
import { addressChanged, secondFactorChanged } from './messages.ts';
import { checkMayManage, checkMaySee, listScope, notFound } from './rights.ts';

const mostListed = 200;

/** By address; `after` is the address of the last one already seen. */
export async function peopleOf(
  deps: PeopleDeps,
  actor: Actor,
  range: { districtId?: string | undefined; after?: string | undefined; limit: number },
): Promise<PersonRow[]> {
  const districtId = listScope(actor, range.districtId);
  const limit = Math.min(Math.max(1, range.limit), mostListed + 1);
  return listPeople(deps.db, { districtId, limit, ...(range.after ? { after: range.after } : {}) });
}

export async function personOf(deps: PeopleDeps, actor: Actor, id: string): Promise<PersonRow> {
  const person = await personById(deps.db, id);
  if (!person) throw notFound('person');
  checkMaySee(actor, person);
  return person;
}

/**
 * Gives an account another address, which is the name for signing in; both addresses are told. What was signed in is
 * signed out, and open links end, since they were sent to the address of before.
 * @throws Refusal `not-allowed` for people of a district, `email`, `email-taken`
 */
export async function changeAddress(deps: PeopleDeps, actor: Actor, change: { id: string; email: string }) {
  if (!isVendor(actor)) throw notAllowed('Your vendor changes addresses, since an address is the name of an account.');
  const { person } = await changed(deps, actor, change.id, async (tx, found) => {
    const to = checkedAddress(change.email);
    if (to === found.email) return;
    await setAddress(tx, found.id, to);
    await removeLinksOf(tx, found.id);
    await removeSessionsOf(tx, found.id);
    await noted(tx, actor, 'address changed', found.id);
    const message = addressChanged({ from: found.email, to, consoleUrl: deps.consoleUrl() });
    for (const address of [found.email, to]) await mail(tx, deps, address, message);
    if (!found.hasPassword) await mailLink(tx, deps, found.id, 'invitation');
  });
  deps.disconnect(person.id);
  return person;
}

/** @throws Refusal `account-district` when the role is of the other kind, `last-owner`, `own-role` */
export async function changePerson(deps: PeopleDeps, actor: Actor, change: { id: string; role?: Role; name?: string }) {
  const { person } = await changed(deps, actor, change.id, async (tx, found) => {
    const { role, name } = change;
    if (role !== undefined && role !== found.role) {
      if ((role === 'owner' || role === 'operator') !== (found.districtId === null)) {
        throw new Refusal(
          'account-district',
          400,
          'The people of a district stay its people, and the vendor’s the vendor’s.',
        );
      }
      if (found.id === actorId(actor)) throw new Refusal('own-role', 409, 'Nobody changes the own role.');
      await keepAnOwner(tx, found);
      await setPerson(tx, found.id, { role });
      await noted(tx, actor, 'role changed', found.id, { from: found.role, to: role });
    }
    if (name !== undefined && name !== found.name) {
      await setPerson(tx, found.id, { name: checkedName(name) });
      await noted(tx, actor, 'name changed', found.id);
    }
  });
  return person;
}

/** Nothing lets this person in until they are enabled again: sessions, links and SFTP connections end at once. */
export async function disable(deps: PeopleDeps, actor: Actor, id: string): Promise<PersonRow> {
  const { person } = await changed(deps, actor, id, async (tx, found) => {
    refuseOneself(actor, found);
    await keepAnOwner(tx, found);
    await disableAccount(tx, found.id, deps.now());
    await noted(tx, actor, 'person disabled', found.id);
  });
  deps.disconnect(id);
  return person;
}

/** Password, keys and second factor are what they were. */
export async function enable(deps: PeopleDeps, actor: Actor, id: string): Promise<PersonRow> {
  const { person } = await changed(deps, actor, id, async (tx, found) => {
    await enableAccount(tx, found.id);
    await noted(tx, actor, 'person enabled', found.id);
  });
  return person;
}

/** The account ends for good, and its address is free for another; what the person did stays in history and audit log. */
export async function remove(deps: PeopleDeps, actor: Actor, id: string): Promise<void> {
  await deps.db.tx(async (tx) => {
    const found = await managed(tx, actor, id);
    refuseOneself(actor, found);
    await keepAnOwner(tx, found);
    await removeAccount(tx, found.id, deps.now());
    await noted(tx, actor, 'person removed', found.id);
  });
  deps.disconnect(id);
}

/** For somebody who has lost both the app and the recovery codes; they are told by mail. */
export async function takeSecondFactorAway(deps: PeopleDeps, actor: Actor, id: string): Promise<PersonRow> {
  const { person } = await changed(deps, actor, id, async (tx, found) => {
    refuseOneself(actor, found);
    if (!(await removeSecondFactor(tx, found.id))) return;
    await noted(tx, actor, 'second factor removed', found.id);
    const message = secondFactorChanged({ email: found.email, isOn: false, consoleUrl: deps.consoleUrl() });
    await mail(tx, deps, found.email, message);
  });
  return person;
}

/** A link has set this person's password: noted. */
export async function notePasswordSet(deps: PeopleDeps, account: Account, address: string): Promise<void> {
  await noted(deps.db, { ...account, address }, 'password set', account.id, { by: 'link' });
}

async function changed(
  deps: PeopleDeps,
  actor: Actor,
  id: string,
  change: (tx: Db, found: PersonRow) => Promise<void>,
): Promise<{ person: PersonRow }> {
  return deps.db.tx(async (tx) => {
    await change(tx, await managed(tx, actor, id));
    return { person: (await personById(tx, id)) as PersonRow };
  });
}

async function managed(db: Db, actor: Actor, id: string): Promise<PersonRow> {
  const person = await personById(db, id);
  if (!person) throw notFound('person');
  checkMayManage(actor, person);
  return person;
}

function refuseOneself(actor: Actor, found: PersonRow): void {
  if (found.id === actorId(actor)) {
    throw new Refusal('oneself', 409, 'This is your own account. Ask somebody else to do this.');
  }
}

/** Without an owner nobody could look after the vendor's people. */
async function keepAnOwner(tx: Db, found: PersonRow): Promise<void> {
  if (found.role !== 'owner' || found.disabledAt) return;
  if ((await otherOwners(tx, found.id)) === 0) {
    throw new Refusal('last-owner', 409, 'This is the last owner. Make somebody else an owner first.');
  }
}
