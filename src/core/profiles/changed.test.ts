import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from '../bundle.ts';
import { checkForProduct } from '../product-check.ts';
import type { Finding } from '../record.ts';
import { baseDelivery } from '../rules/base-delivery.ts';
import { changedProfile } from './changed.ts';
import { products } from './index.ts';
import type { ProductProfile } from './product.ts';

const literacy = products.get('literacy') as ProductProfile;
const math = products.get('math') as ProductProfile;

async function found(product: ProductProfile, change: (users: string) => string = (text) => text): Promise<string[]> {
  const files = baseDelivery('1.1');
  files['users.csv'] = change(files['users.csv'] ?? '');
  const all: Finding[] = [];
  await checkForProduct(memoryBundle(files), product, {
    profile: 'default',
    now: new Date('2025-10-01T12:00:00Z'),
    report: (one) => all.push(one),
  });
  return all
    .filter(({ rule }) => rule.startsWith('product-') && rule !== 'product-record-not-used')
    .map(({ rule, severity, key = '', column = '' }) => `${rule} ${severity} ${key} ${column}`)
    .sort();
}

test('nothing changed is the profile as it is declared', () => {
  for (const profile of products.values()) assert.deepEqual(changedProfile(profile, {}), profile);
});

test('a longer username and password are asked for, and a limit that is taken away is asked for no more', async () => {
  assert.deepEqual(await found(literacy), []);
  const names = (await found(changedProfile(literacy, { username: { minLength: 12 } }))).map((line) => line.split(' '));
  assert.ok(names.length > 0);
  for (const [rule, severity, , column] of names)
    assert.deepEqual([rule, severity, column], ['product-sign-in-rule', 'warning', 'username']);
  const withPassword = (text: string) => text.replace(/(Emma,Kowalski.*,07,)/, '$1sixsix');
  assert.deepEqual(await found(literacy, withPassword), []);
  assert.deepEqual(await found(changedProfile(literacy, { passwordMinLength: 7 }), withPassword), [
    'product-sign-in-rule warning stu-3 password',
  ]);
  // Math wants letters and digits only, and the usernames of the sample hold full stops.
  assert.equal((await found(math)).length, 4);
  assert.deepEqual(await found(changedProfile(math, { username: { plain: false } })), []);
});

test('what is only assumed becomes a warning once the vendor says it', async () => {
  const twoSchools = (text: string) => text.replace('stu-1,,,true,org-10', 'stu-1,,,true,"org-10,org-20"');
  const inMath = { ...math, username: literacy.username };
  assert.deepEqual(await found(inMath, twoSchools), ['product-too-many-schools info stu-1 orgSourcedIds']);
  assert.deepEqual(await found(changedProfile(inMath, { oneSchool: { students: true } }), twoSchools), [
    'product-too-many-schools warning stu-1 orgSourcedIds',
  ]);
  assert.deepEqual(await found(changedProfile(inMath, { oneSchool: { students: false } }), twoSchools), []);
});

test('a column that the product needs is missed where it is blank, of people and of other records', async () => {
  const needs = (columns: Record<string, Record<string, string>>) => changedProfile(literacy, { columns });
  const people = await found(needs({ users: { sms: 'required' } }));
  assert.ok(people.length > 0 && people.every((line) => /^product-field-missing warning \S+ sms$/.test(line)));
  const classes = await found(needs({ classes: { periods: 'required' } }));
  assert.ok(classes.every((line) => /^product-field-missing warning \S+ periods$/.test(line)));
  assert.ok(classes.length > 0);
  const withoutEmail = (text: string) => text.replace('peter.lindqvist@example.org', '');
  assert.equal((await found(literacy, withoutEmail)).length, 1);
  assert.deepEqual(await found(needs({ users: { email: 'optional' } }), withoutEmail), []);
});

test('grades and roles of the product', async () => {
  const grade = (text: string) => text.replace(/(Emma,Kowalski.*),07,/, '$1,PS,');
  assert.deepEqual(await found(literacy, grade), ['product-value-not-known warning stu-3 grades']);
  assert.deepEqual(await found(changedProfile(literacy, { grades: { PS: '12' } }), grade), []);
  assert.ok((await found(changedProfile(literacy, { grades: { '07': null } }))).length > 0);
  // Kindergarten of the year before is a doubt only as long as nobody has said what it is.
  const young = (text: string) => text.replace(/(stu-1,.*),03,/, '$1,TK,');
  assert.deepEqual(await found(literacy, young), ['product-value-not-known info stu-1 grades']);
  assert.deepEqual(await found(changedProfile(literacy, { grades: { TK: 'K' } }), young), []);
});

test('faults are said with what there is', () => {
  const cases: [unknown, RegExp][] = [
    [{ usernames: {} }, /usernames is not known here; did you mean username\?/],
    [{ passwordMinLength: 0 }, /passwordMinLength has to be from 1 to 255/],
    [{ passwordMinLength: null }, /passwordMinLength has to be a whole number/],
    [{ educatorEmail: 'one' }, /educatorEmail has to be one of shared by the roles of a person, one for each role/],
    [{ roles: ['studnet'] }, /did you mean student\?/],
    [{ columns: { users: { emial: 'required' } } }, /users has no column emial; did you mean email\?/],
    [{ columns: { pupils: {} } }, /There is no file pupils; there are orgs,/],
    [{ files: { orgs: 'maybe' } }, /files\.orgs has to be one of required, optional, not used/],
    [{ language: { column: 'language' } }, /has not the form that is asked for/],
    ['text', /has to be a set of names with values, and is text/],
  ];
  for (const [changes, words] of cases) assert.throws(() => changedProfile(literacy, changes), words);
});
