/** Findings as CSV. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../core/record.ts';
import { findingsCsv } from './findings-csv.ts';

async function textOf(...findings: Finding[]): Promise<string> {
  async function* pages() {
    yield findings;
  }
  let text = '';
  for await (const part of findingsCsv(pages())) text += part;
  return text;
}

const finding: Finding = { rule: 'r', severity: 'error', file: 'users.csv', line: 12, message: 'm', fix: 'f' };

test('a finding is one line, blank where it has nothing to say', async () => {
  assert.equal(
    await textOf(finding),
    'severity,rule,file,line,column,key,value,message,fix\r\nerror,r,users.csv,12,,,,m,f\r\n',
  );
});

test('commas, quotes and line breaks are quoted', async () => {
  const text = await textOf({ ...finding, value: 'a,"b"\nc' });
  assert.ok(text.includes(',"a,""b""\nc",'));
});

test('a value that a spreadsheet would run gets an apostrophe', async () => {
  for (const value of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx']) {
    assert.ok((await textOf({ ...finding, value })).includes(`,'${value},`), value);
  }
});
