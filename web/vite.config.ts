/** Builds the console into dist/console, each file also packed, so that the server need not pack on the way. */

import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 450,
  },
  plugins: [react(), packed()],
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', changeOrigin: false } } },
});

/** Puts a .br and a .gz beside every text file that is worth it. */
function packed(): Plugin {
  const br = promisify(brotliCompress);
  const gz = promisify(gzip);
  return {
    name: 'packed',
    apply: 'build',
    async generateBundle(_, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        const text = file.type === 'chunk' ? file.code : file.source;
        if (text.length < 1024 || !/\.(js|css|svg)$/.test(name)) continue;
        const bytes = Buffer.from(text as string);
        const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
        this.emitFile({ type: 'asset', fileName: `${name}.br`, source: await br(bytes, { params }) });
        this.emitFile({ type: 'asset', fileName: `${name}.gz`, source: await gz(bytes) });
      }
    },
  };
}
