/** A roster: its people, classes and schools, searched and paged on the server, now or as it was on an earlier day. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link, useLocation, useNavigate, useParams, useSearchParams } from 'react-router';
import type { Kind } from '../../src/core/tables.ts';
import { isKind, kindMany, kindOne, shownKinds } from '../kinds.ts';
import { ListTable, Pager } from '../parts/list-table.tsx';
import { NotForViewers } from '../parts/not-for-viewers.tsx';
import { Page, Trouble } from '../parts/page.tsx';
import { rosterColumns } from '../parts/roster-columns.tsx';
import { TabLinks } from '../parts/tab-links.tsx';
import { useRest } from '../parts/use-rest.ts';
import { paths, type RosterQuery } from '../paths.ts';
import { usePerson } from '../person.ts';
import { exportAddress, type Roster, type RosterSearch, rosterApi } from '../roster-api.ts';
import { capital, counted, plain, withArticle } from '../words.ts';
import css from './roster.module.css';

const DayPicker = lazy(() => import('../parts/day-picker.tsx'));

/** Kinds that people add by themselves; the others come with them. */
const addable: readonly Kind[] = ['users', 'classes', 'orgs', 'enrollments', 'courses', 'academicSessions'];

export function RosterPage() {
  const { roster: id = '' } = useParams();
  const { person } = usePerson();
  const isViewer = person?.role === 'viewer';
  const {
    data: roster,
    error,
    refetch,
  } = useQuery({
    queryKey: ['roster', id],
    queryFn: () => rosterApi.roster(id),
    enabled: !isViewer,
  });
  const { kind, query, words, to } = useFilters(id);
  if (isViewer) return <NotForViewers title="Roster" />;
  if (error && !roster) return <Trouble error={error} retry={() => void refetch()} />;
  const name = roster ? `${roster.product.name} roster` : 'Roster';
  return (
    <Page
      title={name}
      crumbs={[
        ...(person?.district ? [] : [{ name: 'Districts', to: paths.districts() }]),
        ...(roster ? [{ name: roster.district.name, to: paths.district(roster.district.id) }] : []),
        { name },
      ]}
      sentence={roster && summary(roster)}
      acts={
        <>
          <Button component="a" variant="default" href={exportAddress(id, query.at)} download>
            {query.at ? 'Export as it was' : 'Export'}
          </Button>
          {!query.at && addable.includes(kind) && (
            <Button component={Link} variant="default" to={paths.addRecord(id, kind)}>
              Add {withArticle(kindOne(kind))}…
            </Button>
          )}
        </>
      }
    >
      {roster && (
        <TabLinks
          label="Kinds"
          links={shownKinds
            .filter((each) => each === kind || (roster.counts[each] ?? 0) > 0 || addable.includes(each))
            .map((each) => ({
              name: capital(kindMany(each)),
              note: query.at ? '' : plain(roster.counts[each] ?? 0),
              to: paths.roster(id, { kind: each, at: query.at }),
              isCurrent: each === kind,
            }))}
        />
      )}
      {roster && <Filters key={kind} roster={roster} kind={kind} query={query} />}
      {roster && <List roster={roster} kind={kind} query={query} words={words} to={to} />}
    </Page>
  );
}

/** Filters live in the address; words that are looked for live in the browser's history alone, for they are names of pupils. */
function useFilters(id: string) {
  const [search] = useSearchParams();
  const { state } = useLocation() as { state: { words?: string } | null };
  const asked = search.get('kind');
  const kind: Kind = isKind(asked) ? asked : 'users';
  const query: RosterQuery = {
    kind: search.get('kind') ?? undefined,
    role: search.get('role') ?? undefined,
    school: search.get('school') ?? undefined,
    only: search.get('only') ?? undefined,
    at: search.get('at') ?? undefined,
    page: Number(search.get('page') ?? 1),
  };
  const to = (page: number) => paths.roster(id, { ...query, page: page > 1 ? page : undefined });
  return { kind, query, words: state?.words ?? '', to };
}

function summary({ counts }: Roster): string {
  const parts = [
    counted(counts.users ?? 0, 'person', 'people'),
    counted(counts.classes ?? 0, 'class', 'classes'),
    counted(counts.enrollments ?? 0, 'enrollment', 'enrollments'),
  ];
  return `${parts.join(', ')}.`;
}

function Filters({ roster, kind, query }: { roster: Roster; kind: Kind; query: RosterQuery }) {
  const navigate = useNavigate();
  const { state } = useLocation() as { state: { words?: string } | null };
  const [words, setWords] = useState(state?.words ?? '');
  const go = (change: RosterQuery, said = words) =>
    void navigate(paths.roster(roster.id, { ...query, page: undefined, ...change }), {
      replace: true,
      preventScrollReset: true,
      state: said ? { words: said } : null,
    });
  const roles = roster.roles[kind] ?? [];
  return (
    <div className={css.filters}>
      <TextInput
        type="search"
        label="Search"
        size="xs"
        className={css.search ?? ''}
        placeholder={kind === 'users' ? 'Name, username or id' : 'Name or id'}
        maxLength={200}
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          go({}, event.currentTarget.value);
        }}
      />
      {roles.length > 1 && (
        <NativeSelect
          label="Role"
          size="xs"
          value={query.role ?? ''}
          onChange={(event) => go({ role: event.currentTarget.value })}
          data={[{ value: '', label: 'All roles' }, ...roles.map((role) => ({ value: role, label: role }))]}
        />
      )}
      {roster.schools.length > 1 && ['users', 'classes', 'enrollments'].includes(kind) && (
        <NativeSelect
          label="School"
          size="xs"
          value={query.school ?? ''}
          onChange={(event) => go({ school: event.currentTarget.value })}
          data={[
            { value: '', label: 'All schools' },
            ...roster.schools.map(({ sourcedId, name }) => ({ value: sourcedId, label: name })),
          ]}
        />
      )}
      {!query.at && (
        <NativeSelect
          label="Managed by"
          size="xs"
          value={query.only ?? ''}
          onChange={(event) => go({ only: event.currentTarget.value })}
          data={[
            { value: '', label: 'Everybody' },
            { value: 'hand', label: 'Added by hand' },
            { value: 'archived', label: 'Archived' },
          ]}
        />
      )}
      <Suspense fallback={<TextInput label="On the day" size="xs" disabled />}>
        <DayPicker label="On the day" value={query.at ?? ''} onChange={(at) => go({ at, only: undefined })} />
      </Suspense>
    </div>
  );
}

function List(props: { roster: Roster; kind: Kind; query: RosterQuery; words: string; to: (page: number) => string }) {
  const { roster, kind, query, to } = props;
  const words = useRest(props.words.trim());
  const search: RosterSearch = {
    kind,
    page: query.page ?? 1,
    ...(words ? { words } : {}),
    ...(query.role ? { role: query.role } : {}),
    ...(query.school ? { school: query.school } : {}),
    ...(query.at ? { at: query.at } : {}),
    ...(query.only === 'hand' ? { byHand: true } : {}),
    ...(query.only === 'archived' ? { archived: true } : {}),
  };
  const { data, error, refetch } = useQuery({
    queryKey: ['roster page', roster.id, search],
    queryFn: () => rosterApi.page(roster.id, search),
    placeholderData: keepPreviousData,
  });
  const isFiltered = Boolean(words || query.role || query.school || query.only);
  const many = kindMany(kind);
  return (
    <>
      {data?.at && <p role="status">As it was at {data.at}.</p>}
      <ListTable
        caption={capital(many)}
        columns={rosterColumns(kind, roster, query.at)}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={({ sourcedId }) => sourcedId}
        empty={
          isFiltered
            ? `Among the ${many}, nothing fits. Take a filter away to see more.`
            : query.at
              ? `There were no ${many} on that day.`
              : `There are no ${many} yet. They come with the next delivery, or are added by hand.`
        }
      />
      {data && (
        <Pager page={data.page} pageSize={data.pageSize} total={data.total} to={to} state={words ? { words } : null} />
      )}
    </>
  );
}
