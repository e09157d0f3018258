/** A OneRoster server of 100,000 students in a process of its own: each page is made when it is asked for, as a server does. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'csv-parse/sync';
import { generate } from '../../src/sample/generate.ts';
import { jsonOf, type Row } from '../../test/pull/roster.ts';

const students = Number(process.argv[2]);
const columns = new Map<string, string[]>();
const rows = new Map<string, string[]>();
const orgTypes = new Map<string | undefined, string | undefined>();
const prefix = '/ims/oneroster/v1p1/';

/** Rows are kept as lines, in the order of their ids. */
for (const file of generate({ students, seed: 1 }).files) {
  const kind = file.name.replace('.csv', '');
  if (kind === 'manifest') continue;
  const lines: string[] = [];
  let rest = '';
  for (const piece of file.text()) {
    const parts = (rest + piece).split('\r\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  }
  columns.set(kind, (lines.shift() ?? '').split(','));
  lines.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  rows.set(kind, lines);
}
for (const line of rows.get('orgs') ?? []) orgTypes.set(cellsOf(line)[0], cellsOf(line)[4]);
fillUp(rows.get('enrollments') ?? [], Math.round(students * 7.27));

/** Students sit in further classes of their school (support, clubs), one each in turn, until there are so many enrollments. */
function fillUp(lines: string[], wanted: number): void {
  const at = (kind: string, name: string) => (columns.get(kind) ?? []).indexOf(name);
  const [classId, school, user] = [
    at('enrollments', 'classSourcedId'),
    at('enrollments', 'schoolSourcedId'),
    at('enrollments', 'userSourcedId'),
  ];
  const classes = Map.groupBy(
    (rows.get('classes') ?? []).map(cellsOf),
    (cells) => cells[at('classes', 'schoolSourcedId')],
  );
  const known = new Set(lines.map(idOf));
  const first = new Map<string, string[]>();
  for (const line of lines) {
    const cells = cellsOf(line);
    if (line.includes(',student,')) first.set(cells[user] as string, cells);
  }
  for (let step = 1; lines.length < wanted; step++) {
    for (const [student, cells] of first) {
      const own = classes.get(cells[school]) ?? [];
      const next = own[(Number(student.replace(/\D/g, '')) + step * 7) % own.length]?.[0] as string;
      const id = `${idOf(cells[0] as string).split('-')[0]}-${next}`;
      if (known.has(id) || lines.length >= wanted) continue;
      known.add(id);
      lines.push(cells.with(0, id).with(classId, next).join(','));
    }
  }
  lines.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

function idOf(line: string): string {
  const end = line.indexOf(',');
  return end < 0 ? line : line.slice(0, end);
}

function cellsOf(line: string): string[] {
  return line.includes('"') ? (parse(line)[0] as string[]) : line.split(',');
}

function record(kind: string, line: string): unknown {
  const cells = cellsOf(line);
  const row: Row = {};
  for (const [at, name] of (columns.get(kind) ?? []).entries()) row[name] = cells[at] ?? '';
  return jsonOf(kind, row, '1.1', orgTypes);
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/token') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"access_token":"t","token_type":"bearer","expires_in":3600}');
    return;
  }
  const kind = url.pathname.slice(prefix.length);
  const all = rows.get(kind);
  if (!all) return void response.writeHead(404).end();
  const offset = Number(url.searchParams.get('offset') ?? 0);
  const limit = Math.min(10_000, Number(url.searchParams.get('limit') ?? 100));
  const page = all.slice(offset, offset + limit).map((line) => record(kind, line));
  response.writeHead(200, { 'content-type': 'application/json', 'x-total-count': String(all.length) });
  response.end(JSON.stringify({ [kind]: page }));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const counts = Object.fromEntries([...rows].map(([kind, all]) => [kind, all.length]));
  process.send?.({ port: (server.address() as AddressInfo).port, counts });
});
