/** Bundles made in memory, and the fault that an entry raises when its bytes turn out bad while they are read. */

import { encode } from './bytes.ts';
import { sortFiles } from './package-names.ts';
import type { Bundle, Finding } from './record.ts';

/** How much a delivery may unpack to. */
export type Limits = {
  /** Largest sum of the unpacked files. */
  unpackedLimitBytes: number;
  /** Most unpacked bytes per packed byte. */
  zipRatioLimit: number;
  /** Most entries of one zip. */
  zipEntriesLimit: number;
};

/** The limits where no setting says otherwise. */
export const usualLimits: Limits = { unpackedLimitBytes: 8 * 1024 ** 3, zipRatioLimit: 100, zipEntriesLimit: 200 };

/** Raised by `Entry.bytes()` when the content cannot be read on; the check reports the finding and goes on. */
export class EntryFault extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(finding.message);
    this.finding = finding;
  }
}

/** A bundle of texts or bytes by path, sorted as a zip of the same files is. */
export function memoryBundle(files: Record<string, string | Uint8Array>, name = 'memory'): Bundle {
  const entries = Object.entries(files).map(([file, content]) => {
    const bytes = typeof content === 'string' ? encode(content) : content;
    return {
      name: file,
      sizeBytes: bytes.length,
      async *bytes() {
        yield bytes;
      },
    };
  });
  const { files: kept, findings } = sortFiles(entries);
  return { name, entries: kept, findings };
}
