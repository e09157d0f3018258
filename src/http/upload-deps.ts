/** What sending a delivery from the console needs from the house. */

import type { Actor } from './people-deps.ts';

export type Announced = { name: string; sizeBytes: number };

/** Refusals are thrown as `Refusal`; every delivery is noted in the audit log by the house. */
export type UploadDeps = {
  /** Largest sum of the files of one delivery. */
  limitBytes: number;
  begin(actor: Actor, sourceId: string, files: Announced[]): Promise<{ id: string }>;
  /** @returns how much of the file is here. */
  add(
    actor: Actor,
    of: { sourceId: string; upload: string },
    piece: { file: number; offset: number; bytes: Uint8Array },
  ): Promise<number>;
  /** Takes it as a delivery; as a test, everything but apply is done. */
  finish(
    actor: Actor,
    of: { sourceId: string; upload: string },
    how: { name: string; isTest: boolean },
  ): Promise<{ sync: string; number: number }>;
  cancel(actor: Actor, of: { sourceId: string; upload: string }): Promise<void>;
};
