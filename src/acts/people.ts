/** Acts on people, as the command line does them: it may do everything, and the audit log says that it was it. */
import { Refusal } from '../core/refusal.ts';
import type { AccountKey } from '../db/account-keys.ts';
import { type Account, accountByEmail, type Role } from '../db/accounts.ts';
import { auditRows } from '../db/audit.ts';
import type { PersonRow } from '../db/people.ts';
import { addWithPassword, type Invited, invite, inviteAgain, sendReset } from '../people/invitations.ts';
import { addKey, keysOfPerson, removeKey } from '../people/keys.ts';
import { createLink } from '../people/links.ts';
import * as people from '../people/people.ts';
import { type ActsDeps, noted } from './deps.ts';
import { districtOf } from './lookups.ts';

const signInLinkMs = 15 * 60_000;
const mostRows = 1000;
const self = 'command line' as const;

type NewContact = { email: string; name?: string; district?: string; role?: Role; password?: string };
type Who = { email: string };

export function peopleActs(deps: ActsDeps) {
  const { db, people: house } = deps;
  const told = ({ person, link }: Invited) => ({
    id: person.id,
    email: person.email,
    role: person.role,
    /** Null when the mail carries it to the person and nobody else. */
    link: deps.hasMailServer ? null : link,
  });
  return {
    /** A person: of a district with `district`, else of the vendor. They are invited by mail, unless with a password. */
    async addContact({ district: named, role: given, password, ...person }: NewContact) {
      const district = named === undefined ? undefined : await districtOf(db, named);
      const role = given ?? (district ? 'administrator' : 'operator');
      const added = { ...person, role, districtId: district?.id ?? null };
      if (password === undefined) return { ...told(await invite(house, self, added)), isInvited: true };
      const { id, email } = await addWithPassword(house, { ...added, password });
      return { id, email, role, link: null, isInvited: false };
    },

    async people({ district, limit = 200 }: { district?: string; limit?: number }) {
      const districtId = district === undefined ? undefined : (await districtOf(db, district)).id;
      return (await people.peopleOf(house, self, { districtId, limit })).map(personFacts);
    },

    async invitePerson(who: Who) {
      return told(await inviteAgain(house, self, (await accountOf(deps, who)).id));
    },

    async resetPerson(who: Who) {
      return told(await sendReset(house, self, (await accountOf(deps, who)).id));
    },

    async changeAddress({ to, ...who }: Who & { to: string }) {
      return personFacts(await people.changeAddress(house, self, { id: (await accountOf(deps, who)).id, email: to }));
    },

    async changePerson({ email, ...change }: Who & { role?: Role; name?: string }) {
      const { id } = await accountOf(deps, { email });
      return personFacts(await people.changePerson(house, self, { id, ...change }));
    },

    async disablePerson(who: Who) {
      return personFacts(await people.disable(house, self, (await accountOf(deps, who)).id));
    },

    async enablePerson(who: Who) {
      return personFacts(await people.enable(house, self, (await accountOf(deps, who)).id));
    },

    async removePerson(who: Who) {
      const { id, email } = await accountOf(deps, who);
      await people.remove(house, self, id);
      return { id, email };
    },

    async removeSecondFactor(who: Who) {
      return personFacts(await people.takeSecondFactorAway(house, self, (await accountOf(deps, who)).id));
    },

    async keys(who: Who) {
      return (await keysOfPerson(house, self, (await accountOf(deps, who)).id)).map(keyFacts);
    },

    /** @param expiresAt a day or a time, as ISO 8601. */
    async addKey({ email, key, name, expiresAt }: Who & { key: string; name?: string; expiresAt?: string }) {
      const accountId = (await accountOf(deps, { email })).id;
      const end = expiresAt === undefined ? {} : { expiresAt: timeOf(expiresAt) };
      return keyFacts(
        await addKey(house, self, { accountId, text: key, ...(name === undefined ? {} : { name }), ...end }),
      );
    },

    /** @param key its id or its fingerprint. */
    async removeKey({ email, key }: Who & { key: string }) {
      const accountId = (await accountOf(deps, { email })).id;
      const found = (await keysOfPerson(house, self, accountId)).find(
        ({ id, fingerprint }) => id === key || fingerprint === key,
      );
      if (!found) throw new Refusal('key-unknown', 404, `${email} has no key ${key}.`);
      return keyFacts(await removeKey(house, self, { accountId, id: found.id }));
    },

    async signInLink({ email }: Who) {
      const account = await accountByEmail(db, email);
      if (!account || account.disabledAt)
        throw new Refusal('account-unknown', 404, `Nobody with the address ${email} can come in.`);
      const now = deps.now();
      const token = await createLink(db, { accountId: account.id, purpose: 'sign-in', ttlMs: signInLinkMs, now });
      await noted(db, 'sign-in link made', account.id);
      const link = `${deps.consoleUrl()}/sign-in?token=${encodeURIComponent(token)}`;
      return { link, minutes: signInLinkMs / 60_000 };
    },

    /** Newest first. `act` is how it begins, `object` what it holds; `from` and `until` are days or times. */
    async audit(filter: AuditFilter) {
      const { person, district, act, object, from, until, before, limit = 50 } = filter;
      return auditRows(db, {
        accountId: person === undefined ? undefined : (await accountOf(deps, { email: person })).id,
        districtId: district === undefined ? undefined : (await districtOf(db, district)).id,
        act,
        object,
        from: from === undefined ? undefined : timeOf(from),
        until: until === undefined ? undefined : timeOf(until),
        before,
        limit: Math.min(Math.max(1, limit), mostRows),
      });
    },

    /** Encrypts archive and stored secrets with a new key; may be called again when it was broken off. */
    async rotateKeys() {
      await noted(db, 'key rotation begun', 'keys');
      const rotated = await deps.rotateKeys();
      await noted(db, 'keys rotated', 'keys', { files: rotated.files, secrets: rotated.secrets });
      return rotated;
    },
  };
}

type AuditFilter = {
  /** Email address. */
  person?: string;
  district?: string;
  act?: string;
  object?: string;
  from?: string;
  until?: string;
  before?: string;
  limit?: number;
};

async function accountOf({ db }: ActsDeps, { email }: Who): Promise<Account> {
  const account = await accountByEmail(db, email);
  if (!account) throw new Refusal('account-unknown', 404, `There is no account with the address ${email}.`);
  return account;
}

function timeOf(text: string): Date {
  const time = new Date(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime())) return time;
  throw new Refusal('time', 400, `"${text}" is not a day or a time. Write it like 2026-11-21 or 2026-11-21T08:00Z.`);
}

const personFacts = (person: PersonRow) => ({
  id: person.id,
  email: person.email,
  name: person.name,
  role: person.role,
  district: person.district?.siteCode ?? null,
  state: person.disabledAt ? 'disabled' : person.hasPassword ? 'active' : 'invited',
  invitedUntil: person.hasPassword ? null : person.linkUntil,
  passwordUsedAt: person.passwordUsedAt,
  hasSecondFactor: person.hasSecondFactor,
  keys: person.keys,
});

const keyFacts = ({ id, algorithm, fingerprint, name, createdAt, expiresAt, lastUsedAt }: AccountKey) => ({
  id,
  algorithm,
  fingerprint,
  name,
  createdAt,
  expiresAt,
  lastUsedAt,
});
