/** Builds the program as it is published, so that a measurement runs what an installed package runs. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const packageDir = join(tmpdir(), 'homeroom-bench-built');
/** As in the package: what is built stands one level below `package.json`. */
const builtDir = join(packageDir, 'dist');

export function build(): void {
  mkdirSync(builtDir, { recursive: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', builtDir]);
  cpSync(join(root, 'src/db/migrations'), join(builtDir, 'db/migrations'), { recursive: true });
  cpSync(join(root, 'package.json'), join(packageDir, 'package.json'));
  // An earlier run from another clone may have left a link to a folder that is gone.
  rmSync(join(packageDir, 'node_modules'), { force: true });
  symlinkSync(join(root, 'node_modules'), join(packageDir, 'node_modules'));
}

/** A module of the built program, by its path below src without its ending. */
export const built = <T>(module: string): Promise<T> =>
  import(pathToFileURL(join(builtDir, `${module}.js`)).href) as Promise<T>;
