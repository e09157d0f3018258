/** The long run: `npm run test:pull -- [--kills 100] [--pairs 300|all] [--seed N]`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    pairs: { type: 'string', default: '300' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
  },
});
console.log(`seed ${values.seed}`);
const env = { ...process.env, PULL_KILLS: values.kills, PULL_PAIRS: values.pairs, PULL_SEED: values.seed };
const files = ['crash.test.ts', 'hostile.test.ts'].map((name) => fileURLToPath(new URL(`./${name}`, import.meta.url)));
process.exitCode =
  spawnSync(process.execPath, ['--test', '--test-concurrency=1', ...files], { stdio: 'inherit', env }).status ?? 1;
