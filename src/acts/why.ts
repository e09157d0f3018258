/** The act that answers why a person is, or is not, in a class. */
import { Refusal } from '../core/refusal.ts';
import { classesNamed, type Named, usersNamed } from '../db/why.ts';
import { whyOf } from '../sync/why.ts';
import { eventFacts, whySentences } from '../sync/why-words.ts';
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
      const { id } = await rosterOf(db, which);
      const named = {
        user: onlyOne(await usersNamed(db, id, user), 'user', user),
        class: onlyOne(await classesNamed(db, id, klass), 'class', klass),
      };
      const pair = { user: named.user.sourcedId, class: named.class.sourcedId };
      const found = await whyOf({ db, archive, limits }, id, pair, named);
      return {
        ...named,
        isIn: found.isNow,
        sentences: whySentences(found, named, district.timeZone),
        enrollments: found.memberships.map(({ sourcedId, isNow, events }) => ({
          sourcedId,
          isNow,
          events: events.map(eventFacts),
        })),
        latest: found.latest.map(({ sync, rows, findings }) => ({
          sync: sync.id,
          number: sync.number,
          file: sync.delivery?.name ?? null,
          state: sync.state,
          rows,
          findings,
        })),
      };
    },
  };
}

function onlyOne(found: Named[], what: 'user' | 'class', text: string): Named {
  const [one, ...more] = found;
  if (!one) throw new Refusal(`${what}-unknown`, 404, `There is no ${what} ${text} in this roster.`);
  if (more.length === 0) return one;
  const ids = found.map(({ sourcedId }) => sourcedId).join(', ');
  throw new Refusal('ambiguous', 409, `There are several of ${text}. Name one by its sourcedId: ${ids}.`);
}
