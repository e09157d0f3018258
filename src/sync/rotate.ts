/** Exchanges the key that encrypts the archive and stored secrets for a new one; may be ended at any moment and called again. */

import type { Db } from '../db/db.ts';
import { sealedColumns, sealedRows, setSealed } from '../db/sealed.ts';
import { type Vault, VaultError } from '../vault.ts';
import type { Archive } from './archive.ts';
import type { HouseKeys } from './keys.ts';

export type Rotated = {
  /** Archived files encrypted anew. */
  files: number;
  /** Stored secrets sealed anew. */
  secrets: number;
  /** The former key still stands in the setting, and can be taken out of it now. */
  inSetting: boolean;
};

const rowsAtOnce = 500;

/**
 * A new key is on disk, before the former ones, before anything is encrypted with it; the former ones are forgotten when
 * nothing needs them any more. In between, everything can be read with one key or another of the ring.
 * @throws Refusal `one-key`, see `HouseKeys.begin`
 */
export async function rotateKeys(house: {
  db: Db;
  archive: Pick<Archive, 'reencrypt'>;
  /** Pages of pulls that are under way. */
  pages?: Pick<Archive, 'reencrypt'>;
  keys: HouseKeys;
  vault: Vault;
}): Promise<Rotated> {
  const { db, archive, pages, keys, vault } = house;
  await keys.begin();
  let secrets = await reseal(db, vault);
  const files = (await archive.reencrypt()) + ((await pages?.reencrypt()) ?? 0);
  // What was sealed with the former key at the moment of the change, and stored after we had looked.
  for (let more = -1; more !== 0; secrets += more) more = await reseal(db, vault);
  await keys.finish();
  return { files, secrets, inSetting: keys.areSetting };
}

/** @returns how many secrets were sealed anew. */
async function reseal(db: Db, vault: Vault): Promise<number> {
  let count = 0;
  for (const column of sealedColumns) {
    for (let after: string | null = null; ; ) {
      const rows = await sealedRows(db, column, { after, limit: rowsAtOnce });
      for (const { key, sealed } of rows) {
        const to = vault.isCurrent(sealed) ? undefined : sealedAnew(vault, column.about(key), sealed);
        if (!to) continue;
        await setSealed(db, column, { key, from: sealed, to });
        count++;
      }
      after = rows.at(-1)?.key ?? null;
      if (rows.length < rowsAtOnce) break;
    }
  }
  return count;
}

/** Undefined for what no key opens: it was lost before, and must not keep the others from a new key. */
function sealedAnew(vault: Vault, about: string, sealed: Buffer): Buffer | undefined {
  try {
    return vault.seal(vault.open(sealed, about), about);
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}
