/** The words of every alert, one entry each: what happened, and what comes of it when nobody does anything. */
import { nearest } from '../core/nearest.ts';
import { Refusal } from '../core/refusal.ts';
import { counted, percent, thousands } from '../core/words.ts';

/** One line each. `state` is the end of the subject. */
export type Words = { state: string; happened: string; otherwise: string; more?: string[] };

type Entry<F> = {
  /** For lists and the reference. */
  title: string;
  doc: string;
  /** What webhooks are told when it opens; null where the outcome of the sync is told anyway. */
  event: string | null;
  /** It happens and is over; else it stays open until it is resolved. */
  isOver?: true;
  /** It concerns no district, only the people of the vendor. */
  forVendor?: true;
  /** No personal data, no value of a cell, no file name. */
  words(facts: F): Words;
};
const entry = <F>(given: Entry<F>): Entry<F> => given;

type Counts = { added: number; changed: number; removed: number };
export type Removal = { kind: string; removed: number; live: number };

export const alertKinds = {
  held: entry<{ name: string; counts: Counts; removals: Removal[]; needsFull: boolean }>({
    title: 'Held: a delivery waits for a person',
    doc: 'A delivery waits for a decision. Told again when the next one is held after that decision; a newer delivery that takes the place of a held one is not told anew.',
    event: null,
    words: ({ name, counts, removals, needsFull }) => {
      const { added, changed, removed } = counts;
      const all = added + changed + removed;
      const waits = removed > 0 ? counted(removed, 'removal') : counted(all, 'change');
      return {
        state: needsFull
          ? 'held, a full export is needed'
          : `held, ${waits} ${(removed || all) === 1 ? 'waits' : 'wait'} for you`,
        happened: needsFull
          ? `${name} is held: it builds on an earlier one that was not applied.`
          : `${name} is held: it would add ${thousands(added)}, change ${thousands(changed)} and remove ${counted(removed, 'record')}.`,
        otherwise: needsFull
          ? 'Nothing has been changed. It waits for the next full export, which will take its place.'
          : 'Nothing has been changed, and nothing will be until somebody decides.',
        more: removals.map(
          (each) =>
            `It would remove ${thousands(each.removed)} of ${thousands(each.live)} ${each.kind} (${percent(each.removed, each.live)}).`,
        ),
      };
    },
  }),
  rejected: entry<{ name: string; faults: string[] }>({
    title: 'Rejected: a delivery could not be read',
    doc: 'A delivery could not be read as its format. Told once until a delivery goes through.',
    event: null,
    words: ({ name, faults }) => ({
      state: 'rejected, nothing was taken',
      happened: `${name} could not be read, and nothing of it was taken.`,
      otherwise: 'The roster stays as it was until a delivery arrives that can be read.',
      more: faults.map((fault) => `What is wrong: ${fault}.`),
    }),
  }),
  failed: entry<{ name: string }>({
    title: 'Failed: a fault of ours',
    doc: 'A delivery could not be processed, and the fault is ours. Told once until a delivery goes through.',
    event: null,
    words: ({ name }) => ({
      state: 'failed, the fault is ours',
      happened: `${name} could not be processed in several tries, and nothing of it was applied.`,
      otherwise: 'The roster stays as it was. The log of the server says more; the delivery is kept.',
    }),
  }),
  late: entry<{ since: string | null; due: string; zone: string }>({
    title: 'Late: nothing has arrived',
    doc: 'Nothing arrived between two due times of the schedule. Told once until something arrives.',
    event: 'source.late',
    words: ({ since, due, zone }) => ({
      state: 'late, nothing has arrived',
      happened: `${nothingSince(since)}; a delivery was due on ${due} (${zone}).`,
      otherwise: 'The roster stays as it was. Look whether the export ran in the SIS, and whether it could sign in.',
    }),
  }),
  missing: entry<{ since: string | null; missed: number }>({
    title: 'Missing: nothing for several due times',
    doc: 'As many due times in a row as the source says (`missingAfter`) have passed without a delivery.',
    event: 'source.missing',
    words: ({ since, missed }) => ({
      state: `missing, nothing for ${counted(missed, 'due time')}`,
      happened: `${nothingSince(since)}; ${counted(missed, 'due time has', 'due times have')} passed since then.`,
      otherwise: 'The roster grows old: who is new is not in it, and who has left still is.',
    }),
  }),
  identical: entry<{ count: number; since: string; days: number }>({
    title: 'Identical: deliveries that change nothing',
    doc: 'Deliveries have arrived and changed nothing for as many days as the source says (`identicalDays`).',
    event: 'source.identical',
    words: ({ count, since, days }) => ({
      state: `the same for ${counted(days, 'day')}`,
      happened: `The last ${counted(count, 'delivery', 'deliveries')} changed nothing; the roster is as it was on ${since}.`,
      otherwise:
        'If people have come or gone since then, the export sends old data: look at its filters, and at when it draws them.',
    }),
  }),
  'pull failing': entry<{ sentence: string; tries: number }>({
    title: 'Pull failing: the API cannot be read',
    doc: 'A source that pulls could not read its API in all tries of a night. Told once until a pull goes through.',
    event: 'source.pull-failed',
    words: ({ sentence, tries }) => ({
      state: 'the API cannot be read',
      happened: `The pull failed ${tries === 1 ? 'at once' : `in ${counted(tries, 'try', 'tries')}`}: ${sentence}`,
      otherwise: 'The roster stays as it was. The next pull is made when it is due, or at once with: homeroom pull',
    }),
  }),
  renamed: entry<{ name: string }>({
    title: 'Renamed: another file name',
    doc: 'A delivery came under another file name than the one before; digits, such as those of a date, make no difference. It is processed all the same.',
    event: 'source.renamed',
    isOver: true,
    words: ({ name }) => ({
      state: 'another file name than before',
      happened: `${name} came under another file name than the one before, and was processed all the same.`,
      otherwise: 'Nothing has to be done if that was meant. If not, a second export may be sending to this place.',
    }),
  }),
  'sign-in locked': entry<{ account: string; minutes: number }>({
    title: 'Locked: too many failed sign-ins',
    doc: 'An account was locked after failed sign-ins, over SFTP or in the console. Told once a day for an account, to its person too.',
    event: 'account.locked',
    isOver: true,
    words: ({ account, minutes }) => ({
      state: 'sign-in locked',
      happened: `The account ${account} was locked for ${counted(minutes, 'minute')} after too many failed sign-ins.`,
      otherwise:
        'It opens by itself. If it locks again, a program signs in with an old password, or somebody is guessing.',
    }),
  }),
  'webhook failing': entry<{ host: string; tries: number; isGone: boolean }>({
    title: 'Webhook: events do not arrive',
    doc: 'A webhook did not take an event in all its tries, or says that it is gone. Told once until it takes one.',
    event: null,
    forVendor: true,
    words: ({ host, tries, isGone }) => ({
      state: isGone ? 'a webhook is gone' : 'a webhook takes no events',
      happened: isGone
        ? `The webhook at ${host} says that it is gone (410), and was stopped.`
        : `The webhook at ${host} did not take an event in ${counted(tries, 'try', 'tries')}, and that event is given up.`,
      otherwise: isGone
        ? 'It is told nothing more until somebody starts it again.'
        : 'Later events are tried on their own. Its log says what was lost.',
    }),
  }),
} as const;

export type AlertKind = keyof typeof alertKinds;
export type FactsOf<K extends AlertKind> = Parameters<(typeof alertKinds)[K]['words']>[0];

/** What somebody can choose to get. */
export const choosable = [...(Object.keys(alertKinds) as AlertKind[]), 'digest'] as const;

/** `Nothing has arrived since Mon 12 Oct at 02:14` */
const nothingSince = (since: string | null): string =>
  since === null ? 'Nothing has arrived yet' : `Nothing has arrived since ${since}`;

/** The sentence on a source that is late, as lists show it. */
export const lateSentence = (facts: FactsOf<'late'>): string => alertKinds.late.words(facts).happened;

/** @throws Refusal `alert-kind` */
export function checkKind(kind: string): void {
  if (kind === 'all' || (choosable as readonly string[]).includes(kind)) return;
  const meant = nearest(kind, choosable);
  const guess = meant === undefined ? `Kinds: all, ${choosable.join(', ')}.` : `Did you mean ${meant}?`;
  throw new Refusal('alert-kind', 400, `There is no alert of the kind "${kind.slice(0, 80)}". ${guess}`);
}
