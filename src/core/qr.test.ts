import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type QrCode, qrCode } from './qr.ts';

const drawn = (code: QrCode) => code.map((row) => row.map((dark) => (dark ? '█' : '·')).join(''));

/** zbar 0.23 read "hi" in it, as it read texts of all lengths from 1 to 660 bytes (versions 1 to 20) in others. */
const hi = `
███████··████·███████
█·····█··██·█·█·····█
█·███·█·██·██·█·███·█
█·███·█·██··█·█·███·█
█·███·█·█··██·█·███·█
█·····█·██··█·█·····█
███████·█·█·█·███████
········█·███········
█·█████·····█·█████··
·███·█·█··█·█··█····█
··██··██·█·█·█··████·
███·█····█·····██·█··
███·█·█····█·█··█·█·█
········█··████··█··█
███████···█·█·██···█·
█·····█·███████··█··█
█·███·█·█···█··█··█··
█·███·█·███·█··█··█··
█·███·█·█··█·█··███··
█·····█··██····██·█··
███████·█·██·█··████·`;

test('a code is drawn as readers have read it', () => {
  assert.deepEqual(drawn(qrCode('hi')), hi.trim().split('\n'));
  const known: [length: number, size: number, sha256: string][] = [
    [100, 41, '7ea3fa99b925536e09a5bd7180809330dfc9294a65f209a4d257e46e183fe390'],
    [300, 69, '5dc3fa5b37cc414d8762be4abd9970abfc89d18354983884afb082707fa8d4ea'],
    [660, 97, '7c3cb1cd7fb67ac6f7af0be714f53a71c646c2bd22c978f8793b3558777ca022'],
  ];
  for (const [length, size, sha256] of known) {
    const code = qrCode('Homeroom '.repeat(80).slice(0, length));
    assert.equal(code.length, size);
    const bits = code.map((row) => row.map((dark) => (dark ? '1' : '0')).join('')).join('\n');
    assert.equal(createHash('sha256').update(bits).digest('hex'), sha256);
  }
});

test('what does not fit is said', () => {
  assert.throws(() => qrCode('x'.repeat(700)), RangeError);
});
