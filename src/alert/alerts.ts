/** Tells people and programs what they have to know, once: the alert, its mails and its events are one transaction. */
import { addAlert, type Contact, contactsOf, resolveAlerts } from '../db/alerts.ts';
import type { Db } from '../db/db.ts';
import { wants } from './contacts.ts';
import { type EventFacts, type EventName, emit } from './events.ts';
import { letter } from './letter.ts';
import { isMailAddress, queueMail } from './mail.ts';
import { type AlertKind, alertKinds, type FactsOf, type Words } from './messages.ts';

/** Where links lead: the address of the console by the settings, never one that a request has named. */
export type Desk = { consoleUrl(): string };

/** What an alert is about. */
export type About = {
  /** `source:<id>`, `account:<id>` or `webhook:<id>`. */
  subject: string;
  district: { id: string; siteCode: string; name: string } | null;
  product?: { slug: string; name: string };
  source?: { id: string };
  sync?: NonNullable<EventFacts['sync']>;
  account?: { id: string; email: string };
};

export type Opening<K extends AlertKind> = { kind: K; occasion: string; about: About; facts: FactsOf<K>; at: Date };

/** @returns false when this was told already, or is still open. */
export function openAlert<K extends AlertKind>(db: Db, desk: Desk, opening: Opening<K>): Promise<boolean> {
  const { kind, occasion, about, facts, at } = opening;
  const entry = alertKinds[kind];
  const [districtId, sourceId] = [about.district?.id ?? null, about.source?.id ?? null];
  return db.tx(async (tx) => {
    const id = await addAlert(tx, {
      subject: about.subject,
      kind,
      occasion,
      districtId,
      sourceId,
      syncId: about.sync?.id ?? null,
      at,
      isOver: 'isOver' in entry,
    });
    if (id === undefined) return false;
    const words = (entry.words as (facts: FactsOf<K>) => Words)(facts);
    const people = await contactsOf(tx, 'forVendor' in entry ? null : districtId);
    for (const person of people) {
      const isOwn = person.id === about.account?.id;
      if (!isMailAddress(person.email) || !(isOwn || wants(person, kind, { districtId, sourceId }))) continue;
      await queueMail(tx, { to: person.email, at, ...mailOf(words, about, desk, person) });
    }
    if (entry.event !== null)
      await emit(tx, eventOf(entry.event as EventName, `${about.subject} ${kind} ${occasion}`, about, desk, at));
    return true;
  });
}

/** Closes what is open of these kinds, and tells programs so. */
export async function closeAlerts(
  db: Db,
  desk: Desk,
  about: About,
  kinds: readonly AlertKind[],
  at: Date,
): Promise<void> {
  await db.tx(async (tx) => {
    for (const { id, kind } of await resolveAlerts(tx, about.subject, kinds, at)) {
      await emit(tx, { ...eventOf('alert.resolved', `resolved ${id}`, about, desk, at), alert: kind });
    }
  });
}

/** The event as programs are told it. */
export function eventOf(event: EventName, occasion: string, about: About, desk: Desk, at: Date): EventFacts {
  const { district, product, source, sync, account } = about;
  return {
    event,
    occasion,
    at,
    district: district && { id: district.id, siteCode: district.siteCode },
    ...(product ? { product: product.slug } : {}),
    ...(source ? { source: { id: source.id } } : {}),
    ...(sync ? { sync } : {}),
    ...(account ? { account: { id: account.id } } : {}),
    link: linkOf(about, desk),
  };
}

function linkOf({ district, source, sync }: About, desk: Desk): string {
  if (sync) return `${desk.consoleUrl()}/syncs/${sync.id}`;
  if (district && source) return `${desk.consoleUrl()}/districts/${district.id}?source=${source.id}`;
  return district ? `${desk.consoleUrl()}/districts/${district.id}` : `${desk.consoleUrl()}/`;
}

function mailOf({ state, happened, otherwise, more = [] }: Words, about: About, desk: Desk, person: Contact) {
  const { district, product } = about;
  return letter({
    about: district ? [district.name, product?.name].filter((part) => part !== undefined).join(', ') : 'Homeroom',
    state,
    paragraphs: [[happened, otherwise].join('\n'), ...(more.length > 0 ? [more.join('\n')] : [])],
    link: linkOf(about, desk),
    footer: footerFor(person, district?.name),
  });
}

/** Why somebody gets a mail, and who can change that. */
export function footerFor(
  { role, districtId }: Pick<Contact, 'role' | 'districtId'>,
  district: string | undefined,
): string {
  if (districtId === null)
    return `You get this as ${role} of this Homeroom. To choose what you get: homeroom alerts choose`;
  const where = district ?? 'your district';
  return `You get this as ${role} of ${where}. Your vendor can change which alerts you get.`;
}
