/** People in memory for tests of the console: links that set a password, one's own account, and nobody else. */

import { Refusal } from '../../src/core/refusal.ts';
import type { Account } from '../../src/http/deps.ts';
import type { KeyFacts, PeopleDeps, PersonFacts } from '../../src/http/people-deps.ts';
import type { SetUpDeps } from '../../src/http/set-up-deps.ts';

const at = new Date('2026-03-02T10:00:00Z');
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
    district: null,
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
    people: async () => Object.values(house.people).map(facts),
    person: async (_, id) => facts(account(id)),
    invite: async () => ({ id: 'invited' }),
    inviteAgain: none,
    sendReset: none,
    changeAddress: none,
    changePerson: none,
    disable: none,
    enable: none,
    remove: none,
    takeSecondFactorAway: none,
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
    audit: async () => [],
  };
}

export function fakeSetUp(): SetUpDeps {
  const product = { id: 'p-literacy', slug: 'literacy', name: 'Literacy', profile: null, formats: [], receiving: null };
  return {
    products: async () => [product],
    addProduct: async () => product,
    changeProduct: async () => product,
    addDistrict: async () => ({ id: 'd-new' }),
    addSource: async () => ({ id: 's-new', uploadPath: null }),
  };
}
