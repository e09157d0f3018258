/** Formats as a house without a database knows them: their pages, and no version of anything. */

import { formatPages } from '../../src/core/formats/pages.ts';
import { Refusal } from '../../src/core/refusal.ts';
import type { FormatDeps } from '../../src/http/format-deps.ts';

export const fakeFormats = (): FormatDeps => ({
  pages: async () => formatPages(),
  versions: async () => [],
  show: none,
  add: async (_, { format }) => ({ format, version: 1 }),
  use: async (_, { format, version }) => ({ format, version }),
  try: none,
});

async function none(): Promise<never> {
  throw new Refusal('format-unknown', 404, 'There is no such format.');
}
