/** Fits the pages about products, districts and sources to those who set them up. */
import { listProducts, sourcesOf, uploadPath } from '../db/districts.ts';
import type { SetUpDeps } from '../http/set-up-deps.ts';
import { isVendor, type PeopleDeps } from '../people/deps.ts';
import { addDistrict, addProduct, addSource, changeProduct } from '../people/set-up.ts';

export function httpSetUp(deps: PeopleDeps, vendor: string): SetUpDeps {
  return {
    async products(actor) {
      const all = await listProducts(deps.db);
      if (isVendor(actor)) return all;
      const own = await sourcesOf(deps.db, { districtId: actor.districtId as string });
      return all.filter(({ id }) => own.some(({ product }) => product.id === id));
    },
    addProduct: (actor, product) => addProduct(deps, actor, product),
    changeProduct: (actor, change) => changeProduct(deps, actor, change),
    addDistrict: (actor, district) => addDistrict(deps, actor, district),
    async addSource(actor, source) {
      const added = await addSource(deps, actor, source);
      return { id: added.id, uploadPath: added.kind === 'sftp' ? uploadPath(vendor, added) : null };
    },
  };
}
