/** People in memory for tests of the console: links that set a password, one's own account, and nobody else. */

import { Refusal } from '../../src/core/refusal.ts';
import type { Account } from '../../src/http/deps.ts';
import type { Actor, AuditFacts, KeyFacts, PeopleDeps, PersonFacts } from '../../src/http/people-deps.ts';
import type { SetUpDeps } from '../../src/http/set-up-deps.ts';

const at = new Date('2026-11-21T10:00:00Z');
export const goodLink = 'good-link';
export const recoveryCodes = ['abcd-efgh-ijkm-npqr', 'stuv-wxyz-2345-6789'];
export const rightCode = '123456';

export function fakePeople(house: { people: Record<string, Account> }): PeopleDeps {
  const keys: KeyFacts[] = [];
  const factors = new Set<string>();
  const account = (id: string) => Object.values(house.people).find((each) => each.id === id) as Account;
  const link = (token: string) => {
    if (token === goodLink) return house.people.administrator as Account;
    if (token === 'old-link')
      throw new Refusal('link-expired', 410, 'This link was good until 3 Oct 2026. Ask for a new one.');
    throw new Refusal('link-unknown', 410, 'This link is not valid, or a newer one took its place. Ask for a new one.');
  };
  const facts = (person: Account): PersonFacts => ({
    ...person,
    name: '',
    district:
      person.districtId === null ? null : { id: person.districtId, siteCode: '1234567', name: 'Lakeview Unified' },
    createdAt: at,
    disabledAt: null,
    hasPassword: true,
    passwordSetAt: at,
    passwordUsedAt: at,
    formerPasswordUntil: null,
    formerPasswordUsedAt: null,
    hasSecondFactor: factors.has(person.id),
    keys: keys.length,
    linkUntil: null,
  });
  const none = async () => {};
  const invited: PersonFacts = {
    ...facts({ id: 'a-invited', email: 'sam@lakeview.example', role: 'viewer', districtId: 'd-lakeview' }),
    name: 'Sam Ochoa',
    hasPassword: false,
    passwordSetAt: null,
    passwordUsedAt: null,
    linkUntil: new Date(at.getTime() + 86_400_000),
  };
  const everybody = new Map([...Object.values(house.people).map(facts), invited].map((each) => [each.id, each]));
  const change = async (id: string, given: Partial<PersonFacts>) => {
    everybody.set(id, { ...(everybody.get(id) as PersonFacts), ...given });
  };
  const seenBy = ({ role, districtId }: Actor): PersonFacts[] => {
    if (role === 'viewer') throw new Refusal('not-allowed', 403, 'Viewers read.');
    return [...everybody.values()].filter(({ district }) => districtId === null || district?.id === districtId);
  };
  return {
    lookAtLink: async ({ token }) => ({ email: link(token).email, purpose: 'invitation', expiresAt: at }),
    usePasswordLink: async ({ token }) => ({ email: link(token).email, account: link(token) }),
    askReset: () => {},
    own: async (id) => ({ ...facts(account(id)), recoveryCodesLeft: factors.has(id) ? recoveryCodes.length : 0 }),
    async changePassword(_, { current }) {
      if (current === 'wrong') throw new Refusal('password-wrong', 403, 'This is not your present password.');
    },
    endOtherSessions: none,
    beginSecondFactor: async () => ({
      uri: 'otpauth://totp/Homeroom:ana?secret=JBSWY3DPEHPK3PXP&issuer=Homeroom',
      secret: 'JBSWY3DPEHPK3PXP',
    }),
    async confirmSecondFactor({ account: { id } }, { code }) {
      if (code !== rightCode) throw new Refusal('code-refused', 403, 'This code is not right, or it was used already.');
      factors.add(id);
      return recoveryCodes;
    },
    removeSecondFactor: async ({ account: { id } }) => void factors.delete(id),
    people: async (actor, { districtId }) =>
      seenBy(actor).filter(({ district }) => districtId === undefined || district?.id === districtId),
    async person(actor, id) {
      const found = seenBy(actor).find((each) => each.id === id);
      if (!found) throw new Refusal('not-found', 404, 'There is no such person, or it is not yours to see.');
      return { ...found, hasSecondFactor: found.hasSecondFactor || factors.has(id) };
    },
    async invite(_, { email, name = '', role, districtId }) {
      if ([...everybody.values()].some((each) => each.email === email))
        throw new Refusal('email-taken', 409, `There is an account with the address ${email} already.`);
      const id = `a-${everybody.size + 1}`;
      everybody.set(id, { ...invited, ...facts({ id, email, role, districtId }), name, hasPassword: false });
      return { id };
    },
    inviteAgain: none,
    sendReset: none,
    changeAddress: (_, { id, email }) => change(id, { email }),
    changePerson: (_, { id, ...given }) => change(id, given),
    disable: (_, id) => change(id, { disabledAt: at }),
    enable: (_, id) => change(id, { disabledAt: null }),
    remove: async (_, id) => void everybody.delete(id),
    takeSecondFactorAway: (_, id) => change(id, { hasSecondFactor: false }),
    keys: async () => keys,
    async addKey(_, { name, text }) {
      if (/PRIVATE KEY/.test(text)) throw new Refusal('key-private', 400, 'This is a private key. It was not kept.');
      const key: KeyFacts = {
        id: `key-${keys.length + 1}`,
        algorithm: 'ssh-ed25519',
        fingerprint: 'SHA256:VwUqQP+v815UAyNHz4UPXX+3HcjM93nyoTgx2FWMTeI',
        name: name ?? 'Key',
        createdAt: at,
        createdBy: null,
        expiresAt: null,
        lastUsedAt: null,
      };
      keys.push(key);
      return key;
    },
    async removeKey(_, { id }) {
      keys.splice(
        keys.findIndex((key) => key.id === id),
        1,
      );
    },
    audit: async (actor, { act = '', accountId }) => {
      if (actor.role === 'viewer') throw new Refusal('not-allowed', 403, 'Viewers read.');
      return noted(house.people).filter((row) => row.act.startsWith(act) && (!accountId || row.who === accountId));
    },
  };
}

/** Some lines of an audit log, newest first. */
function noted(people: Record<string, Account>): (AuditFacts & { who: string })[] {
  const { owner, administrator } = people as Record<'owner' | 'administrator', Account>;
  const line = (number: number, who: Account, act: string, about: AuditFacts['about'], detail = {}) => ({
    id: `0195562f-0000-7000-8000-0000000001${number}`,
    at: new Date(at.getTime() - number * 3_600_000),
    who: who.id,
    email: who.email,
    address: '203.0.113.7',
    act,
    object: about?.id ?? null,
    about,
    detail,
  });
  const source = {
    kind: 'source',
    id: 's-lakeview-literacy',
    name: 'Lakeview Unified, Literacy, Nightly export',
  } as const;
  const sync = { kind: 'sync', id: 'sync-lakeview-literacy-14', name: 'Lakeview Unified, Literacy, sync 14' } as const;
  const person = { kind: 'person', id: 'a-invited', name: 'sam@lakeview.example' } as const;
  const changes = [{ name: 'removedShare', from: '10%', to: '20%' }];
  return [
    line(10, administrator, 'signed in', null, { way: 'password' }),
    line(11, owner, 'source set', source, { changes }),
    line(12, administrator, 'delivery put', sync),
    line(13, administrator, 'person invited', person, { role: 'viewer' }),
    line(14, administrator, 'sftp upload', source, { files: 1 }),
  ];
}

export function fakeSetUp(): SetUpDeps {
  const common = { formats: [], receiving: null };
  const product = { id: 'p-literacy', slug: 'literacy', name: 'Literacy', profile: 'literacy', ...common };
  const math = { id: 'p-math', slug: 'math', name: 'Math', profile: 'math', ...common };
  return {
    products: async () => [product, math],
    addProduct: async () => product,
    changeProduct: async () => product,
    addDistrict: async () => ({ id: 'd-new' }),
    addSource: async () => ({ id: 's-new', uploadPath: null }),
  };
}
