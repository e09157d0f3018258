/** Builds the program as it is published, so that a measurement runs what an installed package runs. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..');
const packageDir = join(tmpdir(), 'homeroom-bench-built');
/** As in the package: what is built stands one level below `package.json`. */
const builtDir = join(packageDir, 'dist');
const benchDir = join(packageDir, 'bench');
/**
 * What runs in a measured process runs as JavaScript too: to take the types away costs memory and another thread's time,
 * of which an installed package has none.
 */
const children = ['built', 'children/checked', 'children/check', 'children/formats', 'children/pull'];

export function build(): void {
  mkdirSync(builtDir, { recursive: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', builtDir]);
  cpSync(join(root, 'src/db/migrations'), join(builtDir, 'db/migrations'), { recursive: true });
  cpSync(join(root, 'package.json'), join(packageDir, 'package.json'));
  // An earlier run from another clone may have left a link to a folder that is gone.
  rmSync(join(packageDir, 'node_modules'), { force: true });
  symlinkSync(join(root, 'node_modules'), join(packageDir, 'node_modules'));
  mkdirSync(join(benchDir, 'children'), { recursive: true });
  for (const name of children) {
    const code = stripTypeScriptTypes(readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8'));
    writeFileSync(join(benchDir, `${name}.js`), code.replaceAll(/ from '(\.[^']+)\.ts'/g, " from '$1.js'"));
  }
}

/** Where a child of a measurement is to be run from, once the program is built. */
export const childOf = (name: 'check' | 'formats' | 'pull'): string => join(benchDir, `children/${name}.js`);

/** A module of the built program, by its path below src without its ending. */
export const built = <T>(module: string): Promise<T> =>
  import(pathToFileURL(join(builtDir, `${module}.js`)).href) as Promise<T>;
