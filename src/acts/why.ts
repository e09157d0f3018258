/** The act that answers why a person is, or is not, in a class. */
import { answerWhy } from '../sync/why-answer.ts';
import type { ActsDeps } from './deps.ts';
import { pairOf, rosterOf, type Which } from './lookups.ts';

export function whyActs({ db, archive, limits }: ActsDeps) {
  return {
    /**
     * @param input.user sourcedId, username, identifier or email address.
     * @param input.class sourcedId, classCode or title.
     * @throws Refusal `user-unknown`, `class-unknown`, `ambiguous`.
     */
    async why({ user, class: klass, ...which }: Which & { user: string; class: string }) {
      const { district } = await pairOf(db, which);
      const { id: rosterId } = await rosterOf(db, which);
      return answerWhy({ db, archive, limits }, { rosterId, user, class: klass }, district.timeZone);
    },
  };
}
