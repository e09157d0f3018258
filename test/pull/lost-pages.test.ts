/** Pages that are gone or damaged when the delivery is made of them: the pull begins anew, and nobody is handed a part. */
import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sql from 'sql-template-tag';
import { type PullRow, pagesOf } from '../../src/db/pulls.ts';
import { differences } from './compare.ts';
import { openHarness } from './harness.ts';
import { filesOf } from './read-zip.ts';
import { rosterOf, sampleFiles } from './roster.ts';
import { startSis } from './server.ts';

const harness = await openHarness();
const files = sampleFiles(60);

const harms: [string, (path: string) => Promise<void>][] = [
  ['gone', (path) => rm(path)],
  ['cut', async (path) => truncateSync(path, 60)],
  [
    'changed in one bit',
    async (path) => {
      const bytes = await readFile(path);
      const at = bytes.length - 30;
      await writeFile(path, bytes.with(at, (bytes[at] as number) ^ 1));
    },
  ],
];

for (const [name, harm] of harms)
  test(`a page that is ${name} when the delivery is made: everything is asked for once more`, async () => {
    const sis = await startSis(rosterOf(files, '1.1'));
    let asked = 0;
    sis.before = (path) => {
      if (path === 'users') asked++;
    };
    const source = await harness.source(sis);
    const asOnce: number[] = [];
    const at = async (moment: string) => {
      if (moment !== 'made') return;
      asOnce.push(asked);
      if (asOnce.length > 1) return;
      const [open] = await harness.db.query<PullRow>(sql`
        select id, roster_id as "rosterId" from pulls where source_id = ${source.id}`);
      const pages = await pagesOf(harness.db, open as PullRow);
      const { storeKey } = pages.findLast(({ rows }) => rows > 0) as (typeof pages)[number];
      await harm(join(harness.pagesDir, storeKey.slice(0, 2), storeKey.slice(2)));
    };
    try {
      const { pull, zip } = await harness.pull(source, 'full', { at });
      assert.equal(pull.state, 'done', JSON.stringify(pull.trouble));
      assert.deepEqual(differences(await filesOf(zip as Buffer), files), []);
      assert.deepEqual(asOnce, [asOnce[0], 2 * (asOnce[0] as number)]);
      assert.deepEqual(await pagesOf(harness.db, pull), []);
    } finally {
      await sis.close();
    }
  });
