/** Collections are read one by one, and the server is never left waiting between two of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from './compare.ts';
import { openHarness } from './harness.ts';
import { filesOf } from './read-zip.ts';
import { rosterOf, sampleFiles } from './roster.ts';
import { startSis } from './server.ts';

const harness = await openHarness();
const files = sampleFiles(120);
const offsetOf = ({ query }: { query: URLSearchParams }) => Number(query.get('offset'));

test('the next collection is asked for before the end of this one has come', async () => {
  const roster = rosterOf(files, '1.1');
  const sis = await startSis(roster);
  const courses = roster.collections.get('courses') ?? [];
  const classes = Promise.withResolvers<void>();
  sis.before = async (path) => {
    if (path === 'classes') classes.resolve();
    // The page that tells the end of the courses is handed out only once classes have been asked for.
    const asked = sis.requests.at(-1) as (typeof sis.requests)[number];
    if (path === 'courses' && offsetOf(asked) === courses.length - 1) await classes.promise;
  };
  try {
    const { pull, zip } = await harness.pull(await harness.source(sis));
    assert.equal(pull.state, 'done', JSON.stringify(pull.trouble));
    assert.equal(pull.facts.retries, 0);
    assert.deepEqual(differences(await filesOf(zip as Buffer), files), []);
  } finally {
    await sis.close();
  }
});

for (const concurrency of [1, 2, 5])
  test(`no page is asked for twice with ${concurrency} requests at once`, async () => {
    const roster = rosterOf(files, '1.1');
    const sis = await startSis(roster);
    try {
      const { pull, zip } = await harness.pull(await harness.source(sis, { concurrency, version: '1.1' }));
      assert.equal(pull.state, 'done', JSON.stringify(pull.trouble));
      assert.deepEqual(differences(await filesOf(zip as Buffer), files), []);
      for (const [name, rows] of roster.collections) {
        const asked = sis.requests.filter(({ path }) => path === name).map(offsetOf);
        if (asked.length === 0) continue;
        // Each page begins with the last row of the one before it; the last one has nothing more.
        const expected = new Set([0, rows.length - 1]);
        for (let at = 39; at < rows.length - 1; at += 39) expected.add(at);
        assert.deepEqual(
          asked.sort((a, b) => a - b),
          [...expected].filter((at) => at >= 0).sort((a, b) => a - b),
          name,
        );
      }
    } finally {
      await sis.close();
    }
  });
