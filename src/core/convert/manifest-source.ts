/** Reads from a manifest what it says of the system that the delivery comes from. */

import { CsvReader } from '../csv.ts';
import { type Bundle, decode } from '../record.ts';

export type ManifestSource = { systemName: string; systemCode: string };

/** Blank where there is no manifest, or where it does not say. */
export async function manifestSource(bundle: Bundle): Promise<ManifestSource> {
  const said: ManifestSource = { systemName: '', systemCode: '' };
  const entry = bundle.entries.find((one) => /(^|[/\\])manifest\.csv$/i.test(one.name));
  if (!entry) return said;
  const reader = new CsvReader({
    row() {
      const cell = (at: number) => decode(reader.buffer, reader.start[at] as number, reader.end[at] as number).trim();
      if (reader.count < 2) return;
      if (cell(0) === 'source.systemName') said.systemName = cell(1);
      if (cell(0) === 'source.systemCode') said.systemCode = cell(1);
    },
    fault() {},
  });
  try {
    for await (const piece of entry.bytes()) reader.push(piece);
  } catch {
    // What is wrong with the entry is reported where it is checked.
    return said;
  }
  reader.finish();
  return said;
}
