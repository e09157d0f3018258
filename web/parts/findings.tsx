/** Findings grouped by rule, worst first: what is wrong, what follows, how to put it right, and where. */

import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';
import { api, type FindingRow, findingsCsv, type RuleGroup, type Sync } from '../api.ts';
import { paths } from '../paths.ts';
import { counted, plain } from '../words.ts';
import css from './findings.module.css';
import { Pager } from './list-table.tsx';
import { Shape } from './mark.tsx';
import { Part, Trouble } from './page.tsx';
import { Quoted } from './quoted.tsx';

/** The database keeps this many findings of each rule; the counts are of all. */
const keptPerRule = 1_000;
/** Text up to this length stands on one line. */
const shortLength = 24;

export function Findings(props: { syncId: string; state: Sync['state']; total: number; running: boolean }) {
  const { syncId, state, total, running } = props;
  const { data, error, refetch } = useQuery({
    queryKey: ['rules', syncId, state, total],
    queryFn: () => api.rules(syncId),
    enabled: !running,
  });
  const download = (
    <a href={findingsCsv(syncId)} download>
      Download all as CSV
    </a>
  );
  return (
    <Part title={total > 0 ? `Findings: ${plain(total)}` : 'Findings'} aside={total > 0 && download}>
      {running && <p className="soft">The findings come when the check is done.</p>}
      {error && !data && <Trouble error={error} retry={() => void refetch()} />}
      {!running && data?.rules.length === 0 && <p className="soft">Nothing was found. There is nothing to fix.</p>}
      {!running && data?.rules.map((group) => <Group key={group.rule} group={group} />)}
    </Part>
  );
}

const severities = {
  fatal: { word: 'Fatal', mark: 'rejected' },
  error: { word: 'Error', mark: 'rejected' },
  warning: { word: 'Warning', mark: 'needs you' },
  info: { word: 'Info', mark: 'new' },
} as const;

function Group({ group }: { group: RuleGroup }) {
  const { id = '' } = useParams();
  const [search] = useSearchParams();
  const open = search.get('rule') === group.rule;
  const more = group.count > group.rows.length;
  const { word, mark } = severities[group.severity];
  return (
    <article className={css.group} id={group.rule}>
      <div className={css.head}>
        <span className={css.severity}>
          <Shape mark={mark} />
          {word}
        </span>
        <span className={css.count}>{timesOf(group)}</span>
        <h3>{group.title}</h3>
      </div>
      <div className={css.body}>
        {group.why && <p>{group.why}</p>}
        {group.fix && (
          <p>
            <strong>Fix in the SIS:</strong> {group.fix}
          </p>
        )}
        {open ? <AllRows syncId={id} group={group} /> : <Rows rows={group.rows} title={group.title} />}
        {(more || open) && (
          <p>
            {open ? (
              <Link to={paths.sync(id)} preventScrollReset>
                Show fewer
              </Link>
            ) : (
              <Link
                to={paths.sync(id, { rule: group.rule })}
                preventScrollReset
                aria-label={`All ${plain(group.count)} rows: ${group.title}`}
              >
                All {plain(group.count)}
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

function AllRows({ syncId, group }: { syncId: string; group: RuleGroup }) {
  const [search] = useSearchParams();
  const page = Number(search.get('page') ?? 1);
  const { data, error, refetch } = useQuery({
    queryKey: ['findings', syncId, group.rule, page],
    queryFn: () => api.findings(syncId, group.rule, page),
  });
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  const kept = Math.min(group.count, keptPerRule);
  return (
    <>
      <Rows rows={data?.rows ?? group.rows} title={group.title} />
      {group.count > keptPerRule && (
        <p className="soft">
          The first {plain(keptPerRule)} of {plain(group.count)} rows are kept here.
        </p>
      )}
      {data && (
        <Pager
          page={page}
          pageSize={data.pageSize}
          total={kept}
          to={(to) => paths.sync(syncId, { rule: group.rule, page: to })}
        />
      )}
    </>
  );
}

function Rows({ rows, title }: { rows: FindingRow[]; title: string }) {
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
