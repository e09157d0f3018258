import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encode } from './bytes.ts';
import { CsvReader } from './csv.ts';
import { decode } from './record.ts';

type Event = { line: number; cells?: string[]; fault?: string; first?: string };

/** Reads pieces; the first record is the header and sets the width. */
function read(pieces: Uint8Array[]): Event[] {
  const events: Event[] = [];
  let header = true;
  const cells = () =>
    Array.from({ length: reader.count }, (_, at) =>
      decode(reader.buffer, reader.start[at] as number, reader.end[at] as number),
    );
  const reader = new CsvReader({
    row() {
      if (header) reader.width = reader.count;
      header = false;
      events.push({ line: reader.line, cells: cells() });
    },
    fault(fault) {
      const [start, end] = reader.firstCell();
      events.push({ line: reader.line, fault, first: decode(reader.buffer, start, end) });
    },
  });
  for (const piece of pieces) reader.push(piece);
  reader.finish();
  return events;
}

const whole = (text: string) => read([encode(text)]);
const rows = (text: string) => whole(text).map((event) => event.cells ?? event.fault);

/** A second reader for well-formed text: character by character, on a string. */
function plainRead(text: string): string[][] {
  const out: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (quoted) {
      if (c === '"' && text[at + 1] === '"') {
        cell += '"';
        at++;
      } else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"') quoted = true;
    else if (c === ',') {
      row.push(cell);
      cell = '';
    } else if (c === '\n') {
      row.push(cell);
      out.push(row);
      row = [];
      cell = '';
    } else if (c !== '\r') cell += c;
  }
  if (cell !== '' || row.length > 0) out.push([...row, cell]);
  return out;
}

const cell = fc.string({ unit: fc.constantFrom('a', 'B', '7', ' ', ',', '"', 'é', '名', '\t', ';'), maxLength: 8 });
const table = fc
  .integer({ min: 2, max: 6 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 40 }));
const lineEnd = fc.constantFrom('\n', '\r\n');
const written = fc
  .tuple(table, fc.array(lineEnd, { minLength: 40, maxLength: 40 }), fc.boolean(), fc.boolean())
  .map(([cells, ends, always, lastEnd]) => {
    const line = (row: string[]) =>
      row.map((text) => (always || /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',');
    const text = cells.map((row, at) => line(row) + (at === cells.length - 1 && !lastEnd ? '' : ends[at])).join('');
    return { cells, text };
  });

test('what is written is read again, as a second reader reads it', () => {
  fc.assert(
    fc.property(written, ({ cells, text }) => {
      const read = whole(text).map((event) => event.cells);
      assert.deepEqual(read, cells);
      assert.deepEqual(read, plainRead(text));
    }),
    { numRuns: 800 },
  );
});

function cut(bytes: Uint8Array, sizes: number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] as number;
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  return pieces;
}
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
/** Bytes in which everything that matters happens often. */
const wild = fc
  .array(fc.constantFrom('"', ',', '\n', '\r', '\r\n', 'a', 'bc', '""', '\0', 'é', ',"', '",'), { maxLength: 300 })
  .map((parts) => encode(`h1,h2,h3\n${parts.join('')}`));

test('cutting the bytes anywhere changes nothing', () => {
  fc.assert(
    fc.property(wild, sizes, (bytes, pieces) => {
      assert.deepEqual(read(cut(bytes, pieces)), read([bytes]));
    }),
    { numRuns: 1500 },
  );
});

test('large pieces cut anywhere change nothing, beyond the size that is looked at at once', () => {
  const text = Array.from({ length: 3000 }, (_, n) => `${n},"a, ""${n}""",x${'y'.repeat(n % 50)}`).join('\r\n');
  const bytes = encode(`id,text,more\r\n${text}\r\n`);
  const expected = read([bytes]);
  assert.equal(expected.length, 3001);
  for (const size of [3, 4095, 4096, 4097, 65_536]) assert.deepEqual(read(cut(bytes, [size])), expected);
});

test('any bytes at all are read to the end, and lines add up', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), wild), (bytes) => {
      const events = read([bytes]);
      const text = [...bytes].map((byte) => String.fromCharCode(byte)).join('');
      const lines = text.split(/\r\n|\r|\n/).length;
      let last = 0;
      for (const { line } of events) {
        assert.ok(line >= last && line <= lines, `line ${line} after ${last} of ${lines}`);
        last = line;
      }
    }),
    { numRuns: 2000 },
  );
});

test('every clean line is read, whatever stands around it, on its own line number', () => {
  const dirt = fc.constantFrom(
    'x,"open',
    'x,y"z,1',
    'too,few',
    'a,b,c,d,e',
    '',
    ',"a" b,',
    '"',
    '"a,b,c',
    'x,"two""quotes,3',
  );
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          dirt,
          fc.integer({ min: 0, max: 999 }).map((n) => `id-${n},name,ok`),
        ),
        { maxLength: 40 },
      ),
      (lines) => {
        const events = whole(`sourcedId,b,c\n${lines.join('\n')}\n`);
        const clean = events
          .filter((event) => event.cells?.[2] === 'ok' && event.cells.length === 3)
          .map(({ line, cells }) => [line, cells?.[0]]);
        const expected = lines.flatMap((line, at) => (line.endsWith(',ok') ? [[at + 2, line.split(',')[0]]] : []));
        assert.deepEqual(clean, expected);
      },
    ),
    { numRuns: 1500 },
  );
});

test('a quote that is never closed costs its line', () => {
  assert.deepEqual(rows('a,b\n1,"x\n2,y\n3,z\n'), [['a', 'b'], 'quote-unclosed', ['2', 'y'], ['3', 'z']]);
  assert.deepEqual(rows('a,b\n1,"x\n2,y\n3,"z\n4,w'), [
    ['a', 'b'],
    'quote-unclosed',
    ['2', 'y'],
    'quote-unclosed',
    ['4', 'w'],
  ]);
});

test('a line break inside quotes is told from a quote that is never closed', () => {
  const events = whole('a,b\n1,"x\ny"\n2,z\n');
  assert.deepEqual(events, [
    { line: 1, cells: ['a', 'b'] },
    { line: 2, fault: 'line-break', first: '1' },
    { line: 4, cells: ['2', 'z'] },
  ]);
});

test('stray quotes, blank lines and old line ends are named', () => {
  assert.deepEqual(rows('a,b\n1,x"y\n2,"x"y\n\n3,z\r4,w\r'), [
    ['a', 'b'],
    'quote-stray',
    'quote-stray',
    'blank',
    'lone-cr',
    ['3', 'z'],
    'lone-cr',
    ['4', 'w'],
  ]);
});

test('a line without end is passed over, and the next is read', () => {
  const events = whole(`a,b\n${'x'.repeat(3 << 20)}\n1,2\n`);
  assert.deepEqual(
    events.map(({ line, cells, fault }) => [line, cells ?? fault]),
    [
      [1, ['a', 'b']],
      [2, 'too-long'],
      [3, ['1', '2']],
    ],
  );
  const quoted = whole(`a,b\n1,"${'x'.repeat(3 << 20)}\n1,2\n`);
  assert.deepEqual(
    quoted.map(({ cells, fault }) => cells ?? fault),
    [['a', 'b'], 'quote-unclosed', ['1', '2']],
  );
});
