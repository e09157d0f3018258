/** Every input of the fuzz's corpus keeps the promises: those that it began with, and those that once broke one. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { InputKind } from './fuzz/input.ts';
import { holdsFor } from './fuzz/promises.ts';

const folder = join(import.meta.dirname, 'fuzz/corpus');

for (const name of readdirSync(folder).sort()) {
  test(name, async () => {
    const rules = await holdsFor(name.slice(name.lastIndexOf('.') + 1) as InputKind, readFileSync(join(folder, name)));
    if (name.startsWith('clean')) assert.deepEqual(rules, []);
  });
}
