import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEmailAddress } from './email-address.ts';

test('addresses as people have them', () => {
  for (const text of [
    'ana.ruiz@lakeview.example',
    "miles.o'brien@k12.or.us",
    'data+roster@hill-county.example',
    'jürgen@schule.example',
    'a@b.c',
  ]) {
    assert.equal(isEmailAddress(text), true, text);
  }
});

test('nothing that could become another header, another recipient or another line', () => {
  for (const text of [
    'a@b.example\r\nBcc: c@d.example',
    'a@b.example\nc@d.example',
    'a@b.example\0',
    'a@b.example,c@d.example',
    'a@b.example;c@d.example',
    'a@b.example c@d.example',
    '<a@b.example>',
    'A <a@b.example>',
    '"a b"@c.example',
    'a(comment)@b.example',
    '@c.example:a@b.example',
    'a@b@c.example',
    'a@[127.0.0.1]',
    'a@localhost',
    'a@b..example',
    '.a@b.example',
    'a.@b.example',
    'a@-b.example',
    'a@b.example\u2028',
    '\u202ea@b.example',
    '',
    `${'a'.repeat(65)}@b.example`,
    `a@${'b.'.repeat(130)}example`,
  ]) {
    assert.equal(isEmailAddress(text), false, JSON.stringify(text));
  }
});
