/** Fields for what a product asks of people: how they sign in, their schools, who gets an account, grades and languages. */

import { Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/NumberInput.layer.css';
import type { Fact, ProductProfile } from '../../src/core/profiles/product.ts';
import { confidenceWords } from '../../src/core/profiles/words.ts';
import { tableOf } from '../../src/core/tables.ts';
import type { RuleForm } from '../rule-form.ts';
import { Part } from './page.tsx';
import css from './rule-fields.module.css';

export type RuleFieldsProps = {
  declared: ProductProfile;
  form: RuleForm;
  faults: Partial<Record<keyof RuleForm, string>>;
  onChange: (made: Partial<RuleForm>) => void;
};

export function RuleFields(props: RuleFieldsProps) {
  return (
    <>
      <SignIn {...props} />
      <Accounts {...props} />
      <Words {...props} />
    </>
  );
}

/** What is declared, and how that is known: what is only assumed says so. */
function declared<T>(fact: Fact<T> | undefined, words: (value: T) => string): string {
  return fact ? `Declared: ${words(fact.value)} (${confidenceWords[fact.confidence]}).` : 'Declared: no such rule.';
}

function SignIn({ declared: profile, form, faults, onChange }: RuleFieldsProps) {
  const { username, passwordMinLength, studentIdMaxLength, noDigitInGivenName, educatorEmail } = profile;
  const characters = (least: string) => (value: number) => `${least} ${value} characters`;
  const length = (value: number | string) => (value === '' ? '' : Number(value));
  return (
    <Part title="How people sign in" aside="A record that does not keep to it is taken, with a warning in the report.">
      <div className={css.grid}>
        <NumberInput
          label="Username of a student, characters at least"
          description={`${declared(username.minLength, characters('at least'))} Blank: any length.`}
          value={form.usernameMin}
          error={faults.usernameMin}
          onChange={(value) => onChange({ usernameMin: length(value) })}
          allowDecimal={false}
        />
        <NumberInput
          label="Password of a student, characters at least"
          description={`${declared(passwordMinLength, characters('at least'))} A shorter one is replaced by one that the product makes.`}
          value={form.passwordMin}
          error={faults.passwordMin}
          onChange={(value) => onChange({ passwordMin: length(value) })}
          allowDecimal={false}
        />
        <NumberInput
          label="Id of a student, characters at most"
          description={`${declared(studentIdMaxLength, characters('at most'))} Blank: any length.`}
          value={form.idMax}
          error={faults.idMax}
          onChange={(value) => onChange({ idMax: length(value) })}
          allowDecimal={false}
        />
        <NativeSelect
          label="Email address of a teacher or administrator"
          description={declared(educatorEmail, (value) => value)}
          value={form.email}
          onChange={(event) => onChange({ email: event.currentTarget.value as RuleForm['email'] })}
          data={[
            { value: 'shared by the roles of a person', label: 'One for all roles of a person' },
            { value: 'one for each role', label: 'One for each role of a person' },
          ]}
        />
      </div>
      <div className={css.checks}>
        <Checkbox
          label="Usernames of students hold letters and digits only"
          description={declared(username.plain, () => 'yes')}
          checked={form.isPlain}
          onChange={(event) => onChange({ isPlain: event.currentTarget.checked })}
        />
        <Checkbox
          label="Usernames that differ by capitals alone are the same"
          description={declared(username.ignoresCase, (value) => (value ? 'yes' : 'no'))}
          checked={form.ignoresCase}
          onChange={(event) => onChange({ ignoresCase: event.currentTarget.checked })}
        />
        <Checkbox
          label="First names of students hold no digit"
          description={declared(noDigitInGivenName, () => 'yes')}
          checked={form.noDigit}
          onChange={(event) => onChange({ noDigit: event.currentTarget.checked })}
        />
      </div>
    </Part>
  );
}

const valuesOf = (...lists: (readonly string[] | undefined)[]): string[] => [
  ...new Set(lists.flatMap((list) => list ?? [])),
];
const everyRole = valuesOf(tableOf('users').fields.role?.values?.['1.1']);
const everyOrgType = valuesOf(tableOf('orgs').fields.type?.values?.['1.1']);

function Accounts({ declared: profile, form, faults, onChange }: RuleFieldsProps) {
  const list = (value: readonly string[]) => value.join(', ');
  return (
    <Part title="Who gets an account, and where">
      <div className={css.checks}>
        <Checkbox
          label="A student has one school"
          description={declared(profile.schools.students, () => 'yes')}
          checked={form.oneForStudents}
          onChange={(event) => onChange({ oneForStudents: event.currentTarget.checked })}
        />
        <Checkbox
          label="A teacher or school administrator has one school"
          description={declared(profile.schools.educators, () => 'yes')}
          checked={form.oneForEducators}
          onChange={(event) => onChange({ oneForEducators: event.currentTarget.checked })}
        />
      </div>
      <Choices
        label="Roles that get an account"
        description={declared(profile.roles, list)}
        all={everyRole}
        value={form.roles}
        error={faults.roles}
        onChange={(roles) => onChange({ roles })}
      />
      <Choices
        label="Kinds of organizations that are taken"
        description={declared(profile.orgTypes, list)}
        all={everyOrgType}
        value={form.orgTypes}
        error={faults.orgTypes}
        onChange={(orgTypes) => onChange({ orgTypes })}
      />
    </Part>
  );
}

function Choices(props: {
  label: string;
  description: string;
  all: string[];
  value: readonly string[];
  error: string | undefined;
  onChange: (value: string[]) => void;
}) {
  const { all, value, error, ...words } = props;
  return (
    <Checkbox.Group {...words} error={error} value={[...value]}>
      <div className={css.choices}>
        {all.map((each) => (
          <Checkbox key={each} value={each} label={each} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

function Words({ declared: profile, form, faults, onChange }: RuleFieldsProps) {
  const { grades, language } = profile;
  return (
    <Part title="Grades and languages">
      <div className={css.grid}>
        <Textarea
          label="Grades"
          description={`One in a line: OneRoster's grade, and what the product calls it; with nothing after the sign it is not taken. ${declared(grades, (value) => `${Object.keys(value).length} grades`)}`}
          autosize
          minRows={6}
          maxRows={14}
          value={form.grades}
          error={faults.grades}
          onChange={(event) => onChange({ grades: event.currentTarget.value })}
        />
        <Textarea
          label="Languages"
          description={`One in a line. ${declared(language.known, (value) => `${value.length} languages`)}`}
          autosize
          minRows={6}
          maxRows={14}
          value={form.languages}
          error={faults.languages}
          onChange={(event) => onChange({ languages: event.currentTarget.value })}
        />
        <TextInput
          label="Column with the language"
          description={`An own column of users.csv. ${declared(language.column, (value) => value)}`}
          value={form.languageColumn}
          error={faults.languageColumn}
          onChange={(event) => onChange({ languageColumn: event.currentTarget.value })}
        />
      </div>
    </Part>
  );
}
