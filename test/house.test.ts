/** Holds the floors of the house: an import goes down, never up, and never sideways between doors. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => /\.tsx?$/.test(name) && !/\.(test|d)\.ts$/.test(name));

/** The floor of a part, by the first folder or file name under src. */
const floors: Record<string, number> = {
  cli: 7,
  'house.ts': 6,
  acts: 6,
  'control.ts': 6,
  'doors.ts': 6,
  doors: 6,
  http: 5,
  sftp: 5,
  pull: 5,
  sync: 4,
  people: 4,
  alert: 3,
  'worker.ts': 3,
  db: 2,
  package: 1,
  core: 1,
  sample: 1,
  'config.ts': 1,
  'log.ts': 1,
  'vault.ts': 1,
  'young-space.ts': 1,
  'dial.ts': 1,
};
const doors = new Set(['http', 'sftp', 'pull']);
const partOf = (file: string): string => relative(join(root, 'src'), join(root, file)).split('/')[0] as string;

type Import = { file: string; target: string; typeOnly: boolean };
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s+)?[^;'"]*?from\s+'([^']+)'/g)].map(
    (match) => ({
      file,
      target: match[2] as string,
      typeOnly: Boolean(match[1]),
    }),
  );
  const bare = [...text.matchAll(/(?:^|[\s(])import\s*\(?\s*'([^']+)'/g)].map((match) => ({
    file,
    target: match[1] as string,
    typeOnly: false,
  }));
  return [...found, ...bare];
}
const allImports = sources('src').flatMap(importsOf);

test('every part of src has a floor', () => {
  const parts = new Set(sources('src').map(partOf));
  assert.deepEqual(
    [...parts].filter((part) => floors[part] === undefined),
    [],
  );
});

test('imports go down', () => {
  const wrong = allImports.flatMap(({ file, target }) => {
    if (!target.startsWith('.')) return [];
    const aim = relative(root, resolve(root, dirname(file), target));
    if (!aim.startsWith('src/')) return aim === 'package.json' ? [] : [`${file} imports ${aim}, outside of src`];
    const [from, to] = [partOf(file), partOf(aim)];
    if (from === to) return [];
    if (doors.has(from) && doors.has(to)) return [`${file} imports another door, ${aim}`];
    return (floors[to] as number) <= (floors[from] as number) ? [] : [`${file} imports ${aim}, which is above it`];
  });
  assert.deepEqual(wrong, []);
});

test('the core imports nothing but itself, and has neither clock nor chance', () => {
  const wrong = sources('src/core').flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    const outside = importsOf(file).filter(
      ({ target }) => !resolve(root, dirname(file), target).startsWith(join(root, 'src/core')),
    );
    const impure = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bperformance\.|\bcrypto\./.exec(text);
    return [
      ...outside.map(({ target }) => `${file} imports ${target}`),
      ...(impure ? [`${file} uses ${impure[0]}`] : []),
    ];
  });
  assert.deepEqual(wrong, []);
});

test('only the command line reads the environment', () => {
  const wrong = sources('src').filter(
    (file) => partOf(file) !== 'cli' && /\bprocess\.env\b/.test(readFileSync(join(root, file), 'utf8')),
  );
  assert.deepEqual(wrong, []);
});

test('the console takes server code as types only, the core, and what opens packages', () => {
  const wrong = sources('web').flatMap((file) =>
    importsOf(file).flatMap(({ target, typeOnly }) => {
      if (!target.startsWith('.')) return [];
      const aim = relative(root, resolve(root, dirname(file), target));
      return !aim.startsWith('src/') || /^src\/(core|package)\//.test(aim) || typeOnly
        ? []
        : [`${file} imports ${aim}`];
    }),
  );
  assert.deepEqual(wrong, []);
});

test('every file opens with the reason for which it exists', () => {
  const wrong = ['src', 'web', 'bench']
    .flatMap(sources)
    .filter((file) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(join(root, file), 'utf8')));
  assert.deepEqual(wrong, []);
});

test('no file outgrows its idea', () => {
  const long = ['src', 'web', 'bench'].flatMap(sources).flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length;
    return lines > 400 ? [`${file}: ${lines} lines`] : [];
  });
  assert.deepEqual(long, []);
});
