/** The console as it is written now, built once for all test files that want it. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { consoleFolder } from '../../src/http/static.ts';

const root = resolve(import.meta.dirname, '../..');
/** What the console is made of. */
const sources = ['web', 'src', 'package-lock.json'];

/** The folder of the built console; it is built again when anything that it is made of is newer. */
export async function builtConsole(): Promise<string> {
  const folder = consoleFolder();
  const index = join(folder, 'index.html');
  const builtMs = existsSync(index) ? statSync(index).mtimeMs : 0;
  if (sources.some((each) => newestMs(join(root, each)) > builtMs)) {
    const web = join(root, 'web');
    await build({ root: web, configFile: join(web, 'vite.config.ts'), logLevel: 'error' });
  }
  return folder;
}

/** When the newest file in a folder, or a file, was written. */
function newestMs(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return Math.max(0, ...files.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
}
