/** Counts by kind, one kind a row, spelled as OneRoster spells it. */

import { Fragment } from 'react';
import type { KindCounts } from '../api.ts';
import { plain } from '../words.ts';
import css from './counts-table.module.css';

type CountColumn<Row> = { head: string; count: (row: Row) => number | null };

/** Rows of the delivery, and what becomes of the roster. */
export const changeColumns: CountColumn<KindCounts>[] = [
  { head: 'Rows', count: (row) => row.rows },
  { head: 'Added', count: (row) => row.added },
  { head: 'Changed', count: (row) => row.changed },
  { head: 'Removed', count: (row) => row.removed },
  { head: 'Left out', count: (row) => row.leftOut },
];

/** Rows of a file that was only checked. */
export const checkColumns: CountColumn<{ rows: number; leftOut: number }>[] = [
  { head: 'Rows', count: (row) => row.rows },
  { head: 'Left out', count: (row) => row.leftOut },
];

export function CountsTable<Row extends { kind: string }>(props: {
  caption: string;
  kinds: Row[];
  columns: CountColumn<Row>[];
  /** For rows that are about something else than kinds. */
  head?: string;
  nameOf?: (row: Row) => React.ReactNode;
}) {
  const { caption, kinds, columns, head: firstHead = 'Kind', nameOf } = props;
  return (
    <table className={css.table}>
      <caption className="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{firstHead}</th>
          {columns.map(({ head }) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {kinds.map((row) => (
          <tr key={row.kind}>
            <th scope="row">{nameOf ? nameOf(row) : <Kind kind={row.kind} />}</th>
            {columns.map(({ head, count }) => (
              <Count key={head} count={count(row)} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Where there is little room, a long kind may break before a capital. */
function Kind({ kind }: { kind: string }) {
  const [first, ...more] = kind.split(/(?=[A-Z])/);
  return (
    <>
      {first}
      {more.map((word) => (
        <Fragment key={word}>
          <wbr />
          {word}
        </Fragment>
      ))}
    </>
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
