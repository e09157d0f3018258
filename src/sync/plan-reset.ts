/** The plan of a school-year reset: who moves on, who leaves, and what leaves with them. */

import { encode } from '../core/bytes.ts';
import { hashRow } from '../core/hash.ts';
import type { Plan } from '../core/plan.ts';
import { Row } from '../core/record.ts';
import { fieldNames } from '../core/tables.ts';
import { movedOn, type ResetVariant, rolesOf } from '../core/year-reset.ts';
import type { Db } from '../db/db.ts';
import { type Counting, countRewrite, createRewriteStage } from '../db/rewrite.ts';
import { contentColumns, contentFields, type StageContext, stageTable } from '../db/roster-sql.ts';
import { planMoved, planPeople, planRest, pupilsPage } from '../db/year-reset.ts';
import { CopyWriter } from './copy-lines.ts';

/** Stages and counts a reset. Running it again begins anew. */
export async function planReset(
  db: Db,
  ctx: StageContext,
  variant: ResetVariant,
  counting: Counting = 'all',
): Promise<Plan> {
  await createRewriteStage(db, ctx);
  const roles = rolesOf[variant];
  if (variant === 'literacy') {
    await stageMoved(db, ctx, roles);
    await planMoved(db, ctx);
  } else await planPeople(db, ctx, roles);
  await planRest(db, ctx, roles);
  return countRewrite(db, ctx, counting);
}

const pupilsPerPage = 5000;

/** Reads the pupils page by page: who moves on is staged with the hash of the new content, who leaves is found. */
async function stageMoved(db: Db, ctx: StageContext, roles: readonly string[]): Promise<void> {
  const writer = new CopyWriter(db);
  const fields = Int32Array.from(contentFields('users'), (name) => fieldNames('users').indexOf(name));
  const row = new Row('users');
  const halves = new Int32Array(2);
  for (let after = ''; ; ) {
    const pupils = await pupilsPage(db, ctx, roles, { after, limit: pupilsPerPage });
    const leaving: string[] = [];
    const unknown: string[] = [];
    // Within a transaction, a COPY has to end before the next query.
    writer.target(stageTable(ctx, 'users'), ['status', ...contentColumns('users')]);
    for (const { sourcedId, record } of pupils) {
      const moved = movedOn(record.grades as string | undefined);
      if (moved.to === 'leave') leaving.push(sourcedId);
      if (moved.to === 'unknown') unknown.push(sourcedId);
      if (moved.to !== 'grades') continue;
      fill(row, { ...record, grades: moved.grades });
      hashRow(row, halves);
      writer.row(row, fields, halves);
      if (writer.waiting) await writer.drain();
    }
    await writer.close();
    writer.target(stageTable(ctx, 'found'), ['kind', 'sourced_id']);
    for (const sourcedId of leaving) writer.line('users', sourcedId);
    await writer.close();
    writer.target(stageTable(ctx, 'kept'), ['kind', 'sourced_id', 'reason']);
    for (const sourcedId of unknown) writer.line('users', sourcedId, 'grade');
    await writer.close();
    const last = pupils.at(-1);
    if (!last || pupils.length < pupilsPerPage) return;
    after = last.sourcedId;
  }
}

/** A record of the roster as the bytes that a delivery would bring. */
function fill(row: Row, record: Record<string, unknown>): void {
  const { metadata, status: _, ...fields } = record;
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [index, name] of fieldNames(row.kind).entries()) {
    const bytes = encode((fields[name] as string | undefined) ?? '');
    parts.push(bytes);
    row.start[index] = at;
    at += bytes.length;
    row.end[index] = at;
  }
  row.buffer = Buffer.concat(parts);
  row.metadata = metadata as Row['metadata'];
}
