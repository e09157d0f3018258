/** What is said of each deviation of an API, in one sentence with its count. */

import type { Kind } from '../tables.ts';
import { counted, thousands } from '../words.ts';

type What = { kind: Kind; field: string; count: number };

const times = (count: number) => (count === 1 ? 'once' : `${thousands(count)} times`);

const words: Record<string, (what: What) => string> = {
  'api-row-unreadable': ({ kind, count }) =>
    `${counted(count, 'entry', 'entries')} of ${kind} ${count === 1 ? 'is' : 'are'} no record`,
  'api-field-name': ({ kind, field, count }) =>
    `In ${kind}, ${field} stood under another spelling of its name ${times(count)}`,
  'api-value-form': ({ kind, field, count }) =>
    `In ${kind}, ${field} had another form than OneRoster gives it ${times(count)}`,
  'api-text-cleaned': ({ kind, field, count }) =>
    `In ${kind}, characters that cannot be seen were taken out of ${field} ${times(count)}`,
  'api-id-spaces': ({ kind, field, count }) => `In ${kind}, spaces around ${field} were taken off ${times(count)}`,
  'api-list-comma': ({ kind, field, count }) =>
    `In ${kind}, a comma within an entry of ${field} became a space ${times(count)}`,
  'api-word-spelling': ({ kind, field, count }) =>
    `In ${kind}, ${field} was a word in another spelling ${times(count)}`,
  'api-date-form': ({ kind, field, count }) => `In ${kind}, ${field} was no day as OneRoster writes it ${times(count)}`,
  'api-time-form': ({ kind, count }) =>
    `In ${kind}, dateLastModified was missing, lay ahead or had no time zone ${times(count)}`,
  'api-filled-in': ({ kind, field, count }) => `In ${kind}, ${field} was missing and was filled in ${times(count)}`,
  'api-id-made': ({ kind, count }) =>
    `In ${kind}, ${counted(count, 'record')} had no sourcedId and got one made of class, person and role`,
  'api-content-type': ({ kind, count }) =>
    `The server called its answers about ${kind} something else than JSON ${times(count)}`,
  'api-wrapper-key': ({ kind }) => `The records of ${kind} stood under another key`,
  'api-retried': ({ kind, count }) => `Requests for ${kind} failed ${times(count)} and were made again`,
  'api-page-halved': ({ kind }) =>
    `The server could not hand out pages of ${kind} of the size that was asked for, so smaller ones were`,
  'api-page-capped': ({ kind }) => `The server hands out fewer records of ${kind} at once than it is asked for`,
  'api-sort-ignored': ({ kind }) => `The server does not sort ${kind}`,
  'api-limit-ignored': ({ kind }) => `The server hands out more records of ${kind} at once than it is asked for`,
  'api-offset-ignored': ({ kind }) => `The server hands out all ${kind} at once, wherever reading is to begin`,
  'api-offset-aligned': ({ kind }) => `The server takes multiples of the page size as offsets of ${kind} only`,
  'api-link-only': ({ kind }) => `The server leads from page to page of ${kind} by links alone`,
  'api-keyset': ({ kind }) => `Later pages of ${kind} took long, so they were asked for by the last id`,
  'api-filter-ignored': ({ kind }) => `The server does not filter ${kind} as it was asked to`,
  'api-order-moved': ({ kind }) => `Records of ${kind} were added or removed while they were read`,
  'api-read-again': ({ kind, count }) =>
    `${kind} were read anew ${times(count)}, because their order or their number had changed`,
  'api-total-wrong': ({ kind }) => `The server miscounts ${kind}`,
  'api-record-repeated': ({ kind, count }) => `${counted(count, 'record')} of ${kind} came more than once`,
  'api-record-contradicting': ({ kind, count }) =>
    `${counted(count, 'record')} of ${kind} came again with another content; the one that was changed last counts`,
  'api-left-listed': ({ kind, count }) =>
    `${counted(count, 'record')} of ${kind} ${count === 1 ? 'is' : 'are'} marked tobedeleted and ${count === 1 ? 'was' : 'were'} not taken`,
  'api-collection-missing': ({ kind, field }) =>
    `The server does not ${field === 'not permitted' ? 'permit this key to read' : 'offer'} ${kind}`,
  'api-end-unconfirmed': ({ kind }) =>
    `Nothing of ${kind} is removed, because the server has not handed out all of it for certain`,
  'api-users-joined': () =>
    'People were read as students and teachers; administrators, aides and guardians are not among them',
  'api-id-letters': ({ kind, count }) =>
    `Enrollments named ${counted(count, 'record')} of ${kind} in other capital and small letters than its own`,
  'api-fetched-singly': ({ kind, count }) =>
    `${counted(count, 'record')} of ${kind} ${count === 1 ? 'was' : 'were'} in no page and ${count === 1 ? 'was' : 'were'} fetched one by one`,
  'api-role-inferred': ({ count }) =>
    `${counted(count, 'person', 'people')} had no role and got the one that their enrollments name`,
  'api-changes-refused': ({ kind }) =>
    `The server could not be asked for the changes of ${kind} alone, so everything was pulled`,
  'api-changes-missed': ({ kind, field, count }) =>
    `The nightly changes did not tell that ${counted(count, 'record')} of ${kind} ${count === 1 ? 'was' : 'were'} ${field}`,
  'api-removals-untold': ({ kind, count }) =>
    `The nightly changes did not tell that ${counted(count, 'record')} of ${kind} ${count === 1 ? 'has' : 'have'} left`,
};

/** @throws Error for a rule that is none about an API: a fault of the program. */
export function apiWords(rule: string, what: What): string {
  const say = words[rule];
  if (!say) throw new Error(`There are no words for ${rule}.`);
  return say(what);
}

export const apiRuleIds = Object.keys(words);
