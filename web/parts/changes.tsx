/** The changes of a sync, planned or done, page by page from the server: which record, what happens to it, before and after. */

import { NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { api, type ChangesQuery, changesCsv, type Plan, type RecordChange, type Sync } from '../api.ts';
import { paths } from '../paths.ts';
import css from './changes.module.css';
import { Facts } from './facts.tsx';
import { type Column, ListTable } from './list-table.tsx';
import { Part } from './page.tsx';

/** Fields of a change that are shown at once; the rest is behind a click. */
const fieldsShown = 4;

const actions: Record<string, string> = {
  create: 'Added',
  update: 'Changed',
  archive: 'Removed',
  reactivate: 'Came back',
  'take over': 'Taken over',
  release: 'Released',
  'hand back': 'Handed back',
  purge: 'Purged',
};
export const actionWord = (action: string): string => actions[action] ?? action;

export function Changes({ sync, plan }: { sync: Sync; plan: Plan | undefined }) {
  const [search, setSearch] = useSearchParams();
  const query: ChangesQuery = {
    kind: search.get('kind') ?? undefined,
    action: search.get('action') ?? undefined,
    school: search.get('school') ?? undefined,
    after: search.get('after') ?? undefined,
  };
  const { data, error, refetch } = useQuery({
    queryKey: ['changes', sync.id, sync.state, query],
    queryFn: () => api.changes(sync.id, query),
    placeholderData: keepPreviousData,
    enabled: sync.mayNotSeeChanges === null,
  });
  const set = (key: string, value: string) =>
    setSearch(
      (now) => {
        now.delete('after');
        if (value) now.set(key, value);
        else now.delete(key);
        return now;
      },
      { replace: true, preventScrollReset: true },
    );
  if (sync.mayNotSeeChanges) return <Part title="Changes">{<p className="soft">{sync.mayNotSeeChanges}</p>}</Part>;
  const title = data?.from === 'plan' ? 'Each change it would make' : 'Each change';
  const to = (after: string | undefined) => paths.sync(sync.id, { part: 'changes', ...query, after });
  return (
    <Part
      title={title}
      aside={
        <a href={changesCsv(sync.id, query)} download>
          Download {query.kind || query.action || query.school ? 'these' : 'all'} as CSV
        </a>
      }
    >
      {data?.outdated && <p className="soft">{outdated}</p>}
      <Filters sync={sync} plan={plan} query={query} set={set} />
      <ListTable
        caption={title}
        columns={columnsOf(sync.rosterId)}
        list={{ rows: data?.changes, error, retry: () => void refetch() }}
        keyOf={({ kind, sourcedId, action }) => `${kind} ${sourcedId} ${action}`}
        empty={
          query.kind || query.action || query.school
            ? 'No change fits these filters. Take one of them away to see more.'
            : 'There are no changes to look at.'
        }
      />
      {(query.after || data?.next) && (
        <nav aria-label="Pages" className={css.pages}>
          {query.after && <Link to={to(undefined)}>First page</Link>}
          {data?.next && <Link to={to(data.next)}>Next page</Link>}
        </nav>
      )}
    </Part>
  );
}

function Filters(props: {
  sync: Sync;
  plan: Plan | undefined;
  query: ChangesQuery;
  set: (key: string, value: string) => void;
}) {
  const { sync, plan, query, set } = props;
  const schools = new Map((plan?.schools ?? []).map(({ school, name }) => [school, name ?? school]));
  if (query.school && !schools.has(query.school)) schools.set(query.school, query.school);
  const select = (key: keyof ChangesQuery, label: string, all: string, options: { value: string; label: string }[]) => (
    <NativeSelect
      label={label}
      size="xs"
      value={query[key] ?? ''}
      onChange={(event) => set(key, event.currentTarget.value)}
      data={[{ value: '', label: all }, ...options]}
    />
  );
  return (
    <div className={css.filters}>
      {select(
        'kind',
        'Kind',
        'All kinds',
        sync.kinds.map(({ kind }) => ({ value: kind, label: kind })),
      )}
      {select(
        'action',
        'Change',
        'All changes',
        ['create', 'update', 'archive', 'reactivate', 'take over'].map((value) => ({
          value,
          label: actionWord(value),
        })),
      )}
      {schools.size > 0 &&
        select(
          'school',
          'School',
          'All schools',
          [...schools].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label)),
        )}
    </div>
  );
}

const outdated =
  'The roster has changed since these changes were worked out. When somebody decides, the delivery is compared again, and what would then be done otherwise is asked again.';

const columnsOf = (rosterId: string): Column<RecordChange>[] => [
  {
    head: 'Change',
    width: '7rem',
    place: 'first',
    cell: ({ action }) => (
      <span className={css.action} data-action={action}>
        {actionWord(action)}
      </span>
    ),
  },
  { head: 'Kind', width: '8.5rem', place: 'corner', cell: ({ kind }) => kind },
  {
    head: 'Record',
    width: '20rem',
    place: 'line',
    cell: (change) => (
      <>
        <Link to={paths.record(rosterId, change.kind, change.sourcedId)}>
          <code>{change.sourcedId}</code>
        </Link>{' '}
        <span className="small soft">{aboutOf(change)}</span>
      </>
    ),
  },
  { head: 'Before and after', place: 'line', cell: (change) => <Fields change={change} /> },
];

/** What a record is, in a few words that name no pupil. */
function aboutOf({ kind, before, after }: RecordChange): string {
  const values = (after ?? before ?? {}) as Record<string, unknown>;
  const text = (field: string) => (typeof values[field] === 'string' ? (values[field] as string) : '');
  if (kind === 'users') return [text('role'), text('grades') && `grade ${text('grades')}`].filter(Boolean).join(', ');
  if (kind === 'enrollments') return `${text('role')} ${text('userSourcedId')} in ${text('classSourcedId')}`;
  if (kind === 'demographics' || kind === 'userProfiles' || kind === 'roles') return text('role');
  return text('title') || text('name');
}

/** Of a removal that it is one says enough. */
function Fields({ change: { action, changed } }: { change: RecordChange }) {
  const fields = Object.entries(changed).filter(
    ([field]) => field !== 'sourcedId' && (field !== 'status' || action === 'update'),
  );
  if (action === 'archive' || fields.length === 0) return null;
  const isNew = action === 'create';
  const rows = (of: typeof fields) => (
    <Facts
      compact
      facts={of.map(([field, { from, to }]) => [
        field,
        isNew ? (
          textOf(to)
        ) : (
          <>
            <del>{textOf(from)}</del> <span aria-hidden="true">→</span> <ins>{textOf(to)}</ins>
          </>
        ),
      ])}
    />
  );
  return (
    <>
      {rows(fields.slice(0, fieldsShown))}
      {fields.length > fieldsShown && (
        <details className={css.more}>
          <summary>{fields.length - fieldsShown} more</summary>
          {rows(fields.slice(fieldsShown))}
        </details>
      )}
    </>
  );
}

const textOf = (value: unknown): string =>
  value === undefined || value === null || value === '' ? 'blank' : String(value);
