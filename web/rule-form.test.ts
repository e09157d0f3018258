/** What is entered on the page of a product's rules becomes the changes that make the rules so, and nothing more. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedProfile } from '../src/core/profiles/changed.ts';
import { products } from '../src/core/profiles/index.ts';
import type { ProductProfile } from '../src/core/profiles/product.ts';
import { changesOf, faultsOf, formOf, type RuleForm } from './rule-form.ts';

const literacy = products.get('literacy') as ProductProfile;
const math = products.get('math') as ProductProfile;

test('a form that nobody touched changes nothing', () => {
  for (const profile of [literacy, math]) {
    assert.deepEqual(faultsOf(formOf(profile)), {});
    assert.deepEqual(changesOf(profile, formOf(profile)), {});
  }
});

test('what is entered stands in the changes, and the changed rules fill the same form again', () => {
  const entered: Partial<RuleForm> = {
    usernameMin: 6,
    isPlain: true,
    passwordMin: 10,
    idMax: '',
    noDigit: true,
    email: 'one for each role',
    oneForStudents: true,
    roles: ['student', 'teacher'],
    files: { ...formOf(literacy).files, demographics: 'not used' },
    columns: { ...formOf(literacy).columns, 'users identifier': 'required' },
    languages: 'English\n Welsh ',
  };
  const form = { ...formOf(literacy), ...entered };
  form.grades = `${form.grades.replace('KG = K', 'KG = Kinder')}\nR = Reception`;
  assert.deepEqual(faultsOf(form), {});
  const changes = changesOf(literacy, form);
  assert.deepEqual(changes, {
    username: { minLength: 6, plain: true },
    passwordMinLength: 10,
    studentIdMaxLength: null,
    noDigitInGivenName: true,
    educatorEmail: 'one for each role',
    oneSchool: { students: true },
    roles: ['student', 'teacher'],
    grades: { KG: 'Kinder', R: 'Reception' },
    language: { known: ['English', 'Welsh'] },
    files: { demographics: 'not used' },
    columns: { users: { identifier: 'required' } },
  });
  const again = formOf(changedProfile(literacy, changes));
  assert.deepEqual(changesOf(literacy, again), changes);
  // And back to how it is declared.
  assert.deepEqual(changesOf(literacy, formOf(literacy)), {});
});

test('limits are taken away as they were given', () => {
  const form = { ...formOf(math), isPlain: false, noDigit: false, oneForEducators: false };
  const changes = changesOf(math, form);
  assert.deepEqual(changes, {
    username: { plain: false },
    noDigitInGivenName: false,
    oneSchool: { educators: false },
  });
  const made = changedProfile(math, changes);
  assert.equal(made.username.plain, undefined);
  assert.equal(made.noDigitInGivenName, undefined);
  assert.equal(made.schools.educators, undefined);
  assert.deepEqual(made.schools.students, math.schools.students);
});

test('each fault is said at its field', () => {
  const form: RuleForm = {
    ...formOf(literacy),
    usernameMin: 300,
    passwordMin: '',
    idMax: 2.5,
    roles: [],
    orgTypes: [],
    languages: ' ',
    languageColumn: 'language',
    grades: 'KG',
  };
  assert.deepEqual(Object.keys(faultsOf(form)).sort(), [
    'grades',
    'idMax',
    'languageColumn',
    'languages',
    'orgTypes',
    'passwordMin',
    'roles',
    'usernameMin',
  ]);
});
