/** Fits the pages about formats to where mappings and changes are kept. */
import type { Limits } from '../core/bundle.ts';
import { accountById } from '../db/accounts.ts';
import type { Pool } from '../db/db.ts';
import { sourceById } from '../db/districts.ts';
import type { FormatDeps } from '../http/format-deps.ts';
import type { Actor } from '../http/people-deps.ts';
import { vendorOnly } from '../people/deps.ts';
import { notFound } from '../people/rights.ts';
import type { Archive } from '../sync/archive.ts';
import {
  addVersion,
  type By,
  listVersions,
  pagesOf,
  showVersion,
  sourcesOfFormat,
  takeVersion,
  tryVersion,
} from '../sync/formats.ts';

export function httpFormats(deps: { db: Pool; archive: Archive; limits: Limits; now(): Date }): FormatDeps {
  const { db } = deps;
  const by = async ({ id, address }: Actor): Promise<By> => {
    const account = await accountById(db, id);
    return { accountId: id, by: account?.email ?? '', address, at: deps.now() };
  };
  return {
    pages: (product) => pagesOf(db, product),
    async versions(actor, kept) {
      vendorOnly(actor);
      return listVersions(db, kept);
    },
    async sources(actor, kept) {
      vendorOnly(actor);
      return sourcesOfFormat(db, kept);
    },
    async show(actor, { version, ...kept }) {
      vendorOnly(actor);
      return showVersion(db, kept, version);
    },
    async add(actor, given) {
      vendorOnly(actor);
      return addVersion(db, given, await by(actor));
    },
    async use(actor, given) {
      vendorOnly(actor);
      return takeVersion(db, given, await by(actor));
    },
    async try(actor, { source: id, ...given }) {
      vendorOnly(actor);
      const source = await sourceById(db, id);
      if (!source) throw notFound('source');
      return tryVersion(source, given, deps);
    },
  };
}
