import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from './bundle.ts';
import { check } from './check.ts';
import { checkForProduct } from './product-check.ts';
import { products } from './profiles/index.ts';
import type { ProductProfile } from './profiles/product.ts';
import type { Finding } from './record.ts';
import { baseDelivery } from './rules/base-delivery.ts';
import { productRules } from './rules/product.ts';
import type { Example } from './rules/rule.ts';
import { columnsOf, kindsOf, rosterKinds, tableOf } from './tables.ts';

const now = new Date('2025-10-01T12:00:00Z');
const literacy = products.get('literacy') as ProductProfile;
const math = products.get('math') as ProductProfile;
type Files = Record<string, string | Uint8Array>;

async function found(files: Files, product: ProductProfile): Promise<Finding[]> {
  const all: Finding[] = [];
  const result = await checkForProduct(memoryBundle(files), product, {
    profile: 'default',
    now,
    report: (one) => all.push(one),
  });
  const counted = Object.values(result.rules).reduce((sum, { count }) => sum + count, 0);
  assert.equal(counted, all.length, 'every finding is counted');
  return all.filter(({ rule }) => rule.startsWith('product-'));
}
const short = (all: Finding[]) =>
  all.map(({ rule, severity, key, column }) => [rule, severity, key, column].join(' ')).sort();

function with11(...changes: [from: string | RegExp, to: string][]): Files {
  const files = baseDelivery('1.1');
  for (const [from, to] of changes) {
    const users = files['users.csv'] ?? '';
    const changed = users.replace(from, to);
    assert.notEqual(changed, users, String(from));
    files['users.csv'] = changed;
  }
  return files;
}

const exampleFiles = (example: Example): Files =>
  Object.fromEntries(
    Object.entries({ ...baseDelivery('1.1'), ...example }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    ),
  );

for (const rule of productRules) {
  test(`${rule.id}: its bad example is found, its good one is not`, async () => {
    const product = rule.exampleGiven?.includes('math') ? math : literacy;
    const bad = (await found(exampleFiles(rule.bad), product)).filter((one) => one.rule === rule.id);
    assert.ok(bad.length > 0);
    assert.equal(bad[0]?.severity, rule.severity);
    assert.deepEqual(
      (await found(exampleFiles(rule.good), product)).filter(
        (one) => one.rule === rule.id && one.rule !== 'product-record-not-used' && one.severity === 'warning',
      ),
      [],
    );
  });
}

test('a clean delivery: literacy passes over the parent, math also wants plain usernames', async () => {
  assert.deepEqual(short(await found(baseDelivery('1.1'), literacy)), ['product-record-not-used info  role']);
  assert.deepEqual(short(await found(baseDelivery('1.1'), math)), [
    'product-record-not-used info  role',
    ...['stu-1', 'stu-2', 'stu-3', 'stu-4'].map((id) => `product-sign-in-rule warning ${id} username`),
  ]);
});

test('the same people in 1.2, where roles stand in their own file, give the same findings', async () => {
  for (const product of [literacy, math])
    assert.deepEqual(
      short(await found(baseDelivery('1.2'), product)),
      short(await found(baseDelivery('1.1'), product)),
    );
});

test('grades are mapped: what is left over is named, what is doubtful is a remark', async () => {
  const files = with11(
    [/(Noah,Tran.*),07,/, '$1,10,'],
    [/(Emma,Kowalski.*),07,/, '$1,PS,'],
    [/(stu-1,.*),03,/, '$1,TK,'],
  );
  assert.deepEqual(short(await found(files, literacy)), [
    'product-record-not-used info  role',
    'product-value-not-known info stu-1 grades',
    'product-value-not-known warning stu-3 grades',
  ]);
  const inMath = (await found(files, math)).filter(({ rule }) => rule === 'product-value-not-known');
  assert.deepEqual(short(inMath), [
    'product-value-not-known info stu-1 grades',
    'product-value-not-known info stu-4 grades',
    'product-value-not-known warning stu-3 grades',
  ]);
  assert.match(inMath.find(({ key }) => key === 'stu-4')?.message ?? '', /^Grade "10": it depends on the course/);
});

test('of several grades in one cell the lowest counts, wherever it stands', async () => {
  const files = with11(
    [/(Noah,Tran.*),07,/, '$1,"10,07",'],
    [/(Emma,Kowalski.*),07,/, '$1,"PS,8,KG",'],
    [/(stu-1,.*),03,/, '$1,"PS,Other",'],
  );
  const said = (await found(files, math)).filter(({ rule }) => rule === 'product-value-not-known');
  assert.deepEqual(said.map(({ key, severity, message }) => `${key} ${severity} ${message}`).sort(), [
    'stu-1 info grades names 2 grades; Math takes the lowest',
    'stu-1 warning Math has no grade for "PS"',
    'stu-3 info grades names 3 grades; Math takes the lowest',
    'stu-4 info grades names 2 grades; Math takes the lowest',
  ]);
});

test('logins: length, form, capitals, passwords that are never shown', async () => {
  const files = with11([/noah\.tran,/, 'NT,'], [/(Emma,Kowalski.*,07,)/, '$1abc'], ['tomi.adeyemi,', 'LUCIA.MUNOZ,']);
  assert.deepEqual(
    short(await found(files, literacy)).filter((line) => !line.includes('not-used')),
    [
      'product-sign-in-rule warning stu-3 password',
      'product-sign-in-rule warning stu-4 username',
      'product-sign-in-taken warning stu-2 username',
    ],
  );
  assert.ok((await found(files, literacy)).every(({ message, value }) => !`${message}${value}`.includes('abc')));
});

test('math: one school for a teacher, an email for each role, no digit in a first name', async () => {
  const files = with11(
    ['tch-1,,,true,org-10', 'tch-1,,,true,"org-10,org-20"'],
    ['peter.lindqvist@example.org', 'Maya.Ortiz@example.org'],
    [',Noah,Tran', ',No4h,Tran'],
  );
  const all = (await found(files, math)).filter(({ column }) => column !== 'username' && column !== 'role');
  assert.deepEqual(short(all), [
    'product-sign-in-rule warning stu-4 givenName',
    'product-sign-in-taken warning tch-2 email',
    'product-too-many-schools warning tch-1 orgSourcedIds',
  ]);
  assert.deepEqual(short(await found(files, literacy)), ['product-record-not-used info  role']);
});

test('a district administrator belongs to the district, whatever schools are listed', async () => {
  const files = with11(['tch-1,,,true,org-10,teacher', 'tch-1,,,true,"org-1,org-10,org-20",administrator']);
  assert.ok((await found(files, math)).every(({ rule }) => rule !== 'product-too-many-schools'));
});

test('languages stand in an extension column, and an unknown one is a remark', async () => {
  const files = baseDelivery('1.1');
  files['users.csv'] = (files['users.csv'] ?? '')
    .split('\r\n')
    .map((line, at) =>
      line === ''
        ? ''
        : `${line},${at === 0 ? 'metadata.language' : line.startsWith('stu-1') ? 'spanish' : line.startsWith('stu-2') ? 'Spannish' : ''}`,
    )
    .join('\r\n');
  const all = (await found(files, literacy)).filter(({ rule }) => rule === 'product-value-not-known');
  assert.deepEqual(short(all), ['product-value-not-known info stu-2 metadata.language']);
  assert.match(all[0]?.message ?? '', /did you mean Spanish\?/);
});

test('closed accounts, other orgs and missing files are counted, not listed', async () => {
  const files = with11(['stu-3,,,true', 'stu-3,,,false']);
  files['orgs.csv'] = `${files['orgs.csv']}org-2,,,Science,department,,org-10\r\n`;
  delete files['demographics.csv'];
  files['manifest.csv'] = (files['manifest.csv'] as string).replace('demographics,bulk', 'demographics,absent');
  assert.deepEqual(
    (await found(files, literacy)).map(({ rule, severity, message }) => [rule, severity, message]),
    [
      ['product-record-not-used', 'info', '1 user of role parent: Literacy takes student, teacher, administrator'],
      ['product-record-not-used', 'info', '1 user with enabledUser false: Literacy treats them as removed'],
      ['product-record-not-used', 'info', '1 org of type department: Literacy takes school and district'],
      ['product-file-missing', 'info', 'demographics.csv is not in the delivery, and Literacy can use it'],
    ],
  );
});

test('the product changes nothing about what is taken', async () => {
  const files = with11(['stu-4,,,true', 'stu-4,,,maybe']);
  const alone = await check(memoryBundle(files), { profile: 'default', now });
  const together = await checkForProduct(memoryBundle(files), math, { profile: 'default', now });
  assert.deepEqual(together.tables, alone.tables);
  assert.equal(together.counts.error, alone.counts.error);
  assert.ok(together.counts.warning > alone.counts.warning);
});

test('a profile speaks of every column that the standard has for its files', () => {
  for (const { columns, files } of products.values()) {
    for (const kind of rosterKinds) {
      const spoken = columns.filter((column) => column.kind === kind).map(({ field }) => field);
      assert.equal(new Set(spoken).size, spoken.length, kind);
      if (!files.value[kind]) continue;
      const known = new Set(
        kindsOf('1.2').includes(kind)
          ? [...(tableOf(kind).versions.includes('1.1') ? columnsOf(kind, '1.1') : []), ...columnsOf(kind, '1.2')]
          : [],
      );
      for (const name of ['status', 'dateLastModified']) known.delete(name);
      assert.deepEqual(spoken.toSorted(), [...known].sort(), kind);
    }
  }
});
