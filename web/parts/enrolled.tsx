/** The classes of a person, or the people of a class, each with who brought them there. */

import { Link } from 'react-router';
import { paths } from '../paths.ts';
import type { Around } from '../roster-api.ts';
import { counted, plain } from '../words.ts';
import { type Column, ListTable } from './list-table.tsx';
import { Part } from './page.tsx';

type Row = Around['enrollments'][number];

export function Enrolled(props: {
  place: { roster: string; id: string };
  kind: 'users' | 'classes';
  around: Around | undefined;
  error: Error | null;
  at: string | undefined;
}) {
  const { place, kind, around, error, at } = props;
  const ofPerson = kind === 'users';
  const columns: Column<Row>[] = [
    {
      head: ofPerson ? 'Class' : 'Person',
      place: 'first',
      strong: true,
      cell: ({ other }) => (
        <Link to={paths.record(place.roster, other.kind, other.sourcedId, { at })}>
          {other.name || other.sourcedId}
        </Link>
      ),
    },
    { head: 'Role', width: '8rem', place: 'named', cell: ({ role }) => role },
    { head: 'From', width: '8rem', place: 'named', cell: ({ begin }) => begin },
    ...(around?.enrollments.some(({ end }) => end)
      ? [{ head: 'Until', width: '8rem', place: 'named' as const, cell: ({ end }: Row) => end }]
      : []),
    ...(at
      ? []
      : [
          {
            head: 'Managed by',
            width: '8rem',
            place: 'named',
            cell: ({ byHand }) => (byHand ? 'By hand' : 'SIS'),
          } satisfies Column<Row>,
        ]),
    {
      head: 'Enrollment',
      width: '10rem',
      place: 'named',
      cell: ({ sourcedId }) => (
        <Link to={paths.record(place.roster, 'enrollments', sourcedId, { at })}>
          <code>{sourcedId}</code>
        </Link>
      ),
    },
  ];
  const title = ofPerson ? (at ? 'Classes then' : 'Classes now') : at ? 'People then' : 'People now';
  const enrolled = around?.enrolled ?? 0;
  return (
    <Part
      title={title}
      aside={around && enrolled > 0 && (ofPerson ? counted(enrolled, 'class', 'classes') : plain(enrolled))}
    >
      <ListTable
        caption={title}
        columns={columns}
        list={{ rows: around?.enrollments, error, retry: () => undefined }}
        keyOf={({ sourcedId }) => sourcedId}
        empty={ofPerson ? 'In no class.' : 'Nobody is in this class.'}
      />
      {around && enrolled > around.enrollments.length && (
        <p className="small soft">The first {plain(around.enrollments.length)} are shown.</p>
      )}
    </Part>
  );
}
