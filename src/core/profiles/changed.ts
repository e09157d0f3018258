/** What a vendor changes of the rules of one of its products: sign-in, schools, accounts, grades, languages, what is needed. */

import { type JsonSchema, type RootSchema, validate } from '../formats/mapped/json-schema.ts';
import { nearest } from '../nearest.ts';
import { Refusal } from '../refusal.ts';
import { gradeCodes, type Kind, tableOf } from '../tables.ts';
import type { Fact, ProductColumn, ProductProfile } from './product.ts';

/** Under this name they are kept in versions, as the changes of a format are. */
export const PRODUCT_RULES = 'product-rules';

/** `null` takes a limit away; what is not named stays as it is declared. */
export type RuleChanges = {
  username?: { minLength?: number | null; plain?: boolean; ignoresCase?: boolean };
  passwordMinLength?: number;
  studentIdMaxLength?: number | null;
  noDigitInGivenName?: boolean;
  educatorEmail?: ProductProfile['educatorEmail']['value'];
  /** Whether a person has one school only. */
  oneSchool?: { students?: boolean; educators?: boolean };
  roles?: string[];
  orgTypes?: string[];
  /** By OneRoster's grade: what the product calls it, or null for what it does not take. */
  grades?: Record<string, string | null>;
  language?: { column?: string; known?: string[] };
  files?: Record<string, ProductColumn['need']>;
  /** By file, by column. */
  columns?: Record<string, Record<string, ProductColumn['need']>>;
};

const yesOrNo = { type: 'boolean' } as const;
const length: JsonSchema = { type: 'integer', minimum: 1, maximum: 255 };
const text: JsonSchema = { type: 'string', minLength: 1, maxLength: 200 };
const need: JsonSchema = { enum: ['required', 'optional', 'not used'] };
const exactly = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties,
});
const schema: RootSchema = {
  ...exactly({
    username: exactly({ minLength: { anyOf: [length, { type: 'null' }] }, plain: yesOrNo, ignoresCase: yesOrNo }),
    passwordMinLength: length,
    studentIdMaxLength: { anyOf: [length, { type: 'null' }] },
    noDigitInGivenName: yesOrNo,
    educatorEmail: { enum: ['shared by the roles of a person', 'one for each role'] },
    oneSchool: exactly({ students: yesOrNo, educators: yesOrNo }),
    roles: { type: 'array', items: { enum: tableOf('users').fields.role?.values?.['1.1'] ?? [] }, minItems: 1 },
    orgTypes: { type: 'array', items: { enum: tableOf('orgs').fields.type?.values?.['1.1'] ?? [] }, minItems: 1 },
    grades: { type: 'object', maxProperties: 200, additionalProperties: { anyOf: [text, { type: 'null' }] } },
    language: exactly({
      column: { ...text, pattern: '^metadata\\.[A-Za-z0-9_.-]+$' },
      known: { type: 'array', items: text, minItems: 1, maxItems: 500 },
    }),
    files: { type: 'object', additionalProperties: need },
    columns: { type: 'object', additionalProperties: { type: 'object', additionalProperties: need } },
  }),
  $defs: {},
};

/**
 * The profile with the changes in it; what is changed is known for sure.
 * @throws Refusal `product-rules` with what is wrong and what there is.
 */
export function changedProfile(profile: ProductProfile, changes: unknown): ProductProfile {
  const [fault] = validate(changes, schema);
  if (fault) throw wrong(`${fault.path.join('.') || 'The change'} ${fault.message}.`);
  const { username = {}, oneSchool = {}, grades, language = {}, files, columns, ...given } = changes as RuleChanges;
  if (grades && Object.hasOwn(grades, ''))
    throw wrong(`A grade has a code, such as ${gradeCodes.slice(0, 4).join(', ')}.`);
  const { minLength, plain } = profile.username;
  const { studentIdMaxLength, noDigitInGivenName, ...declared } = profile;
  return {
    ...declared,
    files: files ? own(withFiles(profile, files)) : profile.files,
    columns: columns ? withNeeds(profile.columns, columns) : profile.columns,
    grades: grades ? own({ ...profile.grades.value, ...grades }) : profile.grades,
    doubtfulGrades: grades ? withoutDoubt(profile, grades) : profile.doubtfulGrades,
    username: {
      ...limit('minLength', username.minLength, minLength),
      ...only('plain', username.plain, plain),
      ignoresCase: set(username.ignoresCase, profile.username.ignoresCase),
    },
    passwordMinLength: set(given.passwordMinLength, profile.passwordMinLength),
    ...limit('studentIdMaxLength', given.studentIdMaxLength, studentIdMaxLength),
    ...only('noDigitInGivenName', given.noDigitInGivenName, noDigitInGivenName),
    educatorEmail: set(given.educatorEmail, profile.educatorEmail),
    schools: {
      ...single('students', oneSchool.students, profile.schools.students),
      ...single('educators', oneSchool.educators, profile.schools.educators),
    },
    roles: set(given.roles, profile.roles),
    orgTypes: set(given.orgTypes, profile.orgTypes),
    language: {
      column: set(language.column, profile.language.column),
      known: set(language.known, profile.language.known),
    },
  };
}

const own = <T>(value: T): Fact<T> => ({ value, confidence: 'own' });
const set = <T>(value: T | undefined, declared: Fact<T>): Fact<T> => (value === undefined ? declared : own(value));

const limit = <Name extends string>(
  name: Name,
  value: number | null | undefined,
  declared: Fact<number> | undefined,
) => (value === null ? {} : kept(name, value === undefined ? declared : own(value)));
const only = <Name extends string>(name: Name, value: boolean | undefined, declared: Fact<true> | undefined) =>
  value === false ? {} : kept(name, value === undefined ? declared : own<true>(true));
const single = <Name extends string>(name: Name, value: boolean | undefined, declared: Fact<1> | undefined) =>
  value === false ? {} : kept(name, value === undefined ? declared : own<1>(1));
const kept = <Name extends string, T>(name: Name, fact: Fact<T> | undefined): Partial<Record<Name, Fact<T>>> =>
  fact ? ({ [name]: fact } as Partial<Record<Name, Fact<T>>>) : {};

/** A grade that somebody has said something about is in doubt no more. */
const withoutDoubt = ({ doubtfulGrades }: ProductProfile, grades: Record<string, string | null>) => {
  return {
    ...doubtfulGrades,
    value: Object.fromEntries(Object.entries(doubtfulGrades.value).filter(([code]) => !Object.hasOwn(grades, code))),
  };
};

function withFiles(profile: ProductProfile, files: NonNullable<RuleChanges['files']>) {
  const made = { ...profile.files.value };
  const known = [...new Set(profile.columns.map(({ kind }) => kind))];
  for (const [name, wanted] of Object.entries(files)) {
    const kind = kindIn(name, known);
    if (wanted === 'not used') delete made[kind];
    else made[kind] = wanted;
  }
  return made;
}

function withNeeds(
  columns: readonly ProductColumn[],
  changes: NonNullable<RuleChanges['columns']>,
): readonly ProductColumn[] {
  const known = [...new Set(columns.map(({ kind }) => kind))];
  const made = [...columns];
  for (const [name, needs] of Object.entries(changes)) {
    const kind = kindIn(name, known);
    for (const [field, wanted] of Object.entries(needs)) {
      const at = made.findIndex((column) => column.kind === kind && column.field === field);
      const before = made[at];
      if (!before) {
        const fields = columns.filter((column) => column.kind === kind).map((column) => column.field);
        const near = nearest(field, fields);
        throw wrong(
          `${kind} has no column ${field}${near ? `; did you mean ${near}?` : `; it has ${fields.join(', ')}`}`,
        );
      }
      made[at] = { ...before, need: wanted, confidence: 'own' };
    }
  }
  return made;
}

function kindIn(name: string, known: readonly Kind[]): Kind {
  const kind = known.find((one) => one === name);
  if (!kind) throw wrong(`There is no file ${name}; there are ${known.join(', ')}.`);
  return kind;
}

const wrong = (message: string): Refusal => new Refusal(PRODUCT_RULES, 400, message);
