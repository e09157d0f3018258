/** Proposes what the columns of a district's files mean, by their names and by their values. */

import { dateFrom } from '../declared/date-form.ts';
import { plainName } from '../declared/declaration.ts';
import type { Sample } from './samples.ts';

/** What a column can be. */
export type Meaning =
  | 'school id'
  | 'school name'
  | 'district id'
  | 'class id'
  | 'class name'
  | 'class ids'
  | 'course id'
  | 'course name'
  | 'student id'
  | 'staff id'
  | 'state id'
  | 'first name'
  | 'last name'
  | 'middle name'
  | 'username'
  | 'email'
  | 'password'
  | 'grade'
  | 'role'
  | 'birth date'
  | 'sex'
  | 'term name'
  | 'start date'
  | 'end date'
  | 'period'
  | 'subject'
  | 'language';

export type Suggestion = {
  file: string;
  column: string;
  meaning: Meaning;
  /** Whether its name says so, or its values do. */
  by: 'name' | 'values';
  why: string;
};

/** Names under which columns go in many systems, without spaces and signs. */
const names: Record<Meaning, RegExp> = {
  'student id':
    /^(student|pupil|learner)(id|number|no|num|nbr|sisid|code|sourcedid|localid)$|^(sin|pupil|studentlocalid|externalassignedid)$/,
  'staff id': /^(teacher|staff|educator|employee|user|instructor|faculty)(id|number|no|num|nbr|sisid|code|sourcedid)$/,
  'school id':
    /^(school|org|organization|organisation|building|campus|site)(id|number|no|num|nbr|sisid|code|sourcedid)$/,
  'district id': /^(district|parentorg(anization)?|lea)(id|number|no|code|sourcedid)?$/,
  'school name': /^(school|building|campus|org|organization)(name|title)?$/,
  'class ids': /^(classes|sections|classids|sectionids|groups)$/,
  'class id': /^(class|section|group|crs?section)(id|number|no|num|nbr|sisid|code|sourcedid)$/,
  'class name': /^(class|section|group|homeroom|room)(name|title)?$/,
  'course id': /^course(id|number|no|code|sisid|sourcedid)$/,
  'course name': /^course(name|title)?$|^longname$/,
  'state id': /^(alternate|alt|state|ssid).*(id|number)?$/,
  'first name': /^(first|given|fore|legalfirst|studentfirst|teacherfirst)(name)?$|^fname$|^vorname$|^nombre$/,
  'last name': /^(last|family|sur|legallast|studentlast|teacherlast)(name)?$|^lname$|^nachname$|^apellidos?$/,
  'middle name': /^(middle)(name|initial)?$|^mname$|^mi$/,
  username: /^(user|login|logon)(name|id)?$|^(student|teacher)?username$|^networkid$/,
  email: /^e?mail(address)?$|^(student|teacher|staff|work|school|educator)e?mail(address)?$/,
  password: /^(password|pwd|pass|pin)$/,
  grade: /^(grade|gradelevel|gradelvl|gr|yearlevel|year|studentgrade|currentgrade)$/,
  role: /^(role|usertype|userrole|accounttype|stafftype|position|educatortype|type)$/,
  'birth date': /^(birth|dob|dateofbirth|bday)(date|day)?$/,
  sex: /^(sex|gender)$/,
  'term name': /^(term|semester|marking?period)(name|code|id)?$/,
  'start date': /^(start|begin|entry|termstart|from)(date)?$/,
  'end date': /^(end|exit|termend|leave|to)(date)?$/,
  period: /^(period|periods|per|block|hour)$/,
  subject: /^(subject|department|subjectarea)(name)?$/,
  language: /^(first|home|audio|second|support)?language$/,
};

const gradeValue = /^(pk|prek|pre-k|tk|kg?|0?[0-9]|1[0-3]|[0-9]+(st|nd|rd|th)|grade [0-9]+)$/i;
const emailValue = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const dateForms = ['YYYY-MM-DD', 'M/D/YYYY', 'D/M/YYYY', 'D.M.YYYY', 'YYYYMMDD', 'M-D-YYYY', 'M/D/YY'];

/** At most one meaning for each column. */
export function suggest(samples: readonly Sample[]): Suggestion[] {
  return samples.flatMap((sample) => {
    const taken = new Set<Meaning>();
    const byName = sample.header.flatMap((column) => {
      const plain = plainName(column);
      const found = (Object.keys(names) as Meaning[]).find(
        (meaning) => names[meaning].test(plain) && !taken.has(meaning),
      );
      if (!found) return [];
      taken.add(found);
      return [{ file: sample.name, column, meaning: found, by: 'name' as const, why: `the name ${column}` }];
    });
    const named = new Set(byName.map(({ column }) => column));
    const byValues = sample.header.flatMap((column, at) => {
      if (named.has(column)) return [];
      const found = meaningOf(sample.rows.map((row) => row[at] ?? '').filter((value) => value !== ''));
      if (!found || taken.has(found.meaning)) return [];
      taken.add(found.meaning);
      return [{ file: sample.name, column, by: 'values' as const, ...found }];
    });
    return [...byName, ...byValues];
  });
}

function meaningOf(values: readonly string[]): { meaning: Meaning; why: string } | undefined {
  if (values.length < 2) return undefined;
  const share = (test: (value: string) => boolean) => values.filter(test).length / values.length;
  if (share((value) => emailValue.test(value)) > 0.8)
    return { meaning: 'email', why: 'its values are email addresses' };
  const form = formOf(values);
  if (form && share((value) => Number((dateFrom(value, [form]) ?? '9999').slice(0, 4)) < 2024) > 0.8)
    return { meaning: 'birth date', why: `its values are dates of the past (${form})` };
  if (share((value) => /^(m|f|male|female|x)$/i.test(value)) > 0.9)
    return { meaning: 'sex', why: 'its values are M and F' };
  if (share((value) => /^(teacher|administrator|admin|student|principal|aide|staff)$/i.test(value)) > 0.8)
    return { meaning: 'role', why: 'its values are roles' };
  const distinct = new Set(values).size;
  if (share((value) => gradeValue.test(value)) === 1 && distinct <= 16 && distinct < values.length)
    return { meaning: 'grade', why: 'its values are grades' };
  return undefined;
}

/** The form in which all dates of a column are written. */
export const formOf = (values: readonly string[]): string | undefined =>
  dateForms.find((form) => values.length > 0 && values.every((value) => isDay(dateFrom(value, [form]))));

const isDay = (date: string | undefined): boolean =>
  date !== undefined && !Number.isNaN(Date.parse(`${date}T00:00:00Z`));
