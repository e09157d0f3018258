/**
 * What a delivery removes of a kind that it carries only in part, for example all students and no staff: live ids of the
 * shape that its complete files make, and that are not in it.
 */

import { encode } from '../../bytes.ts';
import type { IdSet } from '../../id-set.ts';
import type { Kind } from '../../tables.ts';
import type { Saying } from '../../tally.ts';
import type { RowVisitor } from '../format.ts';
import { CellWriter } from './cell-writer.ts';
import type { RecordRule } from './declaration.ts';
import type { Emitter } from './emitter.ts';
import type { SourceRow } from './source-row.ts';
import { type Delivered, type Fed, hasColumn, scopeOf } from './table-source.ts';
import { compileTemplate, partsOf } from './template.ts';

export type Removing = {
  kind: Kind;
  fed: readonly Fed[];
  delivered: Delivered;
  /** Ids in the delivery, faulty ones too. */
  seen: IdSet;
  tally: Saying;
  emitter: Emitter;
  visitor: Pick<RowVisitor, 'drain'>;
};

export async function removalsOf({ kind, fed, delivered, seen, tally, emitter, visitor }: Removing): Promise<void> {
  const live = delivered.live?.(kind);
  const rules = delivered.declaration.records[kind] ?? [];
  const tests = live ? await testsOf(fed, rules, delivered, tally) : [];
  if (!live || tests.length === 0) return;
  let since = 0;
  for await (const id of live) {
    if (!tests.some((isRemoved) => isRemoved(id))) continue;
    const bytes = encode(id);
    if (seen.find(bytes, 0, bytes.length) >= 0) continue;
    emitter.remove(bytes);
    if (++since % 4096 === 0) await visitor.drain();
  }
}

type Test = (id: string) => boolean;

async function testsOf(
  fed: readonly Fed[],
  rules: readonly RecordRule[],
  delivered: Delivered,
  tally: Saying,
): Promise<Test[]> {
  const tests: Test[] = [];
  for (const { rule, file } of fed) {
    const template = rule.fields.sourcedId;
    if (typeof template !== 'string' || (rule.each !== undefined && !hasColumn(file, rule.each))) continue;
    const shape = shapeOf(template);
    if (isFull(file) && (file.reading?.broken ?? 0) > 0) {
      tally.add('removals-suspended', {
        file: file.name,
        message: `${file.name} has rows that do not say which records they are, so nothing is removed by it`,
      });
    } else if (isFull(file) && allFull(shape, rules, delivered)) tests.push((id) => shape.test(id));
    else if (!isFull(file) && rule.replaces) tests.push(await replaced(template, shape, file, delivered, tally));
  }
  return tests;
}

const isFull = ({ declared, reading }: Fed['file']): boolean =>
  declared.mode === 'full' || (declared.mode === 'directive' && reading?.isFull === true);

/** The ids that a template makes. */
function shapeOf(template: string): RegExp {
  const parts = partsOf(template).map((part) =>
    'literal' in part ? part.literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : '(.+)',
  );
  return new RegExp(`^${parts.join('')}$`);
}

/** Whether every file that makes ids of this shape is there and complete. */
function allFull(shape: RegExp, rules: readonly RecordRule[], { files }: Delivered): boolean {
  return rules.every(({ from, each, fields }) => {
    const template = fields.sourcedId;
    if (typeof template !== 'string' || shapeOf(template).source !== shape.source) return true;
    const file = files.get(from);
    if (!file) return false;
    return isFull(file) || (each !== undefined && !hasColumn(file, each));
  });
}

/** Ids that belong to a row of a file of changes, whose list says all that the record is in. */
async function replaced(
  template: string,
  shape: RegExp,
  file: Fed['file'],
  delivered: Delivered,
  tally: Saying,
): Promise<Test> {
  const [, ...rest] = partsOf(template);
  const text = rest
    .map((part) => ('literal' in part ? part.literal : 'column' in part ? `{${part.column}}` : ''))
    .join('');
  const scope = scopeOf(file, delivered, tally);
  const tail = compileTemplate(text, 'id', scope.ignoreCase, scope.columnOf);
  const tails = new Set<string>();
  const out = new CellWriter();
  const decoder = new TextDecoder();
  const row = (source: SourceRow) => {
    out.clear();
    const from = out.length;
    tail.write(source, out);
    if (!source.isLost) tails.add(decoder.decode(out.bytes.subarray(from, out.length)));
  };
  await file.each({ row, drain() {} });
  return (id) => {
    const first = shape.exec(id)?.[1];
    return first !== undefined && tails.has(id.slice(first.length));
  };
}
