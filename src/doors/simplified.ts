/** Fits adding a school from workbooks to where workbooks are read and records are kept. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Limits } from '../core/bundle.ts';
import { Refusal } from '../core/refusal.ts';
import { accountById } from '../db/accounts.ts';
import type { Pool } from '../db/db.ts';
import { findDistrict, productBySlug } from '../db/districts.ts';
import type { SimplifiedDeps } from '../http/simplified-deps.ts';
import { isVendor } from '../people/deps.ts';
import { notFound, refuseViewer } from '../people/rights.ts';
import { addSimplified } from '../sync/simplified.ts';

type Deps = { db: Pool; limits: Limits; tempDir: string; now(): Date };

export function httpSimplified({ db, limits, tempDir, now }: Deps): SimplifiedDeps {
  return {
    async add(actor, { districtId, product: slug, files, isTrial }) {
      if (!isVendor(actor) && actor.districtId !== districtId) throw notFound('district');
      refuseViewer(actor);
      const district = await findDistrict(db, districtId);
      if (!district) throw notFound('district');
      const product = await productBySlug(db, slug);
      if (!product) throw new Refusal('product-unknown', 404, `There is no product ${slug}.`);
      const account = await accountById(db, actor.id);
      const by = {
        districtId,
        product,
        accountId: actor.id,
        by: account?.email ?? '',
        address: actor.address ?? null,
        at: now(),
      };
      // Workbooks hold pupils: they lie on disk for as long as they are read.
      const dir = await mkdtemp(join(tempDir, 'workbooks-'));
      try {
        const paths: string[] = [];
        for (const [at, { name, bytes }] of files.entries()) {
          const place = join(dir, String(at));
          await mkdir(place, { mode: 0o700 });
          paths.push(join(place, name.replace(/[/\\\0]/g, '_').slice(-200) || 'file'));
          await writeFile(paths[at] as string, bytes, { mode: 0o600 });
        }
        return await addSimplified(db, by, { paths, isTrial }, limits);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
  };
}
