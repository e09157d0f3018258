/** What happened to a record, latest first, with the sync or the person that did it; of people also the classes they joined and left. */

import { Link } from 'react-router';
import { paths } from '../paths.ts';
import type { Around, Timeline } from '../roster-api.ts';
import { moment, zone } from '../words.ts';
import { actionWord } from './changes.tsx';
import { Facts } from './facts.tsx';
import { Part } from './page.tsx';
import css from './record-timeline.module.css';

type Place = { roster: string; kind: string; id: string };
type Change = Timeline['history'][number];
type Joined = Around['joined'][number];
type Entry = { at: string; key: string; syncId: string | null; cause: string; change?: Change; joined?: Joined };

export function RecordTimeline({ place, history, joined }: { place: Place; history: Change[]; joined: Joined[] }) {
  const entries: Entry[] = [
    ...history.map((change, index) => ({ ...change, key: `record ${change.id ?? 'created'} ${index}`, change })),
    ...joined.map((each) => ({ ...each, key: `${each.enrollment} ${each.at} ${each.action}`, joined: each })),
  ].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return (
    <Part title="History" aside={`Latest first, times in ${zone}`}>
      {entries.length === 0 && <p className="soft">Nothing has happened to it yet.</p>}
      <ol className={css.line}>
        {entries.map((entry) => (
          <li key={entry.key}>
            <time dateTime={entry.at}>{moment(entry.at)}</time>
            <div>
              {entry.change && <Happened change={entry.change} />}
              {entry.joined && <JoinedOrLeft place={place} joined={entry.joined} />}
              <div className="small soft">
                by {entry.syncId ? <Link to={paths.sync(entry.syncId)}>{entry.cause}</Link> : entry.cause}
                {entry.change && entry.change.action !== 'create' && (
                  <>
                    {' · '}
                    <Link to={paths.record(place.roster, place.kind, place.id, { at: justBefore(entry.at) })}>
                      as it was before
                    </Link>
                  </>
                )}
              </div>
            </div>
          </li>
        ))}
      </ol>
    </Part>
  );
}

const justBefore = (at: string): string => new Date(Date.parse(at) - 1).toISOString();

function Happened({ change: { action, changed } }: { change: Change }) {
  const fields = Object.entries(changed).filter(([field]) => field !== 'status');
  return (
    <>
      <strong>{actionWord(action)}</strong>
      {action !== 'create' && action !== 'archive' && fields.length > 0 && (
        <Facts
          compact
          facts={fields.map(([field, { from, to }]) => [
            field,
            <>
              <del>{textOf(from)}</del> <span aria-hidden="true">→</span> <ins>{textOf(to)}</ins>
            </>,
          ])}
        />
      )}
    </>
  );
}

const textOf = (value: unknown): string =>
  value === undefined || value === null || value === '' ? 'blank' : String(value);

function JoinedOrLeft({ place, joined: { action, other } }: { place: Place; joined: Joined }) {
  const name = (
    <Link to={paths.record(place.roster, other.kind, other.sourcedId)}>{other.name || other.sourcedId}</Link>
  );
  const ofPerson = place.kind === 'users';
  const left = action === 'archive';
  if (!ofPerson) {
    return (
      <>
        {name} {left ? 'is not in it any more' : action === 'reactivate' ? 'came back' : 'joined'}
      </>
    );
  }
  return (
    <>
      {left ? 'Not in ' : action === 'reactivate' ? 'Back in ' : 'Joined '}
      {name}
      {left && (
        <>
          {' any more · '}
          <Link to={`${paths.record(place.roster, 'users', place.id, { class: other.sourcedId })}#why`}>why?</Link>
        </>
      )}
    </>
  );
}
