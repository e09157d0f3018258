/** The rules of a product's people in words, each with how surely it is known, for pages, commands and the reference. */

import type { Confidence, Fact, ProductProfile } from './product.ts';

export type RuleRow = { name: string; value: string; confidence: Confidence };

export const confidenceWords: Record<Confidence, string> = {
  confirmed: 'published by the vendor',
  partly: 'named by the vendor; the detail is assumed',
  standard: 'OneRoster says so',
  sibling: 'known of a vendor of the same kind',
  assumed: 'assumed',
  own: 'set for this product',
};

export function ruleRows(profile: ProductProfile): RuleRow[] {
  const { username, passwordMinLength, studentIdMaxLength, noDigitInGivenName, educatorEmail, schools } = profile;
  const row = <T>(name: string, fact: Fact<T> | undefined, words: (value: T) => string): RuleRow[] =>
    fact ? [{ name, value: words(fact.value), confidence: fact.confidence }] : [];
  const one = (): string => 'exactly one';
  const list = (value: readonly string[]): string => value.join(', ');
  return [
    ...row('roles that get an account', profile.roles, list),
    ...row('orgs that become organizations', profile.orgTypes, list),
    ...row('username of a student, length', username.minLength, (value) => `at least ${value} characters`),
    ...row('username of a student, characters', username.plain, () => 'letters and digits only'),
    ...row('usernames of two students', username.ignoresCase, (value) =>
      value ? 'differ by more than capitals' : 'differ',
    ),
    ...row(
      'password of a student',
      passwordMinLength,
      (value) => `at least ${value} characters; a shorter or blank one is replaced by one that the product makes`,
    ),
    ...row('sourcedId of a student', studentIdMaxLength, (value) => `at most ${value} characters`),
    ...row('givenName of a student', noDigitInGivenName, () => 'holds no digit'),
    ...row('email of a teacher or administrator', educatorEmail, (value) =>
      value === 'one for each role'
        ? 'is the login: valid, and another one for each role that a person has'
        : 'is the login: valid; one serves all roles of a person',
    ),
    ...row('schools of a student', schools.students, one),
    ...row('schools of a teacher or school administrator', schools.educators, one),
  ];
}

/** What a column of students is held to by the product. */
export type ColumnRule = 'username' | 'password' | 'studentId' | 'givenName';

/** The same in a sentence for the page of a format; empty where the product says nothing. */
export function columnRuleWords(rule: ColumnRule, profile: ProductProfile): string {
  const { username, passwordMinLength, studentIdMaxLength, noDigitInGivenName } = profile;
  if (rule === 'username')
    return [
      username.minLength ? `At least ${username.minLength.value} characters.` : '',
      username.plain ? 'Letters and digits only.' : '',
    ]
      .filter(Boolean)
      .join(' ');
  if (rule === 'password') return `At least ${passwordMinLength.value} characters; one is made where it is blank.`;
  if (rule === 'studentId') return studentIdMaxLength ? `At most ${studentIdMaxLength.value} characters.` : '';
  return noDigitInGivenName ? 'Without digits.' : '';
}
