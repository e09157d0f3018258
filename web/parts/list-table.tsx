/** The one table of the console: it owns loading, error, emptiness and the way to further pages. */

import { Skeleton } from '@mantine/core';
import { Link } from 'react-router';
import { plain } from '../words.ts';
import css from './list-table.module.css';
import { Trouble } from './page.tsx';

export type Column<Row> = {
  head: string;
  cell: (row: Row) => React.ReactNode;
  /** Numbers stand right. */
  number?: boolean;
  /** Where the cell stands on a phone; the head is shown there only with `named`. */
  place?: 'first' | 'corner' | 'line' | 'part' | 'named';
  /** The link of this cell is what the row is about. */
  strong?: boolean;
  width?: string;
};

type Loaded<Row> = { rows: Row[] | undefined; error: Error | null; retry: () => void };

export function ListTable<Row>(props: {
  caption: string;
  columns: Column<Row>[];
  list: Loaded<Row>;
  keyOf: (row: Row) => string;
  empty: React.ReactNode;
}) {
  const { caption, columns, list, keyOf, empty } = props;
  if (list.error && !list.rows) return <Trouble error={list.error} retry={list.retry} />;
  if (!list.rows) return <ListWaiting />;
  if (list.rows.length === 0) return <div className={css.empty}>{empty}</div>;
  return (
    <table className={css.table}>
      <caption className="unseen">{caption}</caption>
      <colgroup>
        {columns.map(({ head, width }) => (
          <col key={head} style={width ? { width } : undefined} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map(({ head, number }) => (
            <th key={head} scope="col" className={number ? css.number : undefined}>
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {list.rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ head, cell, number, strong, place = 'line' }) => (
              <td
                key={head}
                className={number ? css.number : undefined}
                data-place={place}
                data-head={head}
                data-strong={strong}
              >
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** "1 to 50 of 402", and links to the pages before and after. */
export function Pager(props: {
  page: number;
  pageSize: number;
  total: number;
  to: (page: number) => string;
  /** What goes along in the browser's history, and not in the address. */
  state?: unknown;
}) {
  const { page, pageSize, total, to, state } = props;
  if (total <= pageSize) return null;
  const last = Math.ceil(total / pageSize);
  return (
    <nav className={css.pager} aria-label="Pages">
      <span className="soft">
        {plain((page - 1) * pageSize + 1)} to {plain(Math.min(page * pageSize, total))} of {plain(total)}
      </span>
      {page > 1 && (
        <Link to={to(page - 1)} state={state}>
          Previous page
        </Link>
      )}
      {page < last && (
        <Link to={to(page + 1)} state={state}>
          Next page
        </Link>
      )}
    </nav>
  );
}

/** Stands where something is being loaded. */
export function ListWaiting() {
  return (
    <div className={css.waiting} role="status">
      <span className="unseen">Loading</span>
      {[0, 1, 2, 3].map((row) => (
        <Skeleton key={row} height={18} />
      ))}
    </div>
  );
}
