/** Says in sentences why a person is, or is not, in a class. */
import { counted, thousands } from '../core/words.ts';
import type { Change } from '../db/history.ts';
import type { Named } from '../db/why.ts';
import { causeOf } from './cause.ts';
import { type Findings, isIn, type Latest, type Loss, type Membership, type Pair } from './why.ts';

type People = { user: Named; class: Named };

/** The answer first, then how it came to it, oldest first, then what the last deliveries say. */
export function whySentences(found: Findings, named: People, timeZone: string): string[] {
  const when = timeWords(timeZone);
  const pair: Pair = { user: named.user.sourcedId, class: named.class.sourcedId };
  const sentences = [headline(found, named)];
  for (const membership of found.memberships) sentences.push(...story(membership, pair, when));
  if (!found.isNow) {
    const left = [
      ['class', found.classLeft],
      ['person', found.userLeft],
    ] as const;
    for (const [what, change] of left) {
      if (change) sentences.push(`The ${what} itself was removed ${when(change.at)} by ${causeOf(change)}.`);
    }
  }
  for (const latest of found.latest) sentences.push(...latestSentences(latest, found, when));
  return sentences;
}

const called = ({ sourcedId, name }: Named): string => (name === '' ? sourcedId : `${name} (${sourcedId})`);

function headline({ isNow, memberships }: Findings, named: People): string {
  const [who, where] = [called(named.user), called(named.class)];
  if (isNow) {
    const wasGone = memberships.some(({ events }) => events.some(({ action }) => action === 'reactivate'));
    return `${who} is in ${where} now${wasGone ? ', again' : ''}.`;
  }
  return memberships.length > 0
    ? `${who} was in ${where}, and is not any more.`
    : `${who} is not in ${where}, and has never been.`;
}

type When = (at: Date) => string;

function story({ sourcedId, events, loss, isNow }: Membership, pair: Pair, when: When): string[] {
  const sentences: string[] = [];
  let hasBeen = false;
  for (const event of events) {
    const [was, is] = [isIn(event.before, pair), isIn(event.after, pair)];
    if (was === is) continue;
    const how = is ? (hasBeen ? 'came back' : 'came') : 'went';
    hasBeen = true;
    sentences.push(`Enrollment ${sourcedId} ${how} ${when(event.at)} by ${causeOf(event)}.`);
    if (loss && !isNow && event === loss.change) sentences.push(...lossSentences(loss));
  }
  if (sentences.length === 0 && isNow) sentences.push(`Enrollment ${sourcedId} was there from the beginning.`);
  return sentences;
}

function lossSentences(loss: Loss): string[] {
  const { change, gone } = loss;
  const sentences = change.syncId === null ? [] : [reason(loss)];
  if (change.action !== 'archive') return sentences;
  if (loss.with.class) sentences.push('The class itself went by the same delivery.');
  if (loss.with.user) sentences.push('The person went by the same delivery.');
  const others: string[] = [];
  if (gone.ofClass > 1) others.push(`${counted(gone.ofClass - 1, 'other enrollment')} of this class`);
  if (gone.ofUser > 1) others.push(`${counted(gone.ofUser - 1, 'other enrollment')} of this person`);
  if (others.length > 0) sentences.push(`${others.join(' and ')} went by it too.`);
  return sentences;
}

function reason({ sourcedId, change, sent, mode }: Loss): string {
  if (mode === null) return 'No file asked for that.';
  const { action, after } = change;
  if (action === 'update') {
    const { classSourcedId, userSourcedId } = after ?? {};
    return `The delivery says that it is an enrollment of ${userSourcedId} in ${classSourcedId} now.`;
  }
  if (!sent) {
    return mode === 'delta'
      ? 'The delivery sent it as tobedeleted. Its file is not kept any more.'
      : 'The delivery was full, and it was not in it, or marked tobedeleted there. The file is not kept any more.';
  }
  if (sent.row) {
    const { file, line, values } = sent.row;
    return `${file} line ${thousands(line)} sends it with status ${JSON.stringify(values.status ?? '')}.`;
  }
  return `${sent.name} of that delivery is full (${counted(sent.rows ?? 0, 'row')}), and ${sourcedId} is not in it.`;
}

function latestSentences(
  { sync, rows, carries, names, hasClass, hasUser, findings }: Latest,
  found: Findings,
  when: When,
) {
  const { number, delivery, source, state } = sync;
  const name = `delivery ${number} (${delivery?.name}, source ${source.name}, received ${when(delivery?.receivedAt as Date)})`;
  const sentences: string[] = [];
  if (rows === null) sentences.push(`The last one, ${name}, cannot be read any more.`);
  else if (!carries.enrollments) sentences.push(`The last one, ${name}, carries no enrollments that can be read.`);
  else if (rows.length === 0) sentences.push(`The last one, ${name}, has no row for this person in this class.`);
  else {
    for (const { file, line, values } of rows) {
      const status = values.status ? `, status ${values.status}` : '';
      sentences.push(
        `The last one, ${name}, has it on line ${thousands(line)} of ${file} (${values.sourcedId}${status}).`,
      );
    }
  }
  if (hasUser === false && !found.userLeft) sentences.push(`The person is not in its ${names.users}.`);
  if (hasClass === false && !found.classLeft) sentences.push(`The class is not in its ${names.classes}.`);
  for (const { file, line, rule, message, fix } of findings) {
    const place = line ? `${file} line ${thousands(line)}` : file;
    sentences.push(`Left out for a fault: ${place}: ${ended(message)} (rule ${rule}) What to do: ${ended(fix)}`);
  }
  const verdict = verdicts[state];
  if (verdict) sentences.push(verdict);
  return sentences;
}

const verdicts: Partial<Record<string, string>> = {
  received: 'It waits for its turn.',
  held: 'It is held: nothing of it is in the roster until a person decides.',
  rejected: 'It was rejected: nothing of it is in the roster.',
  discarded: 'A person discarded it: nothing of it is in the roster.',
  superseded: 'A newer one took its place: nothing of it is in the roster.',
  failed: 'We could not process it: nothing of it is in the roster.',
  'rolled back': 'It was applied and taken back.',
};

const ended = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** `on 1 Mar 2026 at 03:05`, in a time zone. */
export function timeWords(timeZone: string): (at: Date) => string {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short', year: 'numeric' });
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  return (at) => `on ${day.format(at)} at ${time.format(at)}`;
}

/** The changes that the answer rests on, for programs. */
export const eventFacts = (change: Change) => ({
  at: change.at,
  action: change.action,
  cause: causeOf(change),
  syncId: change.syncId,
  before: change.before,
  after: change.after,
});
