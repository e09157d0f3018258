/** What a rollback or a school-year reset would do, by kind, and which records it would leave as they are. */

import { type KeptReason, keptWords } from '../../src/core/kept.ts';
import type { Kind } from '../../src/core/tables.ts';
import type { UndoPreview } from '../api.ts';
import { counted } from '../words.ts';
import { CountsTable } from './counts-table.tsx';

export function UndoCounts({ preview }: { preview: UndoPreview }) {
  const kinds = Object.entries(preview.kinds).flatMap(([kind, plan]) => {
    if (!plan) return [];
    const added = plan.create + plan.reactivate;
    const changed = plan.update + plan.takeOver;
    return added + changed + plan.archive > 0 ? [{ kind: kind as Kind, added, changed, removed: plan.archive }] : [];
  });
  const kept = Object.entries(preview.kept.counts) as [KeptReason, number][];
  return (
    <>
      {kinds.length === 0 ? (
        <p>The roster is that way already.</p>
      ) : (
        <CountsTable
          caption="Records that it would add, change and remove, by kind"
          kinds={kinds}
          columns={[
            { head: 'Added', count: (row) => row.added },
            { head: 'Changed', count: (row) => row.changed },
            { head: 'Removed', count: (row) => row.removed },
          ]}
        />
      )}
      {kept.length > 0 && (
        <p>
          Left as they are:{' '}
          {kept.map(([reason, count]) => `${counted(count, 'record', 'records')} ${keptWords[reason]}`).join('; ')}.
        </p>
      )}
    </>
  );
}
