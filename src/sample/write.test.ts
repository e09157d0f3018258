import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { generate } from './generate.ts';
import { writeSample } from './write.ts';

const folder = await mkdtemp(join(tmpdir(), 'homeroom-sample-'));
after(() => rm(folder, { recursive: true }));
const sample = generate({ students: 300, seed: 2 });

test('a folder gets every file, and the counts are those of the files', async () => {
  const out = join(folder, 'deep', 'set');
  let last = 0;
  const written = await writeSample(sample, out, (_file, bytes) => {
    assert.ok(bytes >= last);
    last = bytes;
  });
  assert.deepEqual((await readdir(out)).sort(), sample.files.map((file) => file.name).sort());
  for (const { name, rows, sizeBytes } of written) {
    const bytes = await readFile(join(out, name));
    assert.deepEqual([rows, sizeBytes], [bytes.toString().trimEnd().split('\r\n').length - 1, bytes.length], name);
  }
  assert.equal(
    last,
    written.reduce((sum, file) => sum + file.sizeBytes, 0),
  );
});

test('zips of the same district are equal, and nothing else is left', async () => {
  const [a, b] = [join(folder, 'zips', 'a.zip'), join(folder, 'zips', 'b.zip')];
  await writeSample(sample, a);
  await writeSample(sample, b);
  assert.deepEqual(await readFile(a), await readFile(b));
  assert.deepEqual(await readdir(join(folder, 'zips')), ['a.zip', 'b.zip']);
});

test('a file that fails leaves no zip behind', async () => {
  const broken = {
    ...sample,
    files: [
      ...sample.files,
      {
        name: 'x.csv',
        text: (): Iterable<string> => {
          throw new Error('no more');
        },
      },
    ],
  };
  const out = join(folder, 'broken', 'c.zip');
  await assert.rejects(writeSample(broken, out), /no more/);
  assert.deepEqual(await readdir(join(folder, 'broken')), []);
});
