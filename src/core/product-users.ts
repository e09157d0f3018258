/** Judges the people of a delivery by what one product takes: needed fields, logins, grades, schools. */

import { encode } from './bytes.ts';
import { isEmail } from './cell-forms.ts';
import type { Where } from './finding.ts';
import { nearest } from './nearest.ts';
import type { Confidence, ProductProfile, Who } from './profiles/product.ts';
import type { Row } from './record.ts';
import { RowStore } from './row-store.ts';
import { itemsOf, type Texts, textsOf } from './row-texts.ts';
import { show } from './show.ts';
import { gradeCodes } from './tables.ts';
import type { Tally } from './tally.ts';
import { countedKind } from './words.ts';

type Person = { texts: Texts; line: number; metadata: Record<string, string>; roles: string[]; orgs: string[] };
type Login = { line: number; isStudent: boolean };

/** Words of 1.2 for administrators. */
const administrators = [
  'administrator',
  'districtAdministrator',
  'siteAdministrator',
  'principal',
  'systemAdministrator',
];
const districtWide = ['districtAdministrator', 'systemAdministrator'];

export class ProductUsers {
  /** sourcedIds of the orgs that are schools. */
  readonly schools = new Set<string>();
  #product: ProductProfile;
  #tally: Tally;
  #needed: { field: string; who: Who; confidence: Confidence }[];
  /** Users of 1.2 wait for their roles. */
  #waiting = new RowStore('users');
  #roles = new Map<string, { roles: string[]; orgs: string[] }>();
  #leftOut = new Set<string>();
  #logins = new Map<string, Login>();
  #emails = new Map<string, number>();
  #unused = new Map<string, number>();
  #disabled = 0;

  constructor(product: ProductProfile, tally: Tally) {
    this.#product = product;
    this.#tally = tally;
    // What everyone needs is the standard's and checked with it, unless the vendor has said so.
    this.#needed = product.columns.flatMap(({ kind, field, need, who = 'everyone', confidence }) =>
      kind === 'users' && need === 'required' && (who !== 'everyone' || confidence === 'own')
        ? [{ field, who, confidence }]
        : [],
    );
  }

  user(row: Row): void {
    const texts = textsOf(row);
    if (texts.role === undefined) this.#waiting.push(row);
    else this.#judge(personOf(row, texts, [texts.role], itemsOf(texts.orgSourcedIds)));
  }

  role(user: string, role: string, orgs: string[]): void {
    const known = this.#roles.get(user);
    if (!known) this.#roles.set(user, { roles: [role], orgs: [...orgs] });
    else {
      if (!known.roles.includes(role)) known.roles.push(role);
      known.orgs.push(...orgs.filter((org) => !known.orgs.includes(org)));
    }
  }

  leftOut(sourcedId: string): void {
    this.#leftOut.add(sourcedId);
  }

  finish(): void {
    for (const row of this.#waiting.rows()) {
      const texts = textsOf(row);
      const { roles, orgs } = this.#roles.get(texts.sourcedId) ?? { roles: [], orgs: [] };
      if (roles.length > 0 && !this.#leftOut.has(texts.sourcedId)) this.#judge(personOf(row, texts, roles, orgs));
    }
    const { title, roles } = this.#product;
    for (const [role, count] of this.#unused)
      this.#sayOf('product-record-not-used', {
        column: 'role',
        value: show(role),
        message: `${countedKind(count, 'users')} of role ${show(role)}: ${title} takes ${roles.value.join(', ')}`,
      });
    if (this.#disabled > 0)
      this.#sayOf('product-record-not-used', {
        column: 'enabledUser',
        value: 'false',
        message: `${countedKind(this.#disabled, 'users')} with enabledUser false: ${title} treats them as removed`,
      });
  }

  #judge(person: Person): void {
    if (person.texts.status === 'tobedeleted') return;
    const taken = person.roles.filter((role) => this.#isTaken(role));
    if (taken.length === 0) {
      for (const role of person.roles) this.#unused.set(role, (this.#unused.get(role) ?? 0) + 1);
      return;
    }
    if (person.texts.enabledUser === 'false') {
      this.#disabled++;
      return;
    }
    const isStudent = taken.includes('student');
    const isEducator = taken.some((role) => role !== 'student');
    for (const { field, who, confidence } of this.#needed) {
      if (person.texts[field] !== undefined) continue;
      if ((who === 'students' && !isStudent) || (who === 'educators' && !isEducator)) continue;
      const whom = whomWords[who];
      this.#say(
        'product-field-missing',
        person,
        field,
        `${field} ${whom} is blank, and ${this.#product.title} needs it`,
        confidence,
      );
    }
    if (isStudent) this.#student(person);
    if (isEducator) this.#educator(person, taken);
  }

  #isTaken(role: string): boolean {
    const { value } = this.#product.roles;
    return value.includes(role) || (administrators.includes(role) && value.includes('administrator'));
  }

  #student(person: Person): void {
    const { username, passwordMinLength, studentIdMaxLength, noDigitInGivenName, schools, title } = this.#product;
    const { texts } = person;
    this.#grade(person);
    this.#language(person);
    const { minLength, plain, ignoresCase } = username;
    const name = texts.username ?? '';
    const rule = 'product-sign-in-rule';
    if (minLength && name.length < minLength.value)
      this.#say(
        rule,
        person,
        'username',
        `username "${show(name)}" is shorter than ${minLength.value} characters`,
        minLength.confidence,
      );
    if (plain && !/^[\p{L}\p{N}]*$/u.test(name))
      this.#say(
        rule,
        person,
        'username',
        `username "${show(name)}" has other characters than letters and digits`,
        plain.confidence,
      );
    this.#login(person, ignoresCase.value ? name.toLowerCase() : name);
    if (texts.password !== undefined && texts.password.length < passwordMinLength.value) {
      const message = `The password is shorter than ${passwordMinLength.value} characters; ${title} makes one of its own`;
      this.#say(rule, person, 'password', message, passwordMinLength.confidence);
    }
    if (studentIdMaxLength && texts.sourcedId.length > studentIdMaxLength.value)
      this.#say(
        rule,
        person,
        'sourcedId',
        `The sourcedId of the student is longer than ${studentIdMaxLength.value} characters`,
        studentIdMaxLength.confidence,
      );
    if (noDigitInGivenName && /\p{N}/u.test(texts.givenName ?? ''))
      this.#say(rule, person, 'givenName', 'givenName holds a digit', noDigitInGivenName.confidence);
    if (schools.students) this.#schoolCount(person, 'A student', schools.students.confidence);
  }

  #grade(person: Person): void {
    const { grades, doubtfulGrades, title } = this.#product;
    const said = itemsOf(person.texts.grades);
    const rule = 'product-value-not-known';
    if (said.length > 1)
      this.#say(rule, person, 'grades', `grades names ${said.length} grades; ${title} takes the lowest`, 'assumed');
    for (const grade of said.toSorted((a, b) => place(a) - place(b)).slice(0, 1)) {
      const code = codeOf(grade);
      const becomes = grades.value[code];
      const doubt = doubtfulGrades.value[code];
      if (becomes === undefined || becomes === null)
        this.#say(rule, person, 'grades', `${title} has no grade for "${show(grade)}"`, grades.confidence);
      else if (doubt) this.#say(rule, person, 'grades', `Grade "${grade}": ${doubt}`, doubtfulGrades.confidence);
    }
  }

  #language(person: Person): void {
    const { column, known } = this.#product.language;
    const said = person.metadata[column.value];
    if (said === undefined || known.value.some((language) => language.toLowerCase() === said.trim().toLowerCase()))
      return;
    const near = nearest(said, known.value);
    const hint = near ? ` (did you mean ${near}?)` : '';
    const message = `${column.value} "${show(said)}" is not a language of ${this.#product.title}${hint}; it takes English`;
    this.#say('product-value-not-known', person, column.value, message, column.confidence);
  }

  #login(person: Person, name: string): void {
    const first = this.#logins.get(name);
    if (!first) this.#logins.set(name, { line: person.line, isStudent: true });
    else
      this.#say(
        'product-sign-in-taken',
        person,
        'username',
        `username "${show(person.texts.username ?? '')}" is that of another student too (line ${first.line})`,
        this.#product.username.ignoresCase.confidence,
      );
  }

  #educator(person: Person, taken: string[]): void {
    const { educatorEmail, schools, title } = this.#product;
    const { email } = person.texts;
    if (email !== undefined) {
      const bytes = encode(email);
      if (!isEmail(bytes, 0, bytes.length))
        this.#say(
          'product-sign-in-rule',
          person,
          'email',
          `email "${show(email)}" is not an address, and it is the login`,
          'confirmed',
        );
      else if (educatorEmail.value === 'one for each role')
        this.#ownEmail(person, email.toLowerCase(), taken.length, title);
    }
    const isDistrictWide = person.roles.some((role) => districtWide.includes(role)) || this.#isAtDistrict(person);
    if (schools.educators && !isDistrictWide)
      this.#schoolCount(person, 'A teacher or school administrator', schools.educators.confidence);
  }

  /** An administrator who is assigned to anything but a school is one of the district. */
  #isAtDistrict({ roles, orgs }: Person): boolean {
    return roles.includes('administrator') && orgs.some((org) => !this.schools.has(org));
  }

  #ownEmail(person: Person, email: string, roles: number, title: string): void {
    const rule = 'product-sign-in-taken';
    const { confidence } = this.#product.educatorEmail;
    const line = this.#emails.get(email);
    if (line === undefined) this.#emails.set(email, person.line);
    else
      this.#say(
        rule,
        person,
        'email',
        `email "${show(email)}" is that of line ${line} too; ${title} needs one for each account`,
        confidence,
      );
    if (roles > 1)
      this.#say(
        rule,
        person,
        'email',
        `One email serves ${roles} roles; ${title} needs an account and an address for each`,
        confidence,
      );
  }

  #schoolCount(person: Person, whose: string, confidence: Confidence): void {
    const schools = person.orgs.filter((org) => this.schools.has(org));
    if (schools.length < 2) return;
    const column = person.texts.orgSourcedIds === undefined ? 'sourcedId' : 'orgSourcedIds';
    const message = `${whose} has one school in ${this.#product.title}; this one has ${schools.length} (${show(schools.join(', '))})`;
    this.#say('product-too-many-schools', person, column, message, confidence);
  }

  #say(rule: string, { texts, line, metadata }: Person, column: string, message: string, confidence: Confidence): void {
    const value = column === 'password' ? '(hidden)' : show(texts[column] ?? metadata[column] ?? '');
    const severity = confidence === 'assumed' ? ({ severity: 'info' } as const) : {};
    this.#sayOf(rule, { line, column, key: show(texts.sourcedId), value, message, ...severity });
  }

  #sayOf(rule: string, where: Where): void {
    this.#tally.add(rule, { file: 'users.csv', ...where });
  }
}

const whomWords: Record<Who, string> = {
  everyone: 'of a user',
  students: 'of a student',
  educators: 'of a teacher or administrator',
};

/** Grades 1 to 9 are often sent without the zero. */
const codeOf = (grade: string): string => (/^[1-9]$/.test(grade) ? `0${grade}` : grade);

/** Lower grades first; what has no place in the order of school stands last. */
function place(grade: string): number {
  const at = (gradeCodes as readonly string[]).indexOf(codeOf(grade));
  return at < 0 ? gradeCodes.length : at;
}

const personOf = (row: Row, texts: Texts, roles: string[], orgs: string[]): Person => ({
  texts,
  line: row.line,
  metadata: row.metadata ?? {},
  roles,
  orgs,
});
