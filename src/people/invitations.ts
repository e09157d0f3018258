/** Invitations and resets: a mail with a link that sets a password, once, within a day. */

import { queueMail } from '../alert/mail.ts';
import { Refusal } from '../core/refusal.ts';
import { type Account, accountByEmail, addAccount, checkedAddress, type Role } from '../db/accounts.ts';
import type { Db } from '../db/db.ts';
import { type PersonRow, personById } from '../db/people.ts';
import { allows, networkOf } from './attempts.ts';
import { type Actor, actorId, noted, type PeopleDeps } from './deps.ts';
import { createLink, passwordLinkMs } from './links.ts';
import { invitation, inZone, type Message, reset } from './messages.ts';
import { hashNewPassword, storePassword } from './password.ts';
import { checkMayInvite, checkMayManage, notFound } from './rights.ts';

const HOUR_MS = 3_600_000;
/** Mails that one address gets on being asked for from outside. */
const mailsAnHour = 3;
/** Requests that one network address may make. */
const requestsAnHour = 30;

export type NewPerson = { email: string; name?: string; role: Role; districtId: string | null };
/** A link as the mail has it, for the command line of whoever has no mail server. */
export type Invited = { person: Account; link: string };

/**
 * Adds a person, who gets a mail with a link on which they set a password; before that nothing lets them in.
 * @throws Refusal `not-allowed`, `not-found`, `email`, `email-taken`, `name`, `account-district`
 */
export async function invite(deps: PeopleDeps, actor: Actor, person: NewPerson): Promise<Invited> {
  checkMayInvite(actor, person);
  return deps.db.tx(async (tx) => {
    const added = await addAccount(tx, { ...person, createdBy: actorId(actor) });
    await noted(tx, actor, 'person invited', added.id, { role: added.role });
    return { person: added, link: await mailLink(tx, deps, added.id, 'invitation') };
  });
}

/** Adds a person with a password that somebody else knows: for the command line alone, to try things out. */
export async function addWithPassword(deps: PeopleDeps, person: NewPerson & { password: string }): Promise<Account> {
  const hash = await hashNewPassword(person.password, checkedAddress(person.email));
  return deps.db.tx(async (tx) => {
    const added = await addAccount(tx, person);
    await storePassword(tx, added.id, hash, { now: deps.now() });
    await noted(tx, 'command line', 'person added', added.id, { role: added.role });
    return added;
  });
}

/** A new link for somebody who has not set a password yet; the one before ends. */
export async function inviteAgain(deps: PeopleDeps, actor: Actor, id: string): Promise<Invited> {
  const person = await managed(deps.db, actor, id);
  if (person.hasPassword) {
    throw new Refusal('has-password', 409, 'This person has set a password already. Send them a link for a new one.');
  }
  return deps.db.tx(async (tx) => {
    await noted(tx, actor, 'invited again', id);
    return { person, link: await mailLink(tx, deps, id, 'invitation') };
  });
}

/** Mails a link for a new password to somebody who cannot come in. */
export async function sendReset(deps: PeopleDeps, actor: Actor, id: string): Promise<Invited> {
  const person = await managed(deps.db, actor, id);
  return deps.db.tx(async (tx) => {
    await noted(tx, actor, 'reset sent', id);
    return { person, link: await mailLink(tx, deps, id, person.hasPassword ? 'reset' : 'invitation') };
  });
}

/**
 * What everybody may ask for: a link for a new password, if there is such an account. The caller answers before this is
 * done, so that neither words nor time tell whether there is.
 */
export async function askReset(deps: PeopleDeps, asked: { email: string; address: string }): Promise<void> {
  const { db } = deps;
  const now = deps.now();
  const email = asked.email.trim().toLowerCase().slice(0, 320);
  const bound = { windowMs: HOUR_MS, now };
  if (!(await allows(db, { what: 'reset from', by: networkOf(asked.address), most: requestsAnHour, ...bound }))) return;
  if (!(await allows(db, { what: 'reset of', by: email, most: mailsAnHour, ...bound }))) return;
  const account = await accountByEmail(db, email);
  if (!account || account.disabledAt) return;
  const person = await personById(db, account.id);
  await db.tx(async (tx) => {
    const actor: Actor = { ...account, address: asked.address };
    await noted(tx, actor, 'reset asked for', account.id);
    await mailLink(tx, deps, account.id, person?.hasPassword ? 'reset' : 'invitation');
  });
}

/** Makes the link and writes its mail, both or none. In the database the link stands hashed, and sealed in the mail. */
export async function mailLink(
  tx: Db,
  deps: PeopleDeps,
  accountId: string,
  purpose: 'invitation' | 'reset',
): Promise<string> {
  const person = await personById(tx, accountId);
  if (!person) throw notFound('person');
  const now = deps.now();
  const token = await createLink(tx, { accountId, purpose, ttlMs: passwordLinkMs, now });
  const link = `${deps.consoleUrl()}/set-password?token=${encodeURIComponent(token)}`;
  const about = {
    email: person.email,
    expires: inZone(new Date(now.getTime() + passwordLinkMs), person.district?.timeZone ?? 'UTC'),
    consoleUrl: deps.consoleUrl(),
  };
  const message =
    purpose === 'reset' ? reset(about) : invitation({ ...about, district: person.district?.name ?? null });
  await mail(tx, deps, person.email, message, deps.vault.seal(link, 'mail link'));
  return link;
}

/** @param sealedLink stands in the text as `{link}` until the mail is delivered. */
export async function mail(tx: Db, deps: PeopleDeps, to: string, message: Message, sealedLink?: Buffer): Promise<void> {
  // Names of districts are not bound to be short, nor to be one line.
  const subject = message.subject.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, 200);
  await queueMail(tx, {
    to,
    subject,
    text: message.text,
    at: deps.now(),
    ...(sealedLink ? { secret: true, sealedLink } : {}),
  });
}

async function managed(db: Db, actor: Actor, id: string): Promise<PersonRow> {
  const person = await personById(db, id);
  if (!person) throw notFound('person');
  checkMayManage(actor, person);
  if (person.disabledAt) {
    throw new Refusal('disabled', 409, 'This account is disabled. Enable it first.');
  }
  return person;
}
