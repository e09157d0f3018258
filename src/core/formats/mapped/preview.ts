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
  records: { kind: Kind; count: number; first: Record<string, string>[] }[];
  findings: Finding[];
  result: CheckResult;
};

const ROWS_SHOWN = 5;
const FINDINGS_SHOWN = 200;

export async function preview(declaration: Declaration, bundle: Bundle, now: Date): Promise<Preview> {
  const assigned = await assign(declaration, bundle, new Tally('default'));
  const samples = await samplesOf(bundle, ROWS_SHOWN);
  const records: Preview['records'] = [];
  const findings: Finding[] = [];
  const result = await check(bundle, {
    profile: 'default',
    format: declaredFormat(declaration),
    now,
    report: (finding) => void (findings.length < FINDINGS_SHOWN && findings.push(finding)),
    sink: {
      table: (kind) => void records.push({ kind, count: 0, first: [] }),
      row(row) {
        const own = records.at(-1);
        if (!own) return;
        own.count++;
        if (own.first.length < ROWS_SHOWN) own.first.push(shown(row.kind, { ...textsOf(row), ...row.metadata }));
      },
      leftOut() {},
      drain() {},
      tableDone() {},
    },
  });
  const byName = new Map([...assigned].map(([id, entry]) => [entry.name, declaration.files[id]]));
  return { files: samples.map((sample) => fileOf(sample, byName.get(sample.name))), records, findings, result };
}

function fileOf({ name, header, rows }: Sample, declared: Declaration['files'][string] | undefined): PreviewFile {
  const columns = header.map((column) => ({
    name: column,
    readAs: (declared && declared.columns[columnNamed(declared, column)]?.name) || '',
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
