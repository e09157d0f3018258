/** One record of a roster: its classes or people, every field with who manages it, its history, and what people may do to it. */

import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { fullNameOf, isKind, kindMany, kindOne } from '../kinds.ts';
import { Enrolled } from '../parts/enrolled.tsx';
import { NotForViewers } from '../parts/not-for-viewers.tsx';
import { Page, Trouble } from '../parts/page.tsx';
import { RecordActs } from '../parts/record-acts.tsx';
import { RecordFields } from '../parts/record-fields.tsx';
import { RecordTimeline } from '../parts/record-timeline.tsx';
import { WhyInClass } from '../parts/why-in-class.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { type LiveRecord, rosterApi, type Timeline } from '../roster-api.ts';
import { capital } from '../words.ts';
import { NotFound } from './not-found.tsx';
import css from './record.module.css';

const DayPicker = lazy(() => import('../parts/day-picker.tsx'));

export function RecordPage() {
  const { roster: rosterId = '', kind, id = '' } = useParams();
  const { person } = usePerson();
  if (person?.role === 'viewer') return <NotForViewers title="Record" />;
  return isKind(kind) ? <OneRecord key={id} rosterId={rosterId} kind={kind} id={id} /> : <NotFound />;
}

function OneRecord({ rosterId, kind, id }: { rosterId: string; kind: LiveRecord['kind']; id: string }) {
  const { person } = usePerson();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const at = search.get('at') ?? undefined;
  const [remarks, setRemarks] = useState<string[]>([]);
  const place = { roster: rosterId, kind, id };
  const roster = useQuery({ queryKey: ['roster', rosterId], queryFn: () => rosterApi.roster(rosterId) });
  const timeline = useQuery({
    queryKey: ['record', rosterId, kind, id, at],
    queryFn: () => rosterApi.timeline(place, at),
  });
  const around = useQuery({
    queryKey: ['around', rosterId, kind, id, at],
    queryFn: () => rosterApi.around(place, at),
  });
  if (timeline.error && !timeline.data) return <Trouble error={timeline.error} retry={() => void timeline.refetch()} />;
  const { record, was, history } = timeline.data ?? {};
  const fields = record?.fields ?? was?.fields ?? {};
  const name = timeline.data ? fullNameOf(kind, fields, id) : capital(kindOne(kind));
  const rosterName = roster.data ? `${roster.data.product.name} roster` : 'Roster';
  return (
    <Page
      title={name}
      // What the browser keeps of a page names nobody.
      tabTitle={`${capital(kindOne(kind))} ${id}`}
      crumbs={[
        ...(person?.district ? [] : [{ name: 'Districts', to: paths.districts() }]),
        ...(roster.data ? [{ name: roster.data.district.name, to: paths.district(roster.data.district.id) }] : []),
        { name: rosterName, to: paths.roster(rosterId) },
        { name: capital(kindMany(kind)), to: paths.roster(rosterId, { kind }) },
        { name: id },
      ]}
      sentence={timeline.data && <Sentence timeline={timeline.data} kind={kind} />}
      acts={record && <RecordActs place={place} record={record} name={name} onDone={setRemarks} />}
    >
      {remarks.length > 0 && (
        <div role="status">
          {remarks.map((remark) => (
            <p key={remark}>{remark}</p>
          ))}
        </div>
      )}
      <div className={css.day}>
        <Suspense fallback={<div className={css.waiting} />}>
          <DayPicker
            label="On the day"
            value={at && /^\d{4}-\d{2}-\d{2}$/.test(at) ? at : ''}
            onChange={(day) => void navigate(paths.record(rosterId, kind, id, { at: day || undefined }))}
          />
        </Suspense>
        {at && (
          <p>
            {timeline.data?.at && `As it was at ${timeline.data.at}. `}
            <Link to={paths.record(rosterId, kind, id)}>Back to today</Link>
          </p>
        )}
      </div>
      {(kind === 'users' || kind === 'classes') && (
        <Enrolled place={place} kind={kind} around={around.data} error={around.error} at={at} />
      )}
      {timeline.data && (
        <RecordFields place={place} timeline={timeline.data} names={around.data?.names ?? []} at={at} />
      )}
      {kind === 'users' && !at && <WhyInClass place={place} name={name} />}
      {history && <RecordTimeline place={place} history={history} joined={around.data?.joined ?? []} />}
    </Page>
  );
}

function Sentence({ timeline: { record, was, at }, kind }: { timeline: Timeline; kind: LiveRecord['kind'] }) {
  const fields = record?.fields ?? was?.fields;
  if (!fields) return at ? 'It was not in the roster then.' : 'It is not in the roster any more.';
  const facts = [
    kind === 'users' ? fields.role : kindOne(kind),
    fields.grades && `grade ${fields.grades}`,
    record ? ownerWords(record) : undefined,
    (record?.status ?? was?.status) === 'tobedeleted' ? 'archived: out of the roster, and kept for a while' : undefined,
  ];
  return capital(facts.filter(Boolean).join(' · '));
}

function ownerWords({ owner, released }: LiveRecord): string {
  if (owner !== 'manual') return `managed by the SIS (${owner.name ?? 'a source that is gone'})`;
  return released ? 'released from the SIS, kept by hand' : 'added by hand';
}
