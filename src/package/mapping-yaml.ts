/** Reads a mapping document from YAML text, and says of each fault on which line it stands. */

import { LineCounter, parseDocument, stringify } from 'yaml';
import type { Declaration } from '../core/formats/declared/declaration.ts';
import { type MappingFault, readMapping } from '../core/formats/mapped/mapping.ts';

export type PlacedFault = { line: number; where: string; message: string };
export type ReadMapping = { declaration: Declaration; faults: [] } | { declaration: undefined; faults: PlacedFault[] };

/** Characters of a document. */
export const MAPPING_LIMIT = 512 * 1024;

/** @param id what the format is called. */
export function parseMapping(text: string, id: string): ReadMapping {
  if (text.length > MAPPING_LIMIT)
    return { declaration: undefined, faults: [{ line: 1, where: '', message: 'The document has more than 512 KiB.' }] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, stringKeys: true, version: '1.2' });
  const [broken] = document.errors;
  if (broken) {
    const { line } = lines.linePos(broken.pos[0]);
    return {
      declaration: undefined,
      faults: [{ line, where: '', message: `This is not YAML: ${broken.message.split('\n')[0]}` }],
    };
  }
  let value: unknown;
  try {
    value = textOnly(document.toJS({ maxAliasCount: 100 }));
  } catch {
    return {
      declaration: undefined,
      faults: [{ line: 1, where: '', message: 'The document refers to its own parts too often.' }],
    };
  }
  const { declaration, faults } = readMapping(value, id);
  if (declaration) return { declaration, faults: [] };
  return { declaration: undefined, faults: faults.map((fault) => placed(fault, document, lines)) };
}

/** Numbers and dates in tables and texts are meant as they are written. */
function textOnly(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => textOnly(each, name === 'is' || name === 'not' ? 'text' : name));
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, textOnly(each, numbered.has(key) ? '' : 'text')]),
    );
  return (typeof value === 'number' || typeof value === 'boolean') && name === 'text' ? String(value) : value;
}
/** Names whose values are numbers, or true and false. */
const numbered = new Set([
  'mapping',
  'headerLine',
  'pad',
  'all',
  'filled',
  'exact',
  'once',
  'replaces',
  'list',
  'secret',
  'keysIgnoreCase',
]);

function placed(
  { path, message }: MappingFault,
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
): PlacedFault {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    const at = node?.range?.[0];
    if (at !== undefined) return { line: lines.linePos(at).line, where: path.join('.'), message };
  }
  return { line: 1, where: path.join('.'), message };
}

/** A fault as one sentence. */
export const faultText = ({ line, where, message }: PlacedFault): string =>
  where === '' ? `line ${line}: ${message}` : `line ${line}: ${where} ${message}`;

export const mappingText = (document: unknown): string =>
  stringify(document, { lineWidth: 110, defaultStringType: 'PLAIN' });
