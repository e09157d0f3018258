/** Fits the pages about people, the own account and the audit log to those who do the work. */
import type { PeopleDeps as HttpPeopleDeps } from '../http/people-deps.ts';
import type { Log } from '../log.ts';
import { auditFor } from '../people/audit.ts';
import type { PeopleDeps } from '../people/deps.ts';
import { askReset, invite, inviteAgain, sendReset } from '../people/invitations.ts';
import { addKey, keysOfPerson, removeKey } from '../people/keys.ts';
import { lookAtPasswordLink, usePasswordLink } from '../people/links.ts';
import * as own from '../people/own-account.ts';
import * as people from '../people/people.ts';

export function httpPeople(deps: PeopleDeps, log: Log): HttpPeopleDeps {
  const { db, now } = deps;
  const silent = async (act: Promise<unknown>) => void (await act);
  return {
    async lookAtLink(link) {
      const { account, purpose, expiresAt } = await lookAtPasswordLink(db, { ...link, now: now() });
      return { email: account.email, purpose: purpose === 'reset' ? 'reset' : 'invitation', expiresAt };
    },
    async usePasswordLink(link) {
      const account = await usePasswordLink(db, { ...link, now: now() });
      await people.notePasswordSet(deps, account, link.address);
      deps.disconnect(account.id);
      const { hasSecondFactor } = await own.ownAccount(deps, account.id);
      return { email: account.email, account: hasSecondFactor ? null : account };
    },
    askReset(asked) {
      askReset(deps, asked).catch((error: Error) =>
        log.error({ kind: error.name, code: (error as { code?: unknown }).code }, 'a reset could not be sent'),
      );
    },
    own: (accountId) => own.ownAccount(deps, accountId),
    changePassword: (self, change) => own.changePassword(deps, self, change),
    endOtherSessions: (self) => own.endOtherSessions(deps, self),
    beginSecondFactor: (self, given) => own.beginSecondFactor(deps, self, given),
    confirmSecondFactor: (self, given) => own.confirmSecondFactor(deps, self, given),
    removeSecondFactor: (self, given) => own.removeOwnSecondFactor(deps, self, given),
    people: (actor, range) => people.peopleOf(deps, actor, range),
    person: (actor, id) => people.personOf(deps, actor, id),
    async invite(actor, { name, ...person }) {
      const invited = await invite(deps, actor, { ...person, ...(name === undefined ? {} : { name }) });
      return { id: invited.person.id };
    },
    inviteAgain: (actor, id) => silent(inviteAgain(deps, actor, id)),
    sendReset: (actor, id) => silent(sendReset(deps, actor, id)),
    changeAddress: (actor, change) => silent(people.changeAddress(deps, actor, change)),
    changePerson: (actor, change) => silent(people.changePerson(deps, actor, change)),
    disable: (actor, id) => silent(people.disable(deps, actor, id)),
    enable: (actor, id) => silent(people.enable(deps, actor, id)),
    remove: (actor, id) => people.remove(deps, actor, id),
    takeSecondFactorAway: (actor, id) => silent(people.takeSecondFactorAway(deps, actor, id)),
    keys: (actor, id) => keysOfPerson(deps, actor, id),
    addKey: (actor, key) => addKey(deps, actor, key),
    removeKey: (actor, key) => silent(removeKey(deps, actor, key)),
    audit: (actor, query) => auditFor(deps, actor, query),
  };
}
