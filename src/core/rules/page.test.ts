/** Holds docs/rules.md to what the rules say: write it again with the command that the failure names. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { rules } from './index.ts';
import { rulesPage } from './page.ts';

const write = `node -e "import('./src/core/rules/page.ts').then((it) => fs.writeFileSync('docs/rules.md', it.rulesPage()))"`;

test('docs/rules.md is what the rules write', () => {
  const page = readFileSync(new URL('../../../docs/rules.md', import.meta.url), 'utf8');
  assert.ok(page === rulesPage(), `docs/rules.md differs from the rules; run: ${write}`);
});

test('the page has a heading for each rule, and an example for each', () => {
  const blocks = rulesPage().split('\n### ').slice(1);
  assert.deepEqual(
    blocks.map((block) => block.slice(0, block.indexOf('\n'))),
    [...rules.keys()],
  );
  for (const block of blocks) assert.match(block, /```diff|^Example: /m, block);
});
