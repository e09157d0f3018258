/** What a mapping makes of sample files, in the browser: columns, first rows, records, findings, and proposals for columns. */

import { usualLimits } from '../../src/core/bundle.ts';
import { plainName } from '../../src/core/formats/declared/declaration.ts';
import { draftMapping } from '../../src/core/formats/mapped/draft.ts';
import { type PreviewFile, preview } from '../../src/core/formats/mapped/preview.ts';
import { type Sample, samplesOf } from '../../src/core/formats/mapped/samples.ts';
import { type Suggestion, suggest } from '../../src/core/formats/mapped/suggest.ts';
import type { Bundle, Finding, Severity } from '../../src/core/record.ts';
import type { Kind } from '../../src/core/tables.ts';
import { bySeverity } from '../../src/core/tally.ts';
import { mappingText, type PlacedFault, parseMapping } from '../../src/package/mapping-yaml.ts';
import { openFiles } from '../check/files.ts';

const ROWS_SHOWN = 3;
const FINDINGS_SHOWN = 50;

export type LookedColumn = { name: string; readAs: string; meaning: string; why: string; values: string[] };
export type LookedFile = { name: string; readAs: string; columns: LookedColumn[] };
export type Looked = {
  faults: PlacedFault[];
  files: LookedFile[];
  /** Empty while the mapping has faults. */
  records: { kind: Kind; made: number; taken: number; first: Record<string, string>[] }[];
  findings: Finding[];
  counts: Record<Severity, number> | undefined;
};

/** Files that are looked at, opened once. */
export type Opened = { bundle: Bundle; samples: Sample[]; suggestions: Suggestion[] };

export async function openSample(files: readonly File[], name: string): Promise<Opened> {
  const bundle = await openFiles(files, name, usualLimits);
  const samples = await samplesOf(bundle);
  return { bundle, samples, suggestions: suggest(samples) };
}

/** A mapping to begin with, and what it leaves open. */
export function draftOf({ samples }: Opened, title: string): { text: string; notes: string[] } {
  const { document, notes } = draftMapping(samples, title);
  return { text: mappingText(document), notes };
}

export async function look(text: string, opened: Opened | undefined, now: Date): Promise<Looked> {
  const { declaration, faults } = parseMapping(text, 'mapping');
  const nothing = { faults, records: [], findings: [], counts: undefined };
  if (!opened) return { ...nothing, files: [] };
  if (!declaration) return { ...nothing, files: filesOf(opened, []) };
  const seen = await preview(declaration, opened.bundle, now);
  return {
    faults,
    files: filesOf(opened, seen.files),
    records: seen.records.map((own) => ({ ...own, first: own.first.slice(0, ROWS_SHOWN) })),
    findings: seen.findings.toSorted((a, b) => bySeverity(a.severity, b.severity)).slice(0, FINDINGS_SHOWN),
    counts: seen.result.counts,
  };
}

function filesOf({ samples, suggestions }: Opened, read: readonly PreviewFile[]): LookedFile[] {
  return samples.map(({ name, header, rows }) => {
    const own = read.find((file) => file.name === name);
    return {
      name,
      readAs: own?.readAs ?? '',
      columns: header.map((column, at) => {
        const found = suggestions.find((one) => one.file === name && plainName(one.column) === plainName(column));
        return {
          name: column,
          readAs: own?.columns[at]?.readAs ?? '',
          meaning: found?.meaning ?? '',
          why: found?.why ?? '',
          values: rows.slice(0, ROWS_SHOWN).map((row) => row[at] ?? ''),
        };
      }),
    };
  });
}
