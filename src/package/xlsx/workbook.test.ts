/** Workbooks as Excel and others write them come out as the text that people see in them; what would hurt is refused. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import ExcelJS from 'exceljs';
import { buildZip } from '../../../test/zip.ts';
import { EntryFault, usualLimits } from '../../core/bundle.ts';
import { check } from '../../core/check.ts';
import type { Bundle, Entry, Finding } from '../../core/record.ts';
import { unpack } from '../../sync/zip-file.ts';
import { looseFiles, openFile } from '../open.ts';
import { dateText, numberText, shownBy } from './values.ts';
import { workbookEntry } from './workbook.ts';

const memoryZip = (files: Record<string, string | Uint8Array>): Buffer =>
  buildZip(Object.entries(files).map(([name, data]) => ({ name, data: Buffer.from(data) })));

const entryOf = (name: string, bytes: Uint8Array): Entry => ({
  name,
  sizeBytes: bytes.length,
  async *bytes() {
    for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
  },
});

async function written(fill: (book: ExcelJS.Workbook) => void): Promise<Uint8Array> {
  const book = new ExcelJS.Workbook();
  fill(book);
  return new Uint8Array(await book.xlsx.writeBuffer());
}

async function read(bytes: Uint8Array, name = 'Student.xlsx') {
  const entry = workbookEntry(entryOf(name, bytes), unpack, usualLimits);
  const pieces: Uint8Array[] = [];
  for await (const piece of entry.bytes()) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  return {
    lines: text.split('\r\n').slice(0, -1),
    remarks: (entry.remarks?.() ?? []).map(({ rule, message }) => `${rule}: ${message}`),
  };
}

async function faultOf(bytes: Uint8Array, name = 'Student.xlsx', limits = usualLimits): Promise<Finding> {
  const entry = workbookEntry(entryOf(name, bytes), unpack, limits);
  try {
    for await (const _ of entry.bytes());
  } catch (error) {
    assert.ok(error instanceof EntryFault, String(error));
    return error.finding;
  }
  throw new Error('It was read.');
}

test('text stays text, numbers come without exponents, dates as days, formulas as their values', async () => {
  const bytes = await written((book) => {
    const sheet = book.addWorksheet('Students');
    sheet.addRow(['StudentNumber', 'Name', 'Birthdate', 'Zip', 'Grade', 'User', 'Active', 'Big', 'Bad']);
    const row = sheet.addRow([
      '000451',
      'Müller, "Mia"',
      new Date(Date.UTC(2017, 3, 30)),
      451,
      3,
      null,
      true,
      1e20,
      null,
    ]);
    sheet.getColumn(4).numFmt = '00000';
    row.getCell(4).numFmt = '00000';
    row.getCell(6).value = { formula: 'B2&A2', result: 'mia451', date1904: false };
    row.getCell(9).value = { error: '#N/A' };
    sheet.addRow([
      451.5,
      ' two\nlines ',
      new Date(Date.UTC(2017, 3, 30, 13, 30)),
      7,
      -1,
      null,
      false,
      Number('12345678901234567890'),
    ]);
  });
  const { lines, remarks } = await read(bytes);
  assert.deepEqual(lines, [
    'StudentNumber,Name,Birthdate,Zip,Grade,User,Active,Big,Bad',
    '000451,"Müller, ""Mia""",2017-04-30,00451,3,mia451,true,100000000000000000000,',
    '451.5, two lines ,2017-04-30T13:30:00,00007,-1,,false,12345678901234567000,',
  ]);
  assert.deepEqual(
    remarks.map((one) => one.split(':')[0]),
    ['workbook-formula', 'workbook-cell-error', 'workbook-number'],
  );
  assert.match(remarks[1] ?? '', /I2/);
});

test('lines are the rows of the sheet; blank rows between them stay, those after them go', async () => {
  const bytes = await written((book) => {
    const sheet = book.addWorksheet('A');
    sheet.getCell('A1').value = 'StudentNumber';
    sheet.getCell('B1').value = 'FirstName';
    sheet.getCell('A4').value = '1';
    sheet.getCell('D4').value = 'a note beside the table';
    for (let line = 5; line < 400; line++) sheet.getCell(`A${line}`).font = { bold: true };
  });
  assert.deepEqual((await read(bytes)).lines, ['StudentNumber,FirstName', '', '', '1,']);
});

test('the first visible sheet is read: hidden ones are passed over, others with rows are told', async () => {
  const bytes = await written((book) => {
    book.addWorksheet('Secret', { state: 'hidden' }).addRow(['x', 'y']);
    book.addWorksheet('Very secret', { state: 'veryHidden' }).addRow(['x', 'y']);
    book.addWorksheet('Blank');
    book.addWorksheet('Students').addRow(['StudentNumber', 'FirstName']);
    book.addWorksheet('Notes').addRow(['z']);
  });
  const { lines, remarks } = await read(bytes);
  assert.deepEqual(lines, ['StudentNumber,FirstName']);
  assert.deepEqual(remarks, ['workbook-sheets: Student.xlsx: the sheet Students is read, and Notes not']);
});

test('merged cells have their value once, and are told', async () => {
  const bytes = await written((book) => {
    const sheet = book.addWorksheet('A');
    sheet.addRow(['School', 'Student']);
    sheet.addRow(['Hill', 'Mia']);
    sheet.addRow(['', 'Leo']);
    sheet.mergeCells('A2:A3');
  });
  const { lines, remarks } = await read(bytes);
  assert.deepEqual(lines, ['School,Student', 'Hill,Mia', ',Leo']);
  assert.match(remarks[0] ?? '', /workbook-merged-cells.*A2:A3/);
});

test('a calendar of 1904 counts from 1904', async () => {
  const day = new Date(Date.UTC(2017, 3, 30));
  const fill = (is1904: boolean) => (book: ExcelJS.Workbook) => {
    book.properties.date1904 = is1904;
    const sheet = book.addWorksheet('A');
    sheet.addRow(['a', 'b']);
    sheet.addRow(['1', day]);
  };
  assert.equal((await read(await written(fill(true)))).lines[1], '1,2017-04-30');
  assert.equal((await read(await written(fill(false)))).lines[1], '1,2017-04-30');
});

test('days by their numbers, and formats that are dates', () => {
  assert.equal(dateText(1, false), '1900-01-01');
  assert.equal(dateText(59, false), '1900-02-28');
  assert.equal(dateText(61, false), '1900-03-01');
  assert.equal(dateText(42855, false), '2017-04-30');
  assert.equal(dateText(42855 - 1462, true), '2017-04-30');
  assert.equal(dateText(0.5, false), '12:00:00');
  assert.equal(dateText(-1, false), undefined);
  const dates: [number, string | undefined][] = [
    [14, undefined],
    [164, 'dd/mm/yyyy'],
    [165, '[$-409]mmmm d, yyyy;@'],
    [166, 'yyyy"-"mm'],
  ];
  for (const [id, code] of dates) assert.equal(shownBy(id, code), 'date', code);
  const numbers: [number, string | undefined][] = [
    [0, undefined],
    [49, undefined],
    [164, 'General'],
    [165, '"days" 0'],
    [166, '[Red]0.00'],
  ];
  for (const [id, code] of numbers) assert.equal(shownBy(id, code), 'plain', code);
  assert.deepEqual(shownBy(164, '000000'), { zeros: 6 });
  assert.equal(numberText('1E3'), '1000');
  assert.equal(numberText('1.0'), '1');
});

type Parts = Record<string, string>;
const xml = (body: string) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${body}`;
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const rel = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const book = (rows: string, more: Parts = {}, namespace = main): Parts => ({
  '[Content_Types].xml': xml('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
  '_rels/.rels': xml(
    `<Relationships><Relationship Id="r1" Type="${rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  ),
  'xl/workbook.xml': xml(
    `<workbook xmlns="${namespace}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  ),
  'xl/_rels/workbook.xml.rels': xml(
    `<Relationships><Relationship Id="rId1" Type="${rel}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
  ),
  'xl/worksheets/sheet1.xml': xml(`<worksheet xmlns="${namespace}"><sheetData>${rows}</sheetData></worksheet>`),
  ...more,
});
const cells =
  '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><r><t>b</t></r><r><t xml:space="preserve"> c</t></r><rPh><t>no</t></rPh></is></c></row>';

test('Strict Open XML is refused with the way out', async () => {
  const found = await faultOf(memoryZip(book(cells, {}, 'http://purl.oclc.org/ooxml/spreadsheetml/main')));
  assert.equal(found.rule, 'workbook-strict');
  assert.match(found.fix, /Save As.*Excel Workbook \(\*\.xlsx\)/);
});

test('cells without references, prefixes, comments and entities are read', async () => {
  const rows = cells
    .replaceAll(/ r="[A-Z]?1"/g, '')
    .replace('>a<', '><!-- > -->&lt;&#x41;&amp;&unknown;_x000D_<![CDATA[1&2]]><');
  const prefixed = rows.replaceAll(/<(\/?)(\w)/g, '<$1x:$2');
  for (const each of [rows, prefixed])
    assert.deepEqual((await read(memoryZip(book(each)))).lines, ['<A&&unknown; 1&2,b c']);
});

test('a document type with entities is not followed', async () => {
  const bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>';
  const sheet = `${bomb}<worksheet><sheetData><row><c t="inlineStr"><is><t>&b;</t></is></c><c t="inlineStr"><is><t>z</t></is></c></row></sheetData></worksheet>`;
  assert.deepEqual((await read(memoryZip(book('', { 'xl/worksheets/sheet1.xml': sheet })))).lines, ['&b;,z']);
});

test('what is damaged, protected, old or a bomb is refused and said to be that', async () => {
  assert.equal(
    (await faultOf(memoryZip({ 'word/document.xml': 'x', '[Content_Types].xml': 'x' }))).rule,
    'workbook-unreadable',
  );
  const whole = memoryZip(book(cells));
  assert.equal((await faultOf(whole.subarray(0, whole.length - 40))).rule, 'workbook-unreadable');
  const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(2000)]);
  assert.equal((await faultOf(ole, 'Student.xls')).rule, 'workbook-old');
  const locked = await faultOf(Buffer.concat([ole, Buffer.from('EncryptedPackage', 'utf16le')]));
  assert.equal(locked.rule, 'workbook-unreadable');
  assert.match(locked.message, /password/);
  const zeros = ' '.repeat(4_000_000);
  assert.equal((await faultOf(memoryZip(book(zeros)))).rule, 'zip-size-limit');
  assert.equal(
    (await faultOf(memoryZip(book('', { 'xl/worksheets/sheet1.xml': `<row${zeros.slice(0, 100_000)}` })))).rule,
    'workbook-unreadable',
  );
});

test('a workbook is read alone, loose beside CSV, and inside a zip', async () => {
  const sheets = {
    Organization: [
      ['OrganizationNumber', 'OrganizationName'],
      ['0101', 'Hill Elementary'],
    ],
    Student: [
      ['StudentNumber', 'FirstName', 'LastName', 'Username', 'GradeLevel', 'OrganizationNumber', 'Birthdate'],
      ['000451', 'Mia', 'Stone', 'mia451', 3, '0101', new Date(Date.UTC(2017, 3, 30))],
    ],
  };
  const of = (name: keyof typeof sheets) => written((made) => void made.addWorksheet(name).addRows(sheets[name]));
  const organization = Buffer.from(sheets.Organization.map((row) => row.join()).join('\n'));
  const student = await of('Student');
  const zip = memoryZip({ 'Organization.csv': organization, 'Student.xlsx': student });
  const access = (name: string, bytes: Uint8Array) => ({
    ...entryOf(name, bytes),
    unpack,
    head: async (length: number) => bytes.subarray(0, length),
    zip: async () => ({
      ...unpack,
      sizeBytes: bytes.length,
      read: async (at: number, length: number) => bytes.subarray(at, at + length),
    }),
  });
  const loose = looseFiles(
    'set',
    [entryOf('Organization.csv', organization), entryOf('Student.xlsx', student)],
    usualLimits,
    unpack,
  );
  const bundles: [Bundle, number][] = [
    [await openFile(access('Traditional.zip', zip), usualLimits), 1],
    [loose, 1],
    [await openFile(access('Student.xlsx', student), usualLimits), 0],
  ];
  for (const [bundle, orgs] of bundles) {
    const found: Finding[] = [];
    const rows: string[] = [];
    const result = await check(bundle, {
      profile: 'default',
      format: 'traditional-literacy',
      known: (kind) => (kind === 'orgs' ? ['0101'] : undefined),
      report: (one) => found.push(one),
      sink: { table() {}, row: (row) => void rows.push(row.text(0)), leftOut() {}, drain() {}, tableDone() {} },
    });
    assert.deepEqual(
      found.filter(({ severity }) => severity === 'fatal' || severity === 'error'),
      [],
    );
    assert.equal(result.tables.filter(({ kind }) => kind === 'orgs').length, orgs);
    assert.ok(rows.includes('student-000451'));
  }
});
