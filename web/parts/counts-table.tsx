/** Counts by kind: rows of the delivery, and what becomes of the roster. */

import type { KindCounts } from '../api.ts';
import { kindWord, plain } from '../words.ts';
import css from './counts-table.module.css';

export function CountsTable({ kinds }: { kinds: KindCounts[] }) {
  return (
    <table className={css.table}>
      <caption className="unseen">Rows, and records added, changed, removed and left out, by kind</caption>
      <thead>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col">Rows</th>
          <th scope="col">Added</th>
          <th scope="col">Changed</th>
          <th scope="col">Removed</th>
          <th scope="col">Left out</th>
        </tr>
      </thead>
      <tbody>
        {kinds.map((each) => (
          <tr key={each.kind}>
            <th scope="row">{kindWord(each.kind)}</th>
            <Count count={each.rows} />
            <Count count={each.added} />
            <Count count={each.changed} />
            <Count count={each.removed} />
            <Count count={each.leftOut} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Zeros step back; a number that is not known yet is a dash. */
function Count({ count }: { count: number | null }) {
  if (count === null) {
    return (
      <td className={css.zero}>
        <span aria-hidden="true">–</span>
        <span className="unseen">not known yet</span>
      </td>
    );
  }
  return <td className={count === 0 ? css.zero : undefined}>{plain(count)}</td>;
}
