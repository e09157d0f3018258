/** What a mapping makes of a sample: of each file its columns, and of each kind its first records. */

import { check } from '../../check.ts';
import type { Bundle, CheckResult, Finding } from '../../record.ts';
import { textsOf } from '../../row-texts.ts';
import { type Kind, tableOf } from '../../tables.ts';
import { Tally } from '../../tally.ts';
import { assign } from '../declared/assign.ts';
import type { Declaration } from '../declared/declaration.ts';
import { declaredFormat } from '../declared/declared-format.ts';
import { columnNamed } from '../declared/header.ts';
import type { Format } from '../format.ts';
import { type Sample, samplesOf } from './samples.ts';

export type PreviewFile = {
  name: string;
  /** Title of the file in the mapping; empty where the mapping does not read it. */
  readAs: string;
  columns: { name: string /** The declared column that it is, or empty. */; readAs: string }[];
  rows: string[][];
};

export type Preview = {
  files: PreviewFile[];
  /** Of each kind how many records are made, and how many of them would be taken. */
  records: { kind: Kind; made: number; taken: number; first: Record<string, string>[] }[];
  findings: Finding[];
  result: CheckResult;
};

const ROWS_SHOWN = 5;
const FINDINGS_SHOWN = 200;

export async function preview(declaration: Declaration, bundle: Bundle, now: Date): Promise<Preview> {
  const assigned = await assign(declaration, bundle, new Tally('default'));
  const samples = await samplesOf(bundle, ROWS_SHOWN);
  const findings: Finding[] = [];
  const taken = new Map<Kind, number>();
  const format = declaredFormat(declaration);
  const result = await check(bundle, {
    profile: 'default',
    format,
    now,
    report: (finding) => void (findings.length < FINDINGS_SHOWN && findings.push(finding)),
    sink: {
      table() {},
      row: ({ kind }) => void taken.set(kind, (taken.get(kind) ?? 0) + 1),
      leftOut() {},
      drain() {},
      tableDone() {},
    },
  });
  const records = result.counts.fatal > 0 ? [] : await recordsOf(format, bundle, now, taken);
  const byName = new Map([...assigned].map(([id, entry]) => [entry.name, declaration.files[id]]));
  return { files: samples.map((sample) => fileOf(sample, byName.get(sample.name))), records, findings, result };
}

/** Records as they are made, before what they point to is judged: a sample may be a part of what will come. */
async function recordsOf(
  format: Format,
  bundle: Bundle,
  now: Date,
  taken: ReadonlyMap<Kind, number>,
): Promise<Preview['records']> {
  const { tables } = await format.open(bundle, new Tally('default'), undefined, { now });
  const records: Preview['records'] = [];
  for (const table of tables) {
    const own = { kind: table.kind, made: 0, taken: taken.get(table.kind) ?? 0, first: [] as Record<string, string>[] };
    await table.peek({
      row(row) {
        own.made++;
        if (own.first.length < ROWS_SHOWN) own.first.push(shown(row.kind, { ...textsOf(row), ...row.metadata }));
      },
      drain() {},
    });
    records.push(own);
  }
  return records;
}

function fileOf({ name, header, rows }: Sample, declared: Declaration['files'][string] | undefined): PreviewFile {
  const columns = header.map((column) => ({
    name: column,
    readAs: (declared ? declared.columns[columnNamed(declared, column)]?.name : '') ?? '',
  }));
  return { name, readAs: declared?.title ?? '', columns, rows: rows.slice(0, ROWS_SHOWN) };
}

/** Secrets are not shown. */
const shown = (kind: Kind, texts: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(texts).map(([field, text]) => [
      field,
      tableOf(kind).fields[field]?.privacy === 'credential' ? '(hidden)' : text,
    ]),
  );
