/** Forms of values that a cell may have to have: numbers, pairs in braces, addresses, and what spreadsheets make of them. */

import { judgeDateTime } from './bytes.ts';
import type { Row } from './record.ts';
import { fieldNames, roleNames, userRoles } from './tables.ts';

/** A number in scientific notation, or the error words and fences of a spreadsheet. */
export const looksDamaged = (text: string): boolean =>
  /^(#+|#(N\/A|REF!|VALUE!|NAME\?|NULL!|DIV\/0!|NUM!))$/.test(text) || /^\d(\.\d+)?E\+\d+$/.test(text);
/** A word that stands for nothing. */
export const isNullWord = (text: string): boolean => /^(NULL|null|N\/A|None)$/.test(text);
/** UTF-8 that was read as Windows-1252 and encoded again. */
export const isMojibake = (text: string): boolean => /[ÃÂ][\u0080-\u00bf]|â€[™œ“”˜]/.test(text);
/** Text columns in which a leading + is a telephone number, not a formula. */
export const dialled: ReadonlySet<string> = new Set(['sms', 'phone']);
/** What people write for true and false. */
export const booleanWords: Record<string, string> = {
  true: 'true',
  false: 'false',
  '1': 'true',
  '0': 'false',
  yes: 'true',
  no: 'false',
};

const number = /^-?\d+(\.\d+)?$/;
export const rareTypes: Record<string, (text: string, row: Row) => string | undefined> = {
  integer: (text) => (/^-?\d+$/.test(text) ? undefined : 'number-invalid'),
  float: (text) => (number.test(text) ? undefined : 'number-invalid'),
  dateTime: (text) => (judgeDateTime(text) === 'format' ? 'datetime-format-invalid' : undefined),
  userIds: (text) =>
    /^\{[^{}:,]+:[^{}:,]+\}(, ?\{[^{}:,]+:[^{}:,]+\})*$/.test(text) ? undefined : 'user-ids-format-invalid',
  scoreScaleValues: (text) =>
    /^\{[^{}:,]+:[^{}:,]+\}(,\{[^{}:,]+:[^{}:,]+\})*$/.test(text) ? undefined : 'score-scale-value-invalid',
  learningObjectiveId: (text, row) =>
    row.text(fieldNames(row.kind).indexOf('source')) !== 'case' ||
    /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
      ? undefined
      : 'learning-objective-not-uuid-urn',
};
export const rareMessages: Record<string, string> = {
  'number-invalid': 'is not a plain number',
  'datetime-format-invalid': 'is not a time like 2025-08-27T14:05:00.000Z',
  'user-ids-format-invalid': 'is not of the form {type:id}',
  'score-scale-value-invalid': 'is not of the form {left:right}',
  'learning-objective-not-uuid-urn': 'is not a UUID URN, although its source is case',
};

/** What people are at a school, but not in a class: roles of users, and words for jobs that exports put in their place. */
const notInClass = new Set(
  [
    ...userRoles,
    ...roleNames,
    'assistant',
    'coach',
    'librarian',
    'mother',
    'father',
    'nurse',
    'paraprofessional',
    'staff',
  ]
    .filter((role) => !['administrator', 'proctor', 'student', 'teacher'].includes(role))
    .map((role) => role.toLowerCase()),
);
export const isRoleOfUsers = (text: string): boolean => notInClass.has(text.trim().toLowerCase());

/** One @ with something before it, a dot after it, and no space. */
export function isEmail(buffer: Uint8Array, start: number, end: number): boolean {
  let sign = -1;
  let dot = -1;
  for (let at = start; at < end; at++) {
    const byte = buffer[at] as number;
    if (byte <= 32 || byte === 44) return false;
    if (byte === 64) {
      if (sign >= 0) return false;
      sign = at;
    } else if (byte === 46 && sign >= 0) dot = at;
  }
  return sign > start && dot > sign + 1 && dot < end - 1;
}
