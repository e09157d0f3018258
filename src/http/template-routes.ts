/** Templates to fill, for everybody; with the orgs of a district in them for those who may see it. */

import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import { validator } from 'hono/validator';
import { z } from 'zod';
import { formatPages, oneRosterPage } from '../core/formats/pages.ts';
import { isOneRosterPage, templateOf } from '../core/formats/template-files.ts';
import { Refusal } from '../core/refusal.ts';
import { templateWorkbooks } from '../package/template-xlsx.ts';
import { zipStream } from '../package/write-zip.ts';
import type { HttpDeps } from './deps.ts';
import { notFound } from './errors.ts';
import { lineOf } from './fields.ts';
import type { SessionEnv, Sessions } from './session.ts';

const query = z.object({
  /** Of somebody who is signed in the slug of a product, whose own changes are in it; else the id of one that we know. */
  product: lineOf(100).optional(),
  district: lineOf(100).optional(),
  as: z.enum(['csv', 'xlsx']).default('csv'),
  complete: z.literal('yes').optional(),
});

export function templateRoutes(deps: HttpDeps, cookie: Sessions) {
  return new Hono<SessionEnv>().get(
    '/templates/:format',
    validator('query', (given) => query.parse(given)),
    async (c) => {
      const { product, district, as, complete } = c.req.valid('query');
      const id = c.req.param('format').replace(/\.zip$/, '');
      const token = cookie.token(c);
      const isSignedIn = token !== undefined && (await deps.sessionAccount(token)) !== undefined;
      const pages = isSignedIn ? await deps.formats.pages(product) : formatPages();
      const found = pages.find((page) => page.id === id);
      if (!found) throw notFound('format');
      const page = isSignedIn || !isOneRosterPage(found) ? found : oneRosterPage(versionOf(id), product);
      const orgs = district === undefined ? [] : await orgsFor(deps, cookie, c, district);
      const isBooks = as === 'xlsx' && !isOneRosterPage(page);
      const files = isBooks
        ? await templateWorkbooks(page, orgs, complete === 'yes')
        : templateOf(page, orgs, complete === 'yes');
      c.header('content-type', 'application/zip');
      const name = [id, product ?? '', 'template']
        .filter(Boolean)
        .join('-')
        .replace(/[^\w.-]/g, '');
      c.header('content-disposition', `attachment; filename="${name}.zip"`);
      const zip = zipStream(files);
      return stream(c, async (out) => {
        for await (const piece of zip) await out.write(piece as Uint8Array);
      });
    },
  );
}

const versionOf = (id: string) => (id.endsWith('1.2') ? '1.2' : '1.1');

async function orgsFor(deps: HttpDeps, cookie: Sessions, c: Context<SessionEnv>, district: string) {
  const token = cookie.token(c);
  const account = token ? await deps.sessionAccount(token) : undefined;
  if (!account) throw new Refusal('signed-out', 401, 'Sign in to get a template with your own schools.');
  c.set('account', account);
  const scope = account.districtId ? { districtId: account.districtId } : {};
  if (!(await deps.districts(scope)).some(({ id }) => id === district)) throw notFound('district');
  return deps.orgs(district);
}
