/** How the settings of a source are called on their page, and under which heading they stand; new ones stand under "More". */

import { formats } from '../src/core/formats/index.ts';
import type { Setting } from './set-up-api.ts';
import { capital } from './words.ts';

type Name = Setting['name'];

export const settingGroups: { title: string; about: string; names: Name[] }[] = [
  {
    title: 'What is sent, and when',
    about: 'What a delivery of this source is, and when the next one is expected.',
    names: ['format', 'profile', 'schedule', 'missingAfter', 'identicalDays'],
  },
  {
    title: 'What happens to deliveries',
    about: 'What is done with a delivery that arrives, and who may decide.',
    names: ['mode', 'calendar', 'trustFirst', 'holdOnlyRemovals', 'administratorsMay'],
  },
  {
    title: 'Thresholds',
    about: 'What is unusual enough to wait for a person. Both the share and the number have to be passed.',
    names: [
      'removedShare',
      'removedAtLeast',
      'schoolRemovedShare',
      'schoolRemovedAtLeast',
      'leftOutShare',
      'shrunkenShare',
      'shrunkenAtLeast',
      'identityChanges',
    ],
  },
];

const names: Partial<Record<Name, string>> = {
  mode: 'Mode',
  calendar: 'Calendar',
  trustFirst: 'Trust the first delivery',
  holdOnlyRemovals: 'Hold only the removals',
  removedShare: 'Removals, share',
  removedAtLeast: 'Removals, number',
  schoolRemovedShare: 'Removals at one school, share',
  schoolRemovedAtLeast: 'Removals at one school, number',
  leftOutShare: 'Rows left out, share',
  shrunkenShare: 'Shorter file, share',
  shrunkenAtLeast: 'Shorter file, rows',
  identityChanges: 'People under a new sourcedId',
  format: 'Format',
  profile: 'Strictness',
  schedule: 'Due',
  missingAfter: 'Missing after',
  identicalDays: 'Unchanged for days',
  administratorsMay: 'Administrators of the district may',
};

/** "removedShare" as "Removals, share"; one that has no words yet as "Removed share". */
export const settingName = (name: string): string =>
  names[name as Name] ?? capital(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));

const choices: Record<string, string> = {
  auto: 'Told from the files',
  default: 'Default: the usual check',
  strict: 'Strict: by the letter of the standard',
  lenient: 'Lenient: accepts what has only one meaning',
  active: 'Active: deliveries are processed',
  paused: 'Paused: deliveries are kept until it ends',
  'dry run': 'Dry run: everything but applying',
  'additions only': 'Additions only: nothing is removed',
  decide: 'Decide about held deliveries',
  rollback: 'Roll syncs back',
  mode: 'Change the mode',
  calendar: 'Change the calendar',
  schedule: 'Change the schedule',
  holdOnlyRemovals: 'Have only removals held',
  trustFirst: 'Trust the first delivery',
  thresholds: 'Change thresholds',
};

/** A choice as it is offered. */
export const choiceName = (choice: string): string =>
  choices[choice] ?? formats.find(({ id }) => id === choice)?.title ?? capital(choice);

/** Documentation as plain text: what is code in the reference stands in quotes. */
export const docText = (doc: string): string => doc.replaceAll(/`([^`]*)`/g, '“$1”');
