/** The whole answer to why a person is, or is not, in a class: who is meant, what is known, and the sentences. */
import { Refusal } from '../core/refusal.ts';
import { classesNamed, type Named, usersNamed } from '../db/why.ts';
import { type WhyDeps, whyOf } from './why.ts';
import { eventFacts, whySentences } from './why-words.ts';

/** `user`: sourcedId, username, identifier or email address; `class`: sourcedId, classCode or title. */
export type Question = { rosterId: string; user: string; class: string };

/** @throws Refusal `user-unknown`, `class-unknown`, `ambiguous`. */
export async function answerWhy(deps: WhyDeps, { rosterId, user, class: klass }: Question, timeZone: string) {
  const named = {
    user: onlyOne(await usersNamed(deps.db, rosterId, user), 'user', user),
    class: onlyOne(await classesNamed(deps.db, rosterId, klass), 'class', klass),
  };
  const pair = { user: named.user.sourcedId, class: named.class.sourcedId };
  const found = await whyOf(deps, rosterId, pair, named);
  return {
    ...named,
    isIn: found.isNow,
    sentences: whySentences(found, named, timeZone),
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
}

function onlyOne(found: Named[], what: 'user' | 'class', text: string): Named {
  const [one, ...more] = found;
  if (!one) throw new Refusal(`${what}-unknown`, 404, `There is no ${what} ${text} in this roster.`);
  if (more.length === 0) return one;
  const ids = found.map(({ sourcedId }) => sourcedId).join(', ');
  throw new Refusal('ambiguous', 409, `There are several of ${text}. Name one by its sourcedId: ${ids}.`);
}
