/** Bundles made in memory, and the fault that an entry raises when its bytes turn out bad while they are read. */

import { encode } from './bytes.ts';
import type { Bundle, Finding } from './record.ts';

/** Raised by `Entry.bytes()` when the content cannot be read on; the check reports the finding and goes on. */
export class EntryFault extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(finding.message);
    this.finding = finding;
  }
}

/** A bundle of texts or bytes by file name. */
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
  return { name, entries, findings: [] };
}
