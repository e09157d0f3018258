/** The model run: `npm run test:model -- [--histories 1000] [--seed N]`. Prints the shortest history that goes wrong. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { proveModel } from './prove.ts';

const number = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? fallback : Number(process.argv[at + 1]);
  if (!Number.isInteger(value)) throw new Error(`--${name} is a whole number.`);
  return value;
};
const histories = number('histories', 1000);
const seed = number('seed', Date.now() % 1_000_000);

test(`${histories} histories, seed ${seed}`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hr-model-'));
  try {
    await proveModel({ histories, seed, folder, tell: (line) => console.log(line) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
