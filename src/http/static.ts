/** Serves the built console from memory: what is not one of its files is one of its pages. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Context, Handler } from 'hono';
import { newNonce, pagePolicy } from './headers.ts';

type Asset = {
  type: string;
  plain: Uint8Array<ArrayBuffer>;
  br?: Uint8Array<ArrayBuffer>;
  gz?: Uint8Array<ArrayBuffer>;
};

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};

/** Stands in the built page where the nonce of each answer goes. */
const noncePlace = '__NONCE__';

/** The folder into which the console is built: beside the program when it runs as written, and in the package. */
export function consoleFolder(): string {
  const built = fileURLToPath(new URL('../console', import.meta.url));
  return existsSync(join(built, 'index.html')) ? built : fileURLToPath(new URL('../../dist/console', import.meta.url));
}

/**
 * Answers every GET that no route before it took. Files are read once, when the handler is made, so no path of a request
 * ever reaches the file system. Files under /assets/ carry a hash in their names and never change.
 */
export function consoleFiles(folder: string): Handler {
  const assets = readAssets(folder);
  const page = assets.get('/index.html');
  const html = page ? new TextDecoder().decode(page.plain) : undefined;
  return (c) => {
    const asset = assets.get(c.req.path);
    if (asset && c.req.path !== '/index.html') return answerAsset(c, asset);
    if (html === undefined) return c.text('The console is not built. Run "npm run build", then start again.', 503);
    // A dot in an address is no file by itself: a format is called oneroster-csv-1.1.
    const isFile = c.req.path.startsWith('/assets/') || !/^\.?\d*$/.test(extname(c.req.path));
    if (isFile) return c.text('There is nothing here.', 404);
    const nonce = newNonce();
    c.header('content-security-policy', pagePolicy(nonce));
    return c.html(html.replaceAll(noncePlace, nonce));
  };
}

function answerAsset(c: Context, asset: Asset): Response {
  const accepted = c.req.header('accept-encoding') ?? '';
  const encoding = asset.br && /\bbr\b/.test(accepted) ? 'br' : asset.gz && /\bgzip\b/.test(accepted) ? 'gz' : 'plain';
  if (encoding !== 'plain') c.header('content-encoding', encoding === 'br' ? 'br' : 'gzip');
  c.header('vary', 'accept-encoding');
  c.header('content-type', asset.type);
  c.header('cache-control', c.req.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  return c.body(asset[encoding] ?? asset.plain);
}

function readAssets(folder: string): Map<string, Asset> {
  const assets = new Map<string, Asset>();
  if (!existsSync(folder)) return assets;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)];
    if (!entry.isFile() || !type) continue;
    const path = join(entry.parentPath, entry.name);
    const asset: Asset = { type, plain: bytesOf(path) };
    if (existsSync(`${path}.br`)) asset.br = bytesOf(`${path}.br`);
    if (existsSync(`${path}.gz`)) asset.gz = bytesOf(`${path}.gz`);
    assets.set(`/${relative(folder, path).split(sep).join('/')}`, asset);
  }
  return assets;
}

const bytesOf = (path: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(path));
