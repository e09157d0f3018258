/** The first rows of a delivery's files, as text: what suggestions and previews look at. */

import { CsvReader } from '../../csv.ts';
import { type Bundle, decode } from '../../record.ts';
import { isTable } from '../declared/assign.ts';
import type { FileDeclaration } from '../declared/declaration.ts';
import { recoded } from '../declared/recode.ts';
import { headOf } from '../sniff.ts';

export type Sample = {
  name: string;
  delimiter: NonNullable<FileDeclaration['delimiter']>;
  header: string[];
  rows: string[][];
};

const ROWS_LIMIT = 200;

/** Files that can be read as tables, each with its header and at most 200 rows. */
export async function samplesOf({ entries }: Bundle, rowsLimit = ROWS_LIMIT): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const entry of entries.filter(isTable)) {
    const head = await headOf(entry);
    const first = decode(head, 0, head.length).split(/\r|\n/, 1)[0] ?? '';
    const delimiter = delimiterOf(first);
    const lines: string[][] = [];
    const reader = new CsvReader({
      row() {
        if (lines.length <= rowsLimit)
          lines.push(
            Array.from({ length: reader.count }, (_, at) =>
              decode(reader.buffer, reader.start[at] as number, reader.end[at] as number).trim(),
            ),
          );
      },
      fault() {},
    });
    for await (const piece of recoded(entry, { delimiter }).bytes()) {
      reader.push(piece);
      if (lines.length > rowsLimit) break;
    }
    if (lines.length <= rowsLimit) reader.finish();
    const [header = [], ...rows] = lines;
    samples.push({ name: entry.name, delimiter, header: header.map((name) => name.replace(/^\ufeff/, '')), rows });
  }
  return samples;
}

/** The separator that the first line has most of. */
function delimiterOf(line: string): Sample['delimiter'] {
  const counts = ([',', ';', '\t', '|'] as const).map((sign) => ({ sign, count: line.split(sign).length }));
  return counts.reduce((most, each) => (each.count > most.count ? each : most)).sign;
}
