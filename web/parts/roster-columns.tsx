/** The columns of a page of a roster, by kind: a name first, and who manages the record last. */

import { Link } from 'react-router';
import type { Kind } from '../../src/core/tables.ts';
import { nameOf } from '../kinds.ts';
import { paths } from '../paths.ts';
import type { Roster, RosterRow } from '../roster-api.ts';
import type { Column } from './list-table.tsx';

type Named = { head: string; field: string; width?: string };

const shown: Partial<Record<Kind, Named[]>> = {
  users: [
    { head: 'Role', field: 'role', width: '7rem' },
    { head: 'Grades', field: 'grades', width: '5rem' },
    { head: 'Username', field: 'username', width: '10rem' },
    { head: 'School', field: 'orgSourcedIds', width: '14rem' },
  ],
  classes: [
    { head: 'Code', field: 'classCode', width: '8rem' },
    { head: 'Grades', field: 'grades', width: '6rem' },
    { head: 'School', field: 'schoolSourcedId', width: '16rem' },
  ],
  orgs: [
    { head: 'Type', field: 'type', width: '8rem' },
    { head: 'Identifier', field: 'identifier', width: '10rem' },
  ],
  enrollments: [
    { head: 'Role', field: 'role', width: '7rem' },
    { head: 'Person', field: 'userSourcedId', width: '12rem' },
    { head: 'Class', field: 'classSourcedId', width: '12rem' },
    { head: 'School', field: 'schoolSourcedId', width: '14rem' },
  ],
  courses: [{ head: 'Code', field: 'courseCode', width: '12rem' }],
  academicSessions: [
    { head: 'Type', field: 'type', width: '9rem' },
    { head: 'Begins', field: 'startDate', width: '7rem' },
    { head: 'Ends', field: 'endDate', width: '7rem' },
  ],
};

const schoolFields = ['orgSourcedIds', 'primaryOrgSourcedId', 'schoolSourcedId', 'orgSourcedId'];

/** @param at the day on which the records are looked at; undefined for now. */
export function rosterColumns(kind: Kind, roster: Roster, at: string | undefined): Column<RosterRow>[] {
  const schools = new Map(roster.schools.map(({ sourcedId, name }) => [sourcedId, name]));
  const text = ({ fields }: RosterRow, field: string) => {
    const value = fields[field] ?? (field === 'orgSourcedIds' ? fields.primaryOrgSourcedId : undefined) ?? '';
    if (!schoolFields.includes(field)) return value;
    return value
      .split(',')
      .map((id) => schools.get(id.trim()) ?? id)
      .join(', ');
  };
  const name: Column<RosterRow> = {
    head: 'Name',
    place: 'first',
    strong: true,
    cell: ({ sourcedId, fields }) => (
      <Link to={paths.record(roster.id, kind, sourcedId, { at })}>{nameOf(kind, fields, sourcedId)}</Link>
    ),
  };
  const owner: Column<RosterRow> = {
    head: 'Managed by',
    width: '9rem',
    place: 'named',
    cell: (row) => (row.owner === 'manual' ? 'By hand' : (row.owner?.name ?? 'SIS')),
  };
  const columns = (shown[kind] ?? []).map(
    ({ head, field, width }): Column<RosterRow> => ({
      head,
      ...(width ? { width } : {}),
      place: 'named',
      cell: (row) => text(row, field),
    }),
  );
  return [name, ...columns, ...(at ? [] : [owner])];
}
