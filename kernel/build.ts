/**
 * Makes WebAssembly of the kernel, and of that the module which carries it: `npm run kernel`, after every change here.
 * That the two are alike is tested (test/kernel.test.ts).
 */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const carrier = join(import.meta.dirname, '../src/core/ahead/kernel-code.ts');
const baseDir = join(import.meta.dirname, 'assembly');
const options = [
  ['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
  ['--importMemory', '--sharedMemory', '--initialMemory', '16', '--maximumMemory', '65536'],
  ['--enable', 'simd', '--enable', 'threads'],
].flat();

/** The module as it has to be. @throws Error with what the compiler says, if the kernel is not sound. */
export async function kernelModuleText(): Promise<string> {
  let code: Uint8Array | undefined;
  const said: string[] = [];
  const { error } = await asc.main(['index.ts', '--baseDir', baseDir, '--outFile', 'kernel.wasm', ...options], {
    readFile: (name, base) => readFile(join(base, name), 'utf8').catch(() => null),
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) code = contents as Uint8Array;
    },
    listFiles: () => [],
    stderr: { write: (text) => void said.push(String(text)) },
    stdout: { write: () => {} },
  });
  if (error || !code) throw new Error(`The kernel cannot be compiled:\n${said.join('')}`);
  const text = Buffer.from(code).toString('base64');
  return `/** Made of kernel/ by \`npm run kernel\`: not to be changed by hand. */\n\nexport const kernelCode =\n  '${text}';\n`;
}

if (import.meta.main) await writeFile(carrier, await kernelModuleText());
