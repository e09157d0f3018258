/** The audit log as a list: when, who, what, to what; newest first, filtered in the address. */

import { NativeSelect } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { paths } from '../paths.ts';
import { type AuditQuery, type AuditRow, setUpApi } from '../set-up-api.ts';
import { settingName } from '../setting-words.ts';
import { capital, moment } from '../words.ts';
import css from './audit-list.module.css';
import { type Column, ListTable } from './list-table.tsx';

/** Beginnings of the names of acts, in words. */
const acts: { value: string; label: string }[] = [
  { value: '', label: 'All acts' },
  { value: 'sign', label: 'Signing in' },
  { value: 'denied', label: 'Denied' },
  { value: 'sftp', label: 'SFTP' },
  { value: 'delivery', label: 'Deliveries' },
  { value: 'source', label: 'Sources' },
  { value: 'person', label: 'People' },
  { value: 'key', label: 'Keys' },
  { value: 'password', label: 'Passwords' },
  { value: 'second factor', label: 'Second factors' },
  { value: 'product', label: 'Products' },
  { value: 'webhook', label: 'Webhooks' },
  { value: 'mail', label: 'Mails' },
];

const columns: Column<AuditRow>[] = [
  { head: 'When', width: '11rem', place: 'first', cell: ({ at }) => moment(at) },
  { head: 'Who', width: '15rem', place: 'line', cell: ({ email, address }) => <Who email={email} address={address} /> },
  { head: 'Act', width: '12rem', place: 'line', cell: ({ act }) => capital(act.replace(/^sftp/, 'SFTP')) },
  { head: 'About', place: 'line', cell: (row) => <About row={row} /> },
];

/** @param of what is listed whatever the filters say, and the address of the page with other filters. */
export function AuditList(props: {
  of: Pick<AuditQuery, 'district' | 'person'>;
  to: (query: { act?: string | undefined; before?: string | undefined }) => string;
}) {
  const [search, setSearch] = useSearchParams();
  const query = { act: search.get('act') ?? undefined, before: search.get('before') ?? undefined };
  const { data, error, refetch } = useQuery({
    queryKey: ['audit', props.of, query],
    queryFn: () => setUpApi.audit({ ...props.of, ...query }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <div className={css.filters}>
        <NativeSelect
          aria-label="Acts"
          data={acts}
          value={query.act ?? ''}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setSearch((now) => {
              now.delete('before');
              if (value) now.set('act', value);
              else now.delete('act');
              return now;
            });
          }}
        />
      </div>
      <ListTable
        caption="Acts, newest first"
        columns={props.of.person ? columns.filter(({ head }) => head !== 'Who') : columns}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={({ id }) => id}
        empty={query.act ? 'Nothing of this kind is noted.' : 'Nothing is noted yet.'}
      />
      {(query.before || data?.older) && (
        <nav aria-label="Pages" className="small">
          {query.before && <Link to={props.to({ ...query, before: undefined })}>Newest</Link>}{' '}
          {data?.older && <Link to={props.to({ ...query, before: data.older })}>Older</Link>}
        </nav>
      )}
    </>
  );
}

function Who({ email, address }: Pick<AuditRow, 'email' | 'address'>) {
  return (
    <>
      {email ?? (address === null ? 'Command line' : 'Somebody unknown')}
      {address !== null && <div className="small soft">{address}</div>}
    </>
  );
}

function About({ row: { about, object, detail } }: { row: AuditRow }) {
  const more = detailWords(detail as Record<string, unknown>);
  return (
    <>
      {about ? <AboutLink about={about} /> : object && <span className={css.object}>{object}</span>}
      {more && <div className="small soft">{more}</div>}
    </>
  );
}

function AboutLink({ about: { kind, id, name } }: { about: NonNullable<AuditRow['about']> }) {
  const to: Record<typeof kind, string | null> = {
    district: paths.district(id),
    source: paths.source(id),
    sync: paths.sync(id),
    person: paths.person(id),
    product: null,
    webhook: null,
  };
  const address = to[kind];
  return address ? <Link to={address}>{name}</Link> : name;
}

/** What is known besides, in a line: plain values as they are, lists and changes by what stands in them. */
function detailWords(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .filter(([name, value]) => name !== 'by' && value !== null && value !== '')
    .map(([name, value]) => `${name}: ${wordsOf(value)}`)
    .join('; ')
    .slice(0, 400);
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).join(', ') || 'none';
  if (typeof value === 'object' && value !== null) {
    const { name, from, to } = value as Record<string, unknown>;
    if (name !== undefined && to !== undefined)
      return `${settingName(String(name))} from ${wordsOf(from)} to ${wordsOf(to)}`;
    return Object.entries(value)
      .map(([key, each]) => `${key} ${wordsOf(each)}`)
      .join(', ');
  }
  return String(value);
}
