/** Public keys per person, side by side, so that one can be changed for another without a night in between. */
import { Refusal } from '../core/refusal.ts';
import { type AccountKey, insertKey, listKeys, takeKeyAway } from '../db/account-keys.ts';
import { checkedName } from '../db/accounts.ts';
import { type PersonRow, personById } from '../db/people.ts';
import { type Actor, actorId, isVendor, notAllowed, noted, type PeopleDeps } from './deps.ts';
import { mail } from './invitations.ts';
import { keyAdded } from './messages.ts';
import { checkMayManage, notFound } from './rights.ts';

const mostKeys = 20;

export type NewKey = { accountId: string; text: string; name?: string; expiresAt?: Date | null };

/** One's own, or those of people whom one looks after. */
export async function keysOfPerson(deps: PeopleDeps, actor: Actor, accountId: string): Promise<AccountKey[]> {
  await ownOrManaged(deps, actor, accountId);
  return listKeys(deps.db, accountId);
}

/**
 * Registers a public key, one's own or as the vendor for a person of a district; they are told by mail.
 * @throws Refusal `key-…`, `has-no-password` for those who have not accepted their invitation, `not-allowed`
 */
export async function addKey(deps: PeopleDeps, actor: Actor, key: NewKey): Promise<AccountKey> {
  const person = await ownOrManaged(deps, actor, key.accountId);
  if (person.id !== actorId(actor) && !isVendor(actor)) {
    throw notAllowed('A key is added by the person who has its private half, or by the vendor.');
  }
  if (!person.hasPassword) {
    throw new Refusal('has-no-password', 409, 'Nothing lets this person in before they have set a password.');
  }
  // What reads keys takes as long to load as a whole command.
  const { readPublicKey } = await import('./ssh-key.ts');
  const read = readPublicKey(key.text);
  const name = checkedName(key.name?.trim() || read.comment || 'Key').slice(0, 100);
  const now = deps.now();
  if (key.expiresAt && key.expiresAt <= now) throw new Refusal('key-expiry', 400, 'A key ends in the future.');
  return deps.db.tx(async (tx) => {
    if ((await listKeys(tx, person.id)).length >= mostKeys) {
      throw new Refusal('key-limit', 409, `An account has at most ${mostKeys} keys. Remove one that is not used.`);
    }
    const { algorithm, publicKey, fingerprint } = read;
    const facts = { accountId: person.id, algorithm, publicKey, fingerprint, name };
    const expiresAt = key.expiresAt ?? null;
    const added = await insertKey(tx, { ...facts, createdAt: now, createdBy: actorId(actor), expiresAt });
    if (!added) throw new Refusal('key-there', 409, 'This account has this key already.');
    await noted(tx, actor, 'key added', person.id, { fingerprint, algorithm });
    const message = keyAdded({ email: person.email, name, fingerprint, consoleUrl: deps.consoleUrl() });
    await mail(tx, deps, person.email, message);
    return added;
  });
}

/** The key lets in no more, and what it has let in ends. */
export async function removeKey(
  deps: PeopleDeps,
  actor: Actor,
  key: { accountId: string; id: string },
): Promise<AccountKey> {
  const person = await ownOrManaged(deps, actor, key.accountId);
  const gone = await deps.db.tx(async (tx) => {
    const taken = await takeKeyAway(tx, { id: key.id, accountId: person.id, at: deps.now() });
    if (!taken) throw notFound('key');
    await noted(tx, actor, 'key removed', person.id, { fingerprint: taken.fingerprint });
    return taken;
  });
  deps.disconnect(person.id);
  return gone;
}

async function ownOrManaged(deps: PeopleDeps, actor: Actor, accountId: string): Promise<PersonRow> {
  const person = await personById(deps.db, accountId);
  if (!person) throw notFound('person');
  if (person.id !== actorId(actor)) checkMayManage(actor, person);
  return person;
}
