/** What people may do to a record: edit, archive and bring back what they keep, take over from the SIS, and hand back. */

import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'react-router';
import { queries } from '../api.ts';
import { useKept } from '../kept.ts';
import { kindOne } from '../kinds.ts';
import { paths } from '../paths.ts';
import { type LiveRecord, rosterApi } from '../roster-api.ts';
import { AskDialog } from './ask-dialog.tsx';

type Place = { roster: string; kind: string; id: string };
type Act = 'archive' | 'reactivate' | 'release' | 'hand back';

const acts: Record<Act, { button: string; title: string; confirm: string; says: (what: string) => string }> = {
  archive: {
    button: 'Archive…',
    title: 'Archive this record?',
    confirm: 'Archive 1 record',
    says: (what) => `The ${what} leaves the roster. It is kept for 90 days and can be brought back until then.`,
  },
  reactivate: {
    button: 'Bring back…',
    title: 'Bring this record back?',
    confirm: 'Bring back 1 record',
    says: (what) => `The ${what} is part of the roster again, with the values that it had.`,
  },
  release: {
    button: 'Release from the SIS…',
    title: 'Release this record from the SIS?',
    confirm: 'Release 1 record',
    says: (what) =>
      `The ${what} is kept by hand from then on: deliveries that still name it leave it as it is, and you can change it here.`,
  },
  'hand back': {
    button: 'Hand back to the SIS…',
    title: 'Hand this record back to the SIS?',
    confirm: 'Hand back 1 record',
    says: (what) =>
      `The next delivery that names the ${what} takes it over, and its values win over those that were entered here.`,
  },
};

export function RecordActs(props: {
  place: Place;
  record: LiveRecord;
  name: string;
  onDone: (remarks: string[]) => void;
}) {
  const { place, record, onDone } = props;
  const [asked, setAsked] = useKept<Act | null>(`act on ${place.roster} ${place.kind} ${place.id}`, null);
  const isManual = record.owner === 'manual';
  const isActive = record.status === 'active';
  const possible: Act[] = [
    ...(isManual && isActive ? (['archive'] as const) : []),
    ...(isManual && !isActive ? (['reactivate'] as const) : []),
    ...(isManual ? [] : (['release'] as const)),
    ...(record.released ? (['hand back'] as const) : []),
  ];
  return (
    <>
      {isActive && place.kind === 'users' && (
        <Button
          component={Link}
          variant="default"
          to={paths.addRecord(place.roster, 'enrollments', { userSourcedId: place.id })}
        >
          Add to a class…
        </Button>
      )}
      {isActive && place.kind === 'classes' && (
        <Button
          component={Link}
          variant="default"
          to={paths.addRecord(place.roster, 'enrollments', {
            classSourcedId: place.id,
            schoolSourcedId: record.fields.schoolSourcedId,
          })}
        >
          Add a person…
        </Button>
      )}
      {isManual && isActive && (
        <Button component={Link} variant="default" to={paths.editRecord(place.roster, place.kind, place.id)}>
          Edit
        </Button>
      )}
      {possible.map((act) => (
        <Button key={act} variant="default" onClick={() => setAsked(act)}>
          {acts[act].button}
        </Button>
      ))}
      {asked && (
        <ActDialog
          act={asked}
          place={place}
          record={record}
          onDone={(remarks) => {
            setAsked(null);
            onDone(remarks);
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

function ActDialog(props: {
  act: Act;
  place: Place;
  record: LiveRecord;
  onDone: (remarks: string[]) => void;
  onClose: () => void;
}) {
  const { act, place, record, onDone, onClose } = props;
  const { title, confirm, says } = acts[act];
  const doIt = useMutation({
    mutationFn: () => {
      if (act === 'archive') return rosterApi.archive(place, record.dateLastModified);
      if (act === 'release') return rosterApi.release(place, record.dateLastModified);
      return act === 'reactivate' ? rosterApi.reactivate(place) : rosterApi.handBack(place);
    },
    onSuccess: async ({ remarks }) => {
      await queries.invalidateQueries();
      onDone(remarks);
    },
    // What has changed since is shown, so that the next try is about what is there.
    onError: () => queries.invalidateQueries({ queryKey: ['record', place.roster, place.kind, place.id] }),
  });
  return (
    <AskDialog
      title={title}
      confirm={confirm}
      isFilled={act === 'reactivate'}
      isPending={doIt.isPending}
      error={doIt.error}
      onConfirm={() => doIt.mutate()}
      onClose={onClose}
    >
      <p>{says(kindOne(record.kind))}</p>
    </AskDialog>
  );
}
