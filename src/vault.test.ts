/** Sealed secrets: readable again under the same key and name, and under no other. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openVault, VaultError } from './vault.ts';

const key = randomBytes(32);
const vault = openVault(key);

test('a secret is read again as it was', () => {
  for (const secret of ['', 'whsec_abc', 'ünï¢ode '.repeat(500)]) {
    const sealed = vault.seal(secret, 'webhook:1');
    assert.equal(openVault(key).open(sealed, 'webhook:1'), secret);
    assert.ok(secret === '' || !sealed.includes(secret.slice(0, 8)));
  }
  assert.notDeepEqual(vault.seal('same', 'a'), vault.seal('same', 'a'));
});

test('another key, another name, and any changed or missing byte are seen', () => {
  const sealed = vault.seal('secret', 'webhook:1');
  assert.throws(() => openVault(randomBytes(32)).open(sealed, 'webhook:1'), VaultError);
  assert.throws(() => vault.open(sealed, 'webhook:2'), VaultError);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] as number) ^ 1;
    assert.throws(() => vault.open(changed, 'webhook:1'), VaultError, `byte ${at}`);
    assert.throws(() => vault.open(sealed.subarray(0, at), 'webhook:1'), VaultError, `cut at ${at}`);
  }
});

test('a ring opens what its former keys have sealed, and seals with the current one', () => {
  const next = randomBytes(32);
  const ring = openVault({ all: () => [next, key] });
  const old = vault.seal('secret', 'webhook:1');
  assert.equal(ring.open(old, 'webhook:1'), 'secret');
  assert.equal(ring.isCurrent(old), false);
  const anew = ring.seal('secret', 'webhook:1');
  assert.equal(ring.isCurrent(anew), true);
  assert.equal(openVault(next).open(anew, 'webhook:1'), 'secret');
  assert.throws(() => vault.open(anew, 'webhook:1'), VaultError);
});
