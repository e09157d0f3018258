/** The way of a source from the invitation to nightly deliveries, with what is to be done next. */

import { Link } from 'react-router';
import type { SourceRow } from '../api.ts';
import { paths } from '../paths.ts';
import type { Onboarding as Facts } from '../set-up-api.ts';
import { day } from '../words.ts';
import { Shape } from './mark.tsx';
import css from './onboarding.module.css';

type Station = { name: string; at: string | null; next: React.ReactNode };

/** @param mayInvite whoever looks after people gets the way there. */
export function Onboarding(props: { source: SourceRow; facts: Facts; name: string; mayInvite: boolean }) {
  const { source, facts, name, mayInvite } = props;
  const stations = stationsOf(source, facts, mayInvite);
  const nextAt = stations.findIndex(({ at }) => at === null);
  return (
    <div className={css.way}>
      <h3>{name}</h3>
      <ol className={css.line} aria-label={`${name}: on the way to nightly deliveries`}>
        {stations.map(({ name: station, at, next }, index) => (
          <li key={station} data-state={at !== null ? 'done' : index === nextAt ? 'next' : 'waiting'}>
            <span className={css.dot} aria-hidden="true">
              <Shape mark={at !== null ? 'up to date' : index === nextAt ? 'needs you' : 'new'} />
            </span>
            <span className={css.word}>{station}</span>
            <span className={css.note}>
              {at !== null ? day(at) : index === nextAt ? next : <span className="unseen">to come</span>}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** Nightly deliveries are applied, with no window or mode that keeps them from it. */
export const isLive = (source: SourceRow, { appliedAt }: Facts): boolean =>
  appliedAt !== null && source.mode !== 'dry run' && source.mode !== 'paused';

function stationsOf(source: SourceRow, facts: Facts, mayInvite: boolean): Station[] {
  const { id } = source.district;
  const isSftp = source.kind === 'sftp';
  const people = mayInvite ? <Link to={paths.people({ district: id })}>Invite somebody</Link> : 'Ask your vendor';
  const first = isSftp ? (
    <Link to={paths.connection(id, { source: source.id })}>How to connect</Link>
  ) : source.kind === 'upload' ? (
    <Link to={paths.upload(source.id)}>Upload a file</Link>
  ) : (
    'Fetched by its schedule'
  );
  const latest = source.latest ? <Link to={paths.sync(source.latest.id)}>Look at it</Link> : 'To come';
  return [
    { name: 'Invited', at: facts.invitedAt, next: people },
    { name: 'Password set', at: facts.passwordSetAt, next: 'Waits for them' },
    { name: 'First file', at: facts.firstFileAt, next: first },
    { name: 'Checked', at: facts.checkedAt, next: latest },
    { name: 'Approved', at: facts.appliedAt, next: latest },
    { name: 'Live', at: isLive(source, facts) ? facts.appliedAt : null, next: `The mode is ${source.mode}` },
  ];
}
