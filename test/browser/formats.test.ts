/** The pages of formats: mappings with their preview, changes for a product, templates, and schools from workbooks. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseBooks, chooseSample } from './format-screens.ts';
import { consoleLane } from './lane.ts';

const lane = consoleLane();
const owner = () => ({ as: lane.house.people.owner });

test('a mapping shows columns, first rows before and after, and findings while one types', async () => {
  await lane.inTab(owner(), async ({ page }) => {
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`));
    await page.goto('/mappings/lakeview');
    await page.getByText('Version 1 counts').waitFor();
    await chooseSample(page);
    const pupils = page.getByRole('table', { name: 'Columns of pupils 2026.csv, with its first rows' });
    assert.match(
      (await pupils.getByRole('row', { name: /DOB/ }).textContent()) ?? '',
      /not read.*birth date.*4\/30\/2017/,
    );
    assert.match(
      (await pupils.getByRole('row', { name: /Login/ }).textContent()) ?? '',
      /username by the name Login.*MSTONE1/,
    );
    const users = page.getByRole('region', { name: 'First users' });
    assert.match((await users.textContent()) ?? '', /sourcedIdstudent-1001student-1002.*usernameMSTONE1LPARK2/);
    await page.getByText('Grade "7" is not known').waitFor();

    const field = page.getByRole('textbox', { name: 'Mapping' });
    const text = await field.inputValue();
    await field.fill(
      text.replace('"{Login}"', '{ value: "{Login}", case: lower }').replace('3: "03"', '3: "03", 7: "07"'),
    );
    await users.getByText('mstone1').waitFor();
    await page.getByText(/they make 5 records, of which 4 would be taken/).waitFor();
    await page.getByText('Grade "7" is not known').waitFor({ state: 'detached' });
    // The school L9 of the third pupil is in no file.
    await page.getByText(/L9/).first().waitFor();

    await field.fill(text.replace('lookup: grades', 'lookup: grade'));
    const faults = page.getByRole('list', { name: 'Faults of the mapping' });
    await faults.getByText(/names the table grade.*did you mean grades/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Save as a version…' }).isDisabled(), true);
    await faults.getByRole('button', { name: 'line 21' }).click();
    const chosen = await field.evaluate((own) => {
      const { value, selectionStart, selectionEnd } = own as unknown as {
        value: string;
        selectionStart: number;
        selectionEnd: number;
      };
      return value.slice(selectionStart, selectionEnd);
    });
    assert.match(chosen, /lookup: grade /);

    await field.fill(`${text}# `);
    await page.getByRole('button', { name: 'Insert DOB' }).click();
    await assert.doesNotReject(page.waitForFunction(() => document.querySelector('textarea')?.value.includes('{DOB}')));
    assert.ok(
      sent.every((request) => !/MSTONE1|Hill Elementary/.test(request)),
      'nothing of the files is sent',
    );
  });
});

test('a draft is made of the files, kept as a version under a name, tried, and then used', async () => {
  await lane.inTab(owner(), async ({ page }) => {
    await page.goto('/formats');
    await page.getByRole('link', { name: 'New mapping' }).click();
    await page.getByRole('heading', { level: 1, name: 'New mapping' }).waitFor();
    await page.getByLabel('Files', { exact: true }).setInputFiles([
      {
        name: 'students.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(
          'Student ID,First Name,Last Name,Username,Grade,School ID\n7,Mia,Stone,mia7,3,H1\n8,Leo,Park,leo8,K,H1\n',
        ),
      },
    ]);
    await page.getByRole('button', { name: 'Draft a mapping from these files' }).click();
    await page.getByText(/1 of 1 file is read/).waitFor();
    await page.getByRole('region', { name: 'First users' }).getByText('student-7').waitFor();
    await page.getByRole('button', { name: 'Save as a version…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Bay City');
    await dialog.getByRole('button', { name: 'Save it' }).click();
    await dialog.getByText('Give it a name of small letters').waitFor();
    await dialog.getByLabel('Name', { exact: true }).fill('bay-city');
    await dialog.getByLabel('What is different').fill('The first one');
    await dialog.getByRole('button', { name: 'Save it' }).click();
    await page.waitForURL(/\/mappings\/bay-city\?version=1/);
    await page.getByText('Version 1 is kept and does not count.').waitFor();
    await page.getByRole('button', { name: 'Try and use version 1' }).click();
    const tried = page.getByRole('dialog');
    await tried.getByRole('table', { name: 'What would change in Lakeview Unified' }).waitFor();
    await tried.getByText('~ student-1001').waitFor();
    await tried.getByRole('button', { name: 'Use version 1 from now on' }).click();
    await page.getByText('Version 1 counts').waitFor();
    await page.goto('/formats');
    await page.getByRole('row', { name: /bay-city.*version 1/ }).waitFor();
  });
});

test('a product changes names, needs and words of a format; the page and the template have them once they count', async () => {
  await lane.inTab(owner(), async ({ page }) => {
    await page.goto('/formats/traditional-literacy');
    await page.getByRole('link', { name: 'Change it for a product' }).click();
    await page.getByLabel('Product').selectOption({ label: 'Literacy' });
    await page.getByRole('button', { name: 'Change GradeLevel of Students' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('StudentNumber');
    await dialog.getByRole('button', { name: 'Change it' }).click();
    await dialog.getByText(/would both be read from a column named studentnumber/).waitFor();
    await dialog.getByLabel('Name', { exact: true }).fill('Year');
    await dialog.getByLabel('Other names that are read').fill('Grade, YearGroup');
    await dialog.getByRole('button', { name: 'Change it' }).click();
    const students = page.getByRole('table', { name: 'Columns of Students' });
    await students.getByRole('row', { name: /Year changed.*declared as GradeLevel.*YearGroup/ }).waitFor();
    await page.getByRole('button', { name: 'Change ClassNumber of Students' }).click();
    await dialog.getByLabel('Needed').selectOption({ label: 'Required: a row without it is left out' });
    await dialog.getByRole('button', { name: 'Change it' }).click();
    await page.getByRole('button', { name: 'Change the list Grades' }).click();
    await dialog.getByLabel('Words of this product').fill('reception PK');
    await dialog.getByRole('button', { name: 'Change it' }).click();
    await dialog.getByText(/Line 1 says nothing of what becomes of what/).waitFor();
    await dialog.getByLabel('Words of this product').fill('reception = PK\n12 =');
    await dialog.getByRole('button', { name: 'Change it' }).click();
    await page.getByRole('row', { name: /Grades.*2 words/ }).waitFor();
    await page.getByLabel('Key of Students').selectOption('AlternateStudentNumber');
    await page
      .getByRole('table', { name: 'Ids of records' })
      .getByText('student-{AlternateStudentNumber}')
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Save as a version…' }).click();
    await dialog.getByLabel('What is different').fill('Our words');
    await dialog.getByRole('button', { name: 'Save it' }).click();
    await page.getByText('Version 1 is kept and does not count.').waitFor();
    await page.getByRole('button', { name: 'Try and use version 1' }).click();
    await dialog.getByText('No source reads by it yet').waitFor();
    await dialog.getByRole('button', { name: 'Use version 1 from now on' }).click();
    await page.getByText('Version 1 counts').waitFor();
    const shown = await lane.house.deps.formats.show(
      { id: 'a-owner', role: 'owner', districtId: null, address: '' },
      { format: 'traditional-literacy', product: 'literacy' },
    );
    assert.deepEqual(JSON.parse(shown.version?.content ?? ''), {
      columns: {
        student: { GradeLevel: { name: 'Year', aliases: ['Grade', 'YearGroup'] }, ClassNumber: { need: 'required' } },
      },
      lookups: { grades: { '12': null, reception: 'PK' } },
      keys: { student: 'AlternateStudentNumber' },
    });
    await page.goto('/formats/traditional-literacy?product=literacy');
    await page.getByRole('table', { name: 'Columns of Student.csv' }).getByText('Year', { exact: true }).waitFor();
    await page.getByLabel('With the directive').check();
    await page.getByLabel('As', { exact: true }).selectOption('xlsx');
    const address = await page.getByRole('link', { name: 'Download the template' }).getAttribute('href');
    assert.equal(address, '/api/console/templates/traditional-literacy.zip?product=literacy&as=xlsx&complete=yes');
    const answer = await page.request.get(`${lane.url}${address}`);
    assert.equal(answer.status(), 200);
    assert.match((await answer.body()).toString('latin1'), /Student\.xlsx/);
    const csv = await page.request.get(
      `${lane.url}/api/console/templates/traditional-literacy.zip?product=literacy&district=d-lakeview`,
    );
    assert.equal(csv.status(), 200);
  });
});

test('what a product asks of people is seen with how surely it is known, changed in a version, tried, and then used', async () => {
  await lane.inTab(owner(), async ({ page }) => {
    await page.goto('/products');
    await page.getByRole('link', { name: 'Rules of Math' }).click();
    await page.getByRole('heading', { level: 1, name: 'What Math asks of rosters' }).waitFor();
    const nav = page.getByRole('navigation', { name: 'Main' });
    assert.equal(await nav.getByRole('link', { name: 'Products' }).getAttribute('aria-current'), 'page');
    await page.getByText('Declared: at least 8 characters (published by the vendor).').waitFor();
    await page.getByText('Declared: yes (assumed).').first().waitFor();
    const least = page.getByLabel('Username of a student, characters at least');
    await least.fill('400');
    await page.getByText('Give a whole number from 1 to 255, or leave it blank.').waitFor();
    const save = page.getByRole('button', { name: 'Save as a version…' });
    assert.equal(await save.isDisabled(), true);
    await least.fill('6');
    await page.getByLabel('Password of a student, characters at least').fill('10');
    await page.getByLabel('Usernames of students hold letters and digits only').uncheck();
    await page.getByRole('textbox', { name: 'Grades' }).fill('KG');
    await page.getByText('Line 1 says nothing of what becomes of what').waitFor();
    await page.getByRole('textbox', { name: 'Grades' }).fill('KG = Kinder');
    await page.getByLabel('File', { exact: true }).selectOption({ label: 'classes.csv' });
    await page.getByLabel('Whether periods of classes.csv is needed').selectOption({ label: 'Needed' });
    await page.getByRole('row', { name: /periods changed/ }).waitFor();
    await save.click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('What is different').fill('Longer sign-ins');
    await dialog.getByRole('button', { name: 'Save it' }).click();
    await page.getByText('Version 1 is kept and does not count.').waitFor();
    assert.equal(await least.inputValue(), '6');
    await page.getByRole('button', { name: 'Try and use version 1' }).click();
    await dialog.getByText(/product-sign-in-rule 12 \(3 before\)/).waitFor();
    await dialog.getByRole('button', { name: 'Use version 1 from now on' }).click();
    await page.getByText('Version 1 counts: deliveries are checked by it.').waitFor();
    const { version, rules } = await lane.house.deps.formats.show(
      { id: 'a-owner', role: 'owner', districtId: null, address: '' },
      { format: 'product-rules', product: 'math' },
    );
    const changes = JSON.parse(version?.content ?? '');
    assert.deepEqual(
      [changes.username, changes.passwordMinLength, changes.columns, changes.grades.KG],
      [{ minLength: 6, plain: false }, 10, { classes: { periods: 'required' } }, 'Kinder'],
    );
    assert.equal(changes.grades['03'], null, 'a line that is gone is a grade that is not taken');
    assert.ok(rules.some(({ value, confidence }) => value === 'at least 6 characters' && confidence === 'own'));
    await page.goto('/format-changes/traditional-math?product=math');
    await page.getByRole('link', { name: 'what the product asks of rosters' }).click();
    await page.getByText('Version 1 counts: deliveries are checked by it.').waitFor();
  });
});

test('the navigation shows where one is on every page of an area', async () => {
  await lane.inTab(owner(), async ({ page }) => {
    const current = () =>
      page.getByRole('navigation', { name: 'Main' }).locator('[aria-current=page]').allTextContents();
    for (const [address, area] of [
      ['/', 'Overview'],
      ['/formats/traditional-math', 'Formats'],
      ['/mappings', 'Formats'],
      ['/mappings/lakeview', 'Formats'],
      ['/format-changes/traditional-math?product=math', 'Formats'],
      ['/format-changes/product-rules?product=math', 'Products'],
      ['/districts/d-lakeview', 'Districts'],
      ['/settings/alerts', 'Settings'],
      ['/account', 'Account'],
    ] as const) {
      await page.goto(address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      assert.deepEqual(await current(), [area], address);
    }
  });
});

test('people of a district see neither mappings nor changes', async () => {
  await lane.inTab({ as: lane.house.people.administrator, expected: /403/ }, async ({ page }) => {
    await page.goto('/formats');
    await page.getByRole('link', { name: 'Traditional Math' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'New mapping' }).count(), 0);
    await page.goto('/mappings/lakeview');
    await page.getByText('Only people of the vendor may see or do this.').waitFor();
  });
});

test('a school is added from workbooks: looked at first, faults told, then added whole', async () => {
  await lane.inTab({ as: lane.house.people.administrator, expected: /422/ }, async ({ page }) => {
    await page.goto('/districts/d-lakeview');
    await page.getByRole('link', { name: 'Add a school from workbooks' }).click();
    await page.getByText('Drop the two workbooks here').waitFor();
    await chooseBooks(page, 'Educators.xlsx', 'Students faulty.xlsx');
    await page.getByRole('button', { name: 'See what would be added' }).click();
    await page
      .getByRole('alert')
      .getByText(/line 2: grade_level "Third" is not known/)
      .waitFor();
    await page.getByRole('button', { name: 'Choose other files' }).click();
    await chooseBooks(page, 'Educators.xlsx', 'Students.xlsx');
    await page.getByRole('button', { name: 'See what would be added' }).click();
    await page.getByText('138 records would be added; nothing has been added yet.').waitFor();
    assert.deepEqual(lane.house.schoolsAdded, []);
    await page
      .getByRole('list', { name: 'Remarks' })
      .getByText(/Klingon/)
      .waitFor();
    await page.getByRole('button', { name: 'Add 138 records' }).click();
    await page.getByText('138 records were added.').waitFor();
    assert.deepEqual(lane.house.schoolsAdded, [['Educators.xlsx', 'Students.xlsx']]);
  });
});
