/** Findings grouped by rule, worst first: what is wrong, what follows, how to put it right, and where. */

import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import type { FindingRow, RuleGroup } from '../api.ts';
import { counted, plain } from '../words.ts';
import css from './findings.module.css';
import { Pager } from './list-table.tsx';
import { Shape } from './mark.tsx';
import { Part, Trouble } from './page.tsx';
import { Quoted } from './quoted.tsx';

/** So many findings of each rule can be looked at; the counts are of all. */
const keptPerRule = 1_000;
/** Text up to this length stands on one line. */
const shortLength = 24;

/** Where findings come from: a sync on the server, or a check in this browser. */
export type FindingsOf = {
  /** Tells this source from every other. */
  key: string;
  /** The address of this page with all findings of a rule open, or with none. */
  to: (query: { rule?: string; page?: number }) => string;
  rowsOf: (rule: string, page: number) => Promise<{ rows: FindingRow[]; pageSize: number; total?: number }>;
  /** Only new ones are shown: of a group, as many as are new. */
  onlyNew?: boolean;
};

/** @param groups undefined as long as they are not known; `children` then says why. */
export function Findings(props: {
  total: number;
  groups: RuleGroup[] | undefined;
  of: FindingsOf;
  /** The way to all of them as a file. */
  download: React.ReactNode;
  children?: React.ReactNode;
}) {
  const { total, groups, of, download, children } = props;
  return (
    <Part title={total > 0 ? `Findings: ${plain(total)}` : 'Findings'} aside={total > 0 && download}>
      {children}
      {groups?.length === 0 && !of.onlyNew && <p className="soft">Nothing was found. There is nothing to fix.</p>}
      {groups?.map((group) => (
        <Group key={group.rule} group={group} of={of} />
      ))}
    </Part>
  );
}

export const severities = {
  fatal: { word: 'Fatal', mark: 'rejected' },
  error: { word: 'Error', mark: 'rejected' },
  warning: { word: 'Warning', mark: 'needs you' },
  info: { word: 'Info', mark: 'new' },
} as const;

function Group({ group, of }: { group: RuleGroup; of: FindingsOf }) {
  const [search] = useSearchParams();
  const open = search.get('rule') === group.rule;
  const all = of.onlyNew ? (group.added ?? 0) : group.count;
  const more = all > group.rows.length;
  const { word, mark } = severities[group.severity];
  return (
    <article className={css.group} id={group.rule}>
      <div className={css.head}>
        <span className={css.severity}>
          <Shape mark={mark} />
          {word}
        </span>
        <span className={css.count}>{timesOf(group)}</span>
        <h3>
          {group.title}
          {!!group.added && (
            <span className={css.new}>
              {group.added === group.count ? 'new' : `${plain(group.added)} new`}
              <span className="unseen"> since the last delivery</span>
            </span>
          )}
        </h3>
      </div>
      <div className={css.body}>
        {group.why && <p>{group.why}</p>}
        {group.fix && (
          <p>
            <strong>Fix in the SIS:</strong> {group.fix}
          </p>
        )}
        {open ? <AllRows of={of} group={group} /> : <FindingRows rows={group.rows} title={group.title} />}
        {(more || open) && (
          <p>
            {open ? (
              <Link to={of.to({})} preventScrollReset>
                Show fewer
              </Link>
            ) : (
              <Link
                to={of.to({ rule: group.rule })}
                preventScrollReset
                aria-label={`All ${plain(all)} rows: ${group.title}`}
              >
                All {plain(all)}
              </Link>
            )}
          </p>
        )}
      </div>
    </article>
  );
}

/** Rows where the rule is about rows; else places, such as a file or the whole delivery. */
function timesOf({ count, rows }: RuleGroup): string {
  return rows[0]?.line === undefined ? counted(count, 'place', 'places') : counted(count, 'row', 'rows');
}

function AllRows({ of, group }: { of: FindingsOf; group: RuleGroup }) {
  const [search] = useSearchParams();
  const page = Number(search.get('page') ?? 1);
  const { data, error, refetch } = useQuery({
    queryKey: ['findings', of.key, group.rule, page, of.onlyNew ?? false],
    queryFn: () => of.rowsOf(group.rule, page),
    networkMode: 'always',
  });
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  const kept = data?.total ?? Math.min(group.count, keptPerRule);
  return (
    <>
      <FindingRows rows={data?.rows ?? group.rows} title={group.title} />
      {group.count > keptPerRule && !of.onlyNew && (
        <p className="soft">
          The first {plain(keptPerRule)} of {plain(group.count)} rows are kept here.
        </p>
      )}
      {data && (
        <Pager page={page} pageSize={data.pageSize} total={kept} to={(to) => of.to({ rule: group.rule, page: to })} />
      )}
    </>
  );
}

export function FindingRows({ rows, title }: { rows: FindingRow[]; title: string }) {
  return (
    <table className={css.rows}>
      <caption className="unseen">Rows: {title}</caption>
      <thead className="unseen">
        <tr>
          <th scope="col">Place</th>
          <th scope="col">Record</th>
          <th scope="col">Column</th>
          <th scope="col">Value</th>
          <th scope="col">Words</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.file} ${row.line} ${row.column} ${row.key} ${row.value}`}>
            <td>{placeOf(row)}</td>
            <td className={row.key && row.key.length <= shortLength ? css.short : undefined}>
              {row.key && <code>{row.key}</code>}
            </td>
            <td>{row.column}</td>
            <td className={row.value && row.value.length <= shortLength ? css.short : undefined}>
              {row.value !== undefined && <Quoted value={row.value} />}
            </td>
            <td>{row.message !== title && row.message}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function placeOf({ file, line }: FindingRow): string {
  if (!file) return 'The whole delivery';
  return line === undefined ? file : `${file} line ${plain(line)}`;
}
