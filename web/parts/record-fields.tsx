/** Every field of a record with who manages it, and why it cannot be changed here where that is so. */

import { Fragment } from 'react';
import { Link } from 'react-router';
import { type Field, type Kind, tableOf, targetOf } from '../../src/core/tables.ts';
import { fieldWord } from '../kinds.ts';
import { paths } from '../paths.ts';
import type { Around, Timeline } from '../roster-api.ts';
import { Part } from './page.tsx';
import css from './record-fields.module.css';

export function RecordFields(props: {
  place: { roster: string; kind: string; id: string };
  timeline: Timeline;
  names: Around['names'];
  at: string | undefined;
}) {
  const { place, timeline, names, at } = props;
  const { record, was } = timeline;
  const of = record ?? was;
  if (!of) return null;
  const kind = place.kind as Kind;
  const declared = Object.keys(tableOf(kind).fields);
  const known = declared.filter((field) => of.fields[field] !== undefined).map((field) => [field, of.fields[field]]);
  const rows = [...known, ...Object.entries(of.metadata)] as [string, string][];
  const owner =
    record && (record.owner === 'manual' ? 'By hand' : `${record.owner.name ?? 'A source that is gone'}, locked`);
  return (
    <Part title="Fields">
      {record?.readOnly && <p className="soft">{record.readOnly} To change it here, release it from the SIS first.</p>}
      {record && record.pointsToArchived.length > 0 && (
        <p role="status">
          It is kept, but points to what is archived:{' '}
          {record.pointsToArchived.map(({ field, sourcedId }) => `${field} ${sourcedId}`).join(', ')}.
        </p>
      )}
      <table className={css.fields}>
        <caption className="unseen">Fields{owner && ', and who manages each'}</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
            {owner && <th scope="col">Managed by</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map(([field, value]) => (
            <tr key={field}>
              <th scope="row">
                {fieldWord(field)} <code className={css.own}>{field}</code>
              </th>
              <td>
                <Value roster={place.roster} kind={kind} field={field} value={value} names={names} at={at} />
              </td>
              {owner && <td className="soft">{owner}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function Value(props: {
  roster: string;
  kind: Kind;
  field: string;
  value: string;
  names: Around['names'];
  at: string | undefined;
}) {
  const { roster, kind, field, value, names, at } = props;
  const declared: Field | undefined = tableOf(kind).fields[field];
  const to = declared && field !== 'sourcedId' ? targetOf(declared) : undefined;
  if (!to) return value;
  const ids = value.split(',').map((id) => id.trim());
  return ids.map((id, index) => {
    const named = names.find((each) => each.kind === to && each.sourcedId === id);
    return (
      <Fragment key={id}>
        {index > 0 && ', '}
        <Link to={paths.record(roster, to, id, { at })}>{named?.name || id}</Link>
        {named?.status === 'tobedeleted' && <span className="soft"> (archived)</span>}
      </Fragment>
    );
  });
}
