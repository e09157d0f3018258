/** What a password must be: the same rules as it is typed in the console and when it is set. */
import { commonPasswords } from './common-passwords.ts';

export const shortestPassword = 12;
/** Longer ones are refused unread, so that nobody makes us hash a novel. */
export const longestPassword = 1024;

export type PasswordFault = { code: 'password-short' | 'password-long' | 'password-common'; sentence: string };

/** What is wrong with a password; undefined when nothing is. @param email of the account. */
export function passwordFault(password: string, email: string): PasswordFault | undefined {
  const length = lengthOf(password);
  if (length < shortestPassword) {
    const sentence = `A password has at least ${shortestPassword} characters; this one has ${length}.`;
    return { code: 'password-short', sentence };
  }
  if (password.length > longestPassword) {
    return { code: 'password-long', sentence: `A password has at most ${longestPassword} characters.` };
  }
  const fault = weakness(password.normalize('NFC').toLowerCase(), email.toLowerCase());
  if (!fault) return undefined;
  const advice = 'Choose another, for example four words that have nothing to do with each other.';
  return { code: 'password-common', sentence: `${fault} ${advice}` };
}

export const lengthOf = (password: string): number => [...password.normalize('NFC')].length;

function weakness(password: string, email: string): string | undefined {
  if (new Set(password).size < 5) return 'This password repeats a few characters.';
  if (/^(.{1,6}?)\1+.{0,5}$/u.test(password)) return 'This password repeats one short text.';
  if (isRun(password)) return 'This password follows the keyboard or the alphabet.';
  const [local = '', domain = ''] = email.split('@');
  for (const part of [email, local, domain, domain.split('.')[0] ?? '']) {
    if (part.length >= 4 && password.includes(part) && password.length - part.length < 8) {
      return 'This password is little more than your email address.';
    }
  }
  if (isCommon(password)) return 'This password is one of the first that anyone would try.';
  return undefined;
}

const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qazwsxedcrfvtgbyhnujmikolp',
];
const runs = [...rows, ...rows.map((row) => [...row].reverse().join(''))];

/** Cut into pieces of three and more that all stand side by side on the keyboard or in the alphabet. */
function isRun(password: string): boolean {
  let rest = password.replace(/[^a-z0-9]/g, '');
  // What is written in other letters follows no keyboard that is known here.
  if (rest.length * 2 < password.length) return false;
  while (rest.length >= 3) {
    let length = 0;
    for (let size = rest.length; size >= 3 && length === 0; size--) {
      if (runs.some((run) => run.includes(rest.slice(0, size)))) length = size;
    }
    if (length === 0) return false;
    rest = rest.slice(length);
  }
  return true;
}

const disguises: Record<string, string> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

/** Also with letters written as digits and signs, and with a number or sign put before or behind. */
function isCommon(password: string): boolean {
  const letters = (text: string) => text.replace(/[\s._-]/g, '');
  const bare = letters(password).replace(/^[^a-z]+|[^a-z]+$/g, '');
  const plain = letters([...password].map((sign) => disguises[sign] ?? sign).join(''));
  const plainBare = [...bare].map((sign) => disguises[sign] ?? sign).join('');
  return [password, letters(password), bare, plain, plainBare].some((form) => commonPasswords.has(form));
}
