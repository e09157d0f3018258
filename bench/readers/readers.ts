/** The readers under one roof: read a file and count, or read a small text and hand out its cells. */

import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DuckDBInstance } from '@duckdb/node-api';
import { parse } from 'csv-parse';
import Papa from 'papaparse';
import { type BaseParse, inferSchema, initParser } from 'udsv';
import { memoryBundle } from '../../src/core/bundle.ts';
import { check } from '../../src/core/check.ts';
import { CsvReader } from '../../src/core/csv.ts';
import { fieldNames } from '../../src/core/tables.ts';

/** `homeroom text`: ours, with a string made of every cell, as the others do. */
export const readerNames = ['homeroom', 'homeroomText', 'csvParse', 'papaparse', 'udsv', 'duckdb'] as const;
export type ReaderName = (typeof readerNames)[number];
/** Rows without the header, and the length of all their first cells. */
type Count = { rows: number; letters: number };

export async function readFile(name: ReaderName, path: string): Promise<Count> {
  const count = { rows: -1, letters: -'sourcedId'.length };
  const take = (cells: string[]) => {
    count.rows++;
    count.letters += cells[0]?.length ?? 0;
  };
  if (name === 'homeroom')
    await ours(path, (reader) => {
      count.rows++;
      count.letters += (reader.end[0] as number) - (reader.start[0] as number);
    });
  else if (name === 'homeroomText') await ours(path, (reader) => take(textsOf(reader)));
  else if (name === 'csvParse') await csvParse(createReadStream(path), take);
  else if (name === 'papaparse') await papaparse(path, take);
  else if (name === 'udsv') await udsv(path, take);
  else return duckdb(path);
  return count;
}

const chunk = { highWaterMark: 1 << 18 };

async function ours(path: string, row: (reader: CsvReader) => void): Promise<void> {
  const reader = new CsvReader({ row: () => row(reader), fault() {} });
  for await (const piece of createReadStream(path, chunk)) reader.push(piece as Uint8Array);
  reader.finish();
}

const decoder = new TextDecoder();
const textsOf = (reader: CsvReader): string[] => {
  const cells: string[] = [];
  for (let at = 0; at < reader.count; at++)
    cells.push(decoder.decode(reader.buffer.subarray(reader.start[at], reader.end[at])));
  return cells;
};

async function csvParse(source: NodeJS.ReadableStream, row: (cells: string[]) => void): Promise<void> {
  const parser = source.pipe(parse({ bom: true }));
  parser.on('data', row);
  await new Promise<void>((resolve, reject) => parser.on('end', resolve).on('error', reject));
}

function papaparse(path: string, row: (cells: string[]) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    Papa.parse<string[]>(createReadStream(path, { ...chunk, encoding: 'utf8' }), {
      skipEmptyLines: true,
      chunk: ({ data }) => data.forEach(row),
      complete: () => resolve(),
      error: reject,
    });
  });
}

async function udsv(path: string, row: (cells: string[]) => void): Promise<void> {
  let parser: ReturnType<typeof initParser> | undefined;
  for await (const piece of createReadStream(path, { ...chunk, encoding: 'utf8' })) {
    if (!parser) {
      parser = initParser(inferSchema(piece as string));
      row(parser.schema.cols.map(({ name }) => name));
    }
    parser.chunk<string[]>(piece as string, parser.stringArrs as BaseParse<string[]>, row);
  }
  parser?.end();
}

async function duckdb(path: string): Promise<Count> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`create table t as select * from read_csv('${path}', all_varchar = true, header = true)`);
  const answer = await connection.runAndReadAll('select count(*), sum(length(sourcedId)) from t');
  const [rows, letters] = (answer.getRows()[0] ?? []).map(Number) as [number, number];
  return { rows, letters };
}

/** What a reader makes of a text: its rows without the header, and whether it said that something is wrong. */
export async function readText(name: ReaderName, text: Buffer): Promise<{ rows: string[][]; told: boolean }> {
  const rows: string[][] = [];
  const take = (cells: string[]) => void rows.push(cells);
  const refused = { rows: [], told: true };
  if (name === 'homeroom' || name === 'homeroomText') return oursAsADelivery(text);
  if (name === 'duckdb') return duckdbText(text).catch(() => refused);
  if (name === 'csvParse') {
    return csvParse(Readable.from([text]), take).then(
      () => ({ rows: rows.slice(1), told: false }),
      () => ({ rows: rows.slice(1), told: true }),
    );
  }
  const string = text.toString('utf8');
  if (name === 'papaparse') {
    // With a header it says which rows are too short or too long.
    const { data, errors } = Papa.parse<Record<string, string>>(string, { header: true, skipEmptyLines: true });
    return { rows: data.map((record) => Object.values(record)), told: errors.length > 0 };
  }
  try {
    return { rows: initParser(inferSchema(string)).stringArrs(string) as string[][], told: false };
  } catch {
    return refused;
  }
}

/** As orgs.csv of a delivery: what `check` takes, and whether it finds fault with the file. */
async function oursAsADelivery(text: Buffer): Promise<{ rows: string[][]; told: boolean }> {
  const rows: string[][] = [];
  let told = false;
  await check(memoryBundle({ 'orgs.csv': text }), {
    profile: 'default',
    report({ rule }) {
      if (rule.startsWith('csv-')) told = true;
    },
    sink: {
      table() {},
      row: (row) => void rows.push(fieldNames('orgs').map((_, field) => row.text(field))),
      leftOut() {},
      drain() {},
      tableDone() {},
    },
  });
  return { rows, told };
}

async function duckdbText(text: Buffer): Promise<{ rows: string[][]; told: boolean }> {
  const folder = mkdtempSync(join(tmpdir(), 'homeroom-readers-'));
  try {
    writeFileSync(join(folder, 'orgs.csv'), text);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const sql = `select * from read_csv('${join(folder, 'orgs.csv')}', all_varchar = true, header = true)`;
    const rows = (await connection.runAndReadAll(sql)).getRows();
    return { rows: rows.map((cells) => cells.map((cell) => String(cell ?? ''))), told: false };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
