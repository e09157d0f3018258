/** Builds the program as it is published, so that a measurement runs what an installed package runs. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const builtDir = join(tmpdir(), 'homeroom-bench-built');

export function build(): void {
  mkdirSync(builtDir, { recursive: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', builtDir]);
  cpSync(join(root, 'src/db/migrations'), join(builtDir, 'db/migrations'), { recursive: true });
  cpSync(join(root, 'package.json'), join(builtDir, 'package.json'));
  // An earlier run from another clone may have left a link to a folder that is gone.
  rmSync(join(builtDir, 'node_modules'), { force: true });
  symlinkSync(join(root, 'node_modules'), join(builtDir, 'node_modules'));
}

/** A module of the built program, by its path below src without its ending. */
export const built = <T>(module: string): Promise<T> =>
  import(pathToFileURL(join(builtDir, `${module}.js`)).href) as Promise<T>;
