import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lengthOf, passwordFault } from './password-rules.ts';

const email = 'ana.ruiz@lakeview.example';

test('four words that have nothing to do with each other are good', () => {
  for (const password of ['four wooden lamps sing', 'Regenschirm-Tangente-7', 'ключ под старым ковриком']) {
    assert.equal(passwordFault(password, email), undefined, password);
  }
});

test('what is wrong is said in a sentence with its number', () => {
  assert.deepEqual(passwordFault('short', email), {
    code: 'password-short',
    sentence: 'A password has at least 12 characters; this one has 5.',
  });
  assert.equal(passwordFault('x'.repeat(2000), email)?.code, 'password-long');
  assert.match(passwordFault('Password123456', email)?.sentence ?? '', /^This password is one of the first/);
  assert.match(passwordFault('ana.ruiz2026', email)?.sentence ?? '', /little more than your email address/);
});

test('characters are counted, not their bytes, and an accent is one whether it was sent apart or not', () => {
  assert.equal(lengthOf('é'.repeat(12)), 12);
  assert.equal(lengthOf('e\u0301'.repeat(12)), 12);
  assert.equal(lengthOf('🙂🙂'), 2);
});
