/** Builds the console when it has not been built yet, so that a fresh clone starts with one command. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

if (process.argv.includes('--always') || !existsSync(join(root, 'dist/console/index.html'))) {
  process.stderr.write('Building the console (once) ...\n');
  const { build } = await import('vite');
  await build({ root: import.meta.dirname, configFile: join(import.meta.dirname, 'vite.config.ts'), logLevel: 'warn' });
}
