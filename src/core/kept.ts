/** The words for records that a rollback or a school-year reset keeps as they are: a finding each, so that they stand where all findings stand. */

import type { Finding } from './record.ts';
import type { Kind } from './tables.ts';
import { kindWord } from './words.ts';

export type KeptReason = 'person' | 'later sync' | 'gone' | 'reference' | 'id' | 'username' | 'by hand' | 'grade';
export const keptReasons = [
  'person',
  'later sync',
  'gone',
  'reference',
  'id',
  'username',
  'by hand',
  'grade',
] as const satisfies KeptReason[];
export type Kept = { kind: Kind; sourcedId: string; reason: KeptReason };

const words: Record<KeptReason, { rule: string; message: string; fix: string }> = {
  person: {
    rule: 'kept-changed-by-person',
    message: 'was changed by a person since, and stays as the person left it',
    fix: 'Look at the record and its history, and change it by hand where that is wanted.',
  },
  'later sync': {
    rule: 'kept-changed-since',
    message: 'was changed by a later delivery, and stays as that left it',
    fix: 'To undo the later deliveries too, roll back with --back.',
  },
  gone: {
    rule: 'kept-purged',
    message: 'is not in the roster any more, and cannot be brought back',
    fix: 'The next full delivery of its source brings it again.',
  },
  reference: {
    rule: 'kept-reference-gone',
    message: 'refers to a record that is not in the roster any more, and stays as it is',
    fix: 'The next full delivery of its source brings both again.',
  },
  id: {
    rule: 'kept-id-taken',
    message: 'stood under another id before, which another record has by now, and stays as it is',
    fix: 'Release the record from its source, and change it by hand where that is wanted.',
  },
  username: {
    rule: 'kept-username-taken',
    message: 'had a username before that another user has got since, and stays as it is',
    fix: 'Give one of the two another username, in the SIS or by hand, and roll back again.',
  },
  'by hand': {
    rule: 'kept-by-hand',
    message: 'was added by hand, and stays as it is',
    fix: 'Archive or change it by hand where that is wanted.',
  },
  grade: {
    rule: 'kept-grade-unknown',
    message: 'has no grade that another one follows, and stays in it',
    fix: 'The next delivery of its source says the new grade.',
  },
};

export function keptFinding({ kind, sourcedId, reason }: Kept): Finding {
  const { rule, message, fix } = words[reason];
  const word = kindWord(kind, 1);
  return {
    rule,
    severity: 'warning',
    key: sourcedId,
    message: `${word.slice(0, 1).toUpperCase()}${word.slice(1)} ${sourcedId} ${message}`,
    fix,
  };
}

/** Behind a number of records. */
export const keptWords: Record<KeptReason, string> = {
  person: 'that a person has changed since',
  'later sync': 'that a later sync has changed since',
  gone: 'that are not in the roster any more',
  reference: 'that refer to what is not in the roster any more',
  id: 'whose former id another record has by now',
  username: 'whose former username another user has got since',
  'by hand': 'that people have added by hand',
  grade: 'whose grade is blank or not known, so that none follows it',
};

export const keptRule = (reason: KeptReason): string => words[reason].rule;
