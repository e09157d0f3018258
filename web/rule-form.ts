/** What a person enters on the page of a product's rules, made of a profile, and what of it differs from the declared one. */

import type { RuleChanges } from '../src/core/profiles/changed.ts';
import type { ProductColumn, ProductProfile } from '../src/core/profiles/product.ts';
import { gradeCodes } from '../src/core/tables.ts';
import { lookupOf } from './lookup-text.ts';

type Need = ProductColumn['need'];
export type RuleForm = {
  /** Blank: no limit. */
  usernameMin: number | '';
  isPlain: boolean;
  ignoresCase: boolean;
  passwordMin: number | '';
  idMax: number | '';
  noDigit: boolean;
  email: ProductProfile['educatorEmail']['value'];
  oneForStudents: boolean;
  oneForEducators: boolean;
  roles: readonly string[];
  orgTypes: readonly string[];
  /** `KG = K` in a line each. */
  grades: string;
  languageColumn: string;
  /** One in a line. */
  languages: string;
  /** By file, `users`, and by column, `users email`. */
  files: Readonly<Record<string, Need>>;
  columns: Readonly<Record<string, Need>>;
};

export function formOf(profile: ProductProfile): RuleForm {
  const { username, schools, language } = profile;
  return {
    usernameMin: username.minLength?.value ?? '',
    isPlain: username.plain !== undefined,
    ignoresCase: username.ignoresCase.value,
    passwordMin: profile.passwordMinLength.value,
    idMax: profile.studentIdMaxLength?.value ?? '',
    noDigit: profile.noDigitInGivenName !== undefined,
    email: profile.educatorEmail.value,
    oneForStudents: schools.students !== undefined,
    oneForEducators: schools.educators !== undefined,
    roles: profile.roles.value,
    orgTypes: profile.orgTypes.value,
    grades: Object.entries(profile.grades.value)
      .sort(([a], [b]) => place(a) - place(b))
      .map(([code, grade]) => `${code} = ${grade ?? ''}`.trim())
      .join('\n'),
    languageColumn: language.column.value,
    languages: language.known.value.join('\n'),
    files: Object.fromEntries(
      [...new Set(profile.columns.map(({ kind }) => kind))].map((kind) => [
        kind,
        profile.files.value[kind] ?? 'not used',
      ]),
    ),
    columns: Object.fromEntries(profile.columns.map(({ kind, field, need }) => [`${kind} ${field}`, need])),
  };
}

/** In the order of school; what has no place in it stands last, as it is declared. */
function place(code: string): number {
  const at = (gradeCodes as readonly string[]).indexOf(code);
  return at < 0 ? gradeCodes.length : at;
}

/** By field, in a sentence; empty when all of it can be kept. */
export function faultsOf(form: RuleForm): Partial<Record<keyof RuleForm, string>> {
  const faults: Partial<Record<keyof RuleForm, string>> = {};
  const isLength = (value: number | '') => value === '' || (Number.isInteger(value) && value >= 1 && value <= 255);
  if (!isLength(form.usernameMin)) faults.usernameMin = 'Give a whole number from 1 to 255, or leave it blank.';
  if (form.passwordMin === '' || !isLength(form.passwordMin)) faults.passwordMin = 'Give a whole number from 1 to 255.';
  if (!isLength(form.idMax)) faults.idMax = 'Give a whole number from 1 to 255, or leave it blank.';
  if (form.roles.length === 0) faults.roles = 'Choose at least one: without an account nobody can use the product.';
  if (form.orgTypes.length === 0) faults.orgTypes = 'Choose at least one.';
  if (linesOf(form.languages).length === 0) faults.languages = 'Name at least one language.';
  if (!/^metadata\.[A-Za-z0-9_.-]+$/.test(form.languageColumn.trim()))
    faults.languageColumn = 'Own columns of OneRoster begin with metadata. such as metadata.language.';
  try {
    lookupOf(form.grades);
  } catch (fault) {
    faults.grades = (fault as Error).message;
  }
  return faults;
}

/** What of a form without faults is not as it is declared. */
export function changesOf(declared: ProductProfile, form: RuleForm): RuleChanges {
  const before = formOf(declared);
  const differs = <K extends keyof RuleForm>(key: K): boolean =>
    JSON.stringify(form[key]) !== JSON.stringify(before[key]);
  const username = {
    ...(differs('usernameMin') ? { minLength: form.usernameMin || null } : {}),
    ...(differs('isPlain') ? { plain: form.isPlain } : {}),
    ...(differs('ignoresCase') ? { ignoresCase: form.ignoresCase } : {}),
  };
  const oneSchool = {
    ...(differs('oneForStudents') ? { students: form.oneForStudents } : {}),
    ...(differs('oneForEducators') ? { educators: form.oneForEducators } : {}),
  };
  const language = {
    ...(differs('languageColumn') ? { column: form.languageColumn.trim() } : {}),
    ...(linesOf(form.languages).join() === declared.language.known.value.join()
      ? {}
      : { known: linesOf(form.languages) }),
  };
  const changes = filled({
    username: filled(username),
    ...(differs('passwordMin') ? { passwordMinLength: Number(form.passwordMin) } : {}),
    ...(differs('idMax') ? { studentIdMaxLength: form.idMax || null } : {}),
    ...(differs('noDigit') ? { noDigitInGivenName: form.noDigit } : {}),
    ...(differs('email') ? { educatorEmail: form.email } : {}),
    oneSchool: filled(oneSchool),
    ...(sameSet(form.roles, before.roles) ? {} : { roles: [...form.roles] }),
    ...(sameSet(form.orgTypes, before.orgTypes) ? {} : { orgTypes: [...form.orgTypes] }),
    grades: filled(gradeChanges(declared.grades.value, lookupOf(form.grades))),
    language: filled(language),
    files: filled(needChanges(before.files, form.files)),
    columns: filled(byFile(needChanges(before.columns, form.columns))),
  });
  return (changes ?? {}) as RuleChanges;
}

/** A grade whose line is gone is not taken any more. */
function gradeChanges(
  before: Readonly<Record<string, string | null>>,
  after: Readonly<Record<string, string | null>>,
): Record<string, string | null> {
  const codes = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...codes].flatMap((code) =>
      (before[code] ?? null) === (after[code] ?? null) ? [] : [[code, after[code] ?? null]],
    ),
  );
}

const needChanges = (before: Readonly<Record<string, Need>>, after: Readonly<Record<string, Need>>) =>
  Object.fromEntries(Object.entries(after).filter(([key, need]) => before[key] !== need));

function byFile(needs: Record<string, Need>): Record<string, Record<string, Need>> {
  const made: Record<string, Record<string, Need>> = {};
  for (const [key, need] of Object.entries(needs)) {
    const [file = '', column = ''] = key.split(' ');
    made[file] = { ...made[file], [column]: need };
  }
  return made;
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean => [...a].sort().join() === [...b].sort().join();
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** Without what is undefined. */
const filled = <T extends object>(value: T): T | undefined => {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined;
};
