/** One person: who they are, how they come in, and what may be done about it. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { queries, type Person as Signed } from '../api.ts';
import { ActForm } from '../parts/act-form.tsx';
import { AuditList } from '../parts/audit-list.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Facts } from '../parts/facts.tsx';
import { ListWaiting } from '../parts/list-table.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { PersonKeys } from '../parts/person-keys.tsx';
import { paths } from '../paths.ts';
import { type Role, rolesFor, roleWords, stateWords } from '../people-words.ts';
import { usePerson } from '../person.ts';
import { type PersonRow, setUpApi } from '../set-up-api.ts';
import { day, moment } from '../words.ts';
import css from './person.module.css';

export function Person() {
  const { id = '' } = useParams();
  const { person: signed } = usePerson();
  const { data, error, refetch } = useQuery({ queryKey: ['people', id], queryFn: () => setUpApi.person(id) });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data || !signed) return <ListWaiting />;
  return (
    <Page
      title={data.name || data.email}
      crumbs={[{ name: 'People', to: paths.people() }, { name: data.name || data.email }]}
      sentence={`${roleWords[data.role].name}${data.district ? ` of ${data.district.name}` : ' of the vendor'}. ${stateWords(data)}.`}
    >
      <Part title="Who">
        <Facts
          facts={[
            ['Email address', data.email],
            ['Name', data.name || 'Not given'],
            ['Role', `${roleWords[data.role].name}: ${roleWords[data.role].about}`],
            [
              'District',
              data.district ? (
                <Link key="district" to={paths.district(data.district.id)}>
                  {data.district.name}
                </Link>
              ) : (
                'All districts'
              ),
            ],
            ['Invited', moment(data.createdAt)],
          ]}
        />
        <WhoActs person={data} signed={signed} />
      </Part>
      <Part title="How they come in">
        <Facts
          facts={[
            ['Password', passwordWords(data)],
            ['Second factor', data.hasSecondFactor ? 'Set up: the console asks for a code as well' : 'Not set up'],
          ]}
        />
        <WayInActs person={data} signed={signed} />
      </Part>
      <Part title="Public keys for SFTP">
        <PersonKeys person={data} mayAdd={signed.district === null} />
      </Part>
      <Part title="What they did">
        <AuditList of={{ person: id }} to={(query) => paths.person(id, query)} />
      </Part>
    </Page>
  );
}

function passwordWords({ state, passwordSetAt, passwordUsedAt, formerPasswordUntil }: PersonRow): string {
  if (state === 'invited') return 'Not set yet';
  const former =
    formerPasswordUntil && Date.parse(formerPasswordUntil) > Date.now()
      ? ` The one of before is good over SFTP until ${moment(formerPasswordUntil)}.`
      : '';
  const set = passwordSetAt ? `Set on ${day(passwordSetAt)}` : 'Set';
  return `${set}, ${passwordUsedAt ? `last used on ${moment(passwordUsedAt)}` : 'not used since'}.${former}`;
}

const reload = () => queries.invalidateQueries({ queryKey: ['people'] });

/** A dialog that is open on the page. */
type Open = 'address' | 'role' | 'disable' | 'remove' | 'factor' | null;

function WhoActs({ person, signed }: { person: PersonRow; signed: Signed }) {
  const [open, setOpen] = useState<Open>(null);
  const isOneself = person.email === signed.email;
  const mayManage = signed.role === 'owner' || person.district !== null;
  const close = () => setOpen(null);
  if (isOneself) {
    return (
      <p className="soft">
        This is you. <Link to={paths.account()}>Your own account</Link> has what you may change.
      </p>
    );
  }
  if (!mayManage) return <p className="soft">Owners look after the people of the vendor.</p>;
  return (
    <>
      <div className={css.acts}>
        <Button variant="default" onClick={() => setOpen('role')}>
          Change role or name…
        </Button>
        {signed.district === null && (
          <Button variant="default" onClick={() => setOpen('address')}>
            Change the address…
          </Button>
        )}
        <Button variant="default" onClick={() => setOpen('disable')}>
          {person.disabledAt ? 'Enable…' : 'Disable…'}
        </Button>
        <Button variant="default" onClick={() => setOpen('remove')}>
          Remove…
        </Button>
      </div>
      {open === 'address' && <AddressDialog person={person} onClose={close} />}
      {open === 'role' && <RoleDialog person={person} signed={signed} onClose={close} />}
      {open === 'disable' && <DisableDialog person={person} onClose={close} />}
      {open === 'remove' && <RemoveDialog person={person} onClose={close} />}
    </>
  );
}

function WayInActs({ person, signed }: { person: PersonRow; signed: Signed }) {
  const [open, setOpen] = useState<Open>(null);
  const send = useMutation({
    mutationFn: () => (person.state === 'invited' ? setUpApi.inviteAgain(person.id) : setUpApi.sendReset(person.id)),
    onSuccess: reload,
  });
  const mayManage = person.email !== signed.email && (signed.role === 'owner' || person.district !== null);
  if (!mayManage || person.disabledAt) return null;
  return (
    <>
      <div className={css.acts}>
        <Button variant="default" loading={send.isPending} onClick={() => send.mutate()}>
          {person.state === 'invited' ? 'Invite again' : 'Send a link for a new password'}
        </Button>
        {person.hasSecondFactor && (
          <Button variant="default" onClick={() => setOpen('factor')}>
            Take the second factor away…
          </Button>
        )}
      </div>
      <p role="status">
        {send.isSuccess ? `A mail with a link is on its way to ${person.email}. It is good once, for 24 hours.` : ''}
      </p>
      {send.error && <p role="alert">{send.error.message}</p>}
      {open === 'factor' && (
        <Confirm
          title="Take the second factor away?"
          submit="Take it away"
          act={() => setUpApi.takeSecondFactor(person.id)}
          onClose={() => setOpen(null)}
        >
          For somebody who has lost both the app and the recovery codes. Then the password alone lets {person.email} in;
          they are told by mail.
        </Confirm>
      )}
    </>
  );
}

/** Asks before something is done that takes something away. */
function Confirm(props: {
  title: string;
  submit: string;
  act: () => Promise<unknown>;
  /** In place of closing and loading anew. */
  onDone?: () => Promise<void>;
  onClose: () => void;
  children: React.ReactNode;
}) {
  const { title, submit, act, onDone, onClose, children } = props;
  const run = useMutation({
    mutationFn: act,
    onSuccess: async () => {
      if (onDone) return onDone();
      await reload();
      onClose();
    },
  });
  return (
    <Dialog title={title} onClose={onClose}>
      <ActForm
        error={run.error}
        submit={submit}
        isBusy={run.isPending}
        isDestructive
        isWide
        onCancel={onClose}
        onSubmit={() => run.mutate()}
      >
        <p>{children}</p>
      </ActForm>
    </Dialog>
  );
}

type DialogProps = { person: PersonRow; onClose: () => void };

function DisableDialog({ person, onClose }: DialogProps) {
  return person.disabledAt ? (
    <Confirm title={`Enable ${person.email}?`} submit="Enable" act={() => setUpApi.enable(person.id)} onClose={onClose}>
      Password, keys and second factor are what they were.
    </Confirm>
  ) : (
    <Confirm
      title={`Disable ${person.email}?`}
      submit="Disable"
      act={() => setUpApi.disable(person.id)}
      onClose={onClose}
    >
      Nothing lets this person in until they are enabled again. Sessions, links and SFTP connections end at once.
    </Confirm>
  );
}

function RemoveDialog({ person, onClose }: DialogProps) {
  const navigate = useNavigate();
  return (
    <Confirm
      title={`Remove ${person.email}?`}
      submit="Remove"
      act={() => setUpApi.removePerson(person.id)}
      onDone={async () => {
        await navigate(paths.people(), { replace: true });
        // Who is gone is not asked for again.
        await queries.invalidateQueries({
          queryKey: ['people'],
          predicate: ({ queryKey }) => queryKey[1] !== person.id,
        });
      }}
      onClose={onClose}
    >
      The account ends for good, with its password, keys and second factor. What the person did stays in the history.
    </Confirm>
  );
}

function AddressDialog({ person, onClose }: DialogProps) {
  const [email, setEmail] = useState(person.email);
  const change = useMutation({
    mutationFn: () => setUpApi.changeAddress(person.id, email.trim()),
    onSuccess: async () => {
      await reload();
      onClose();
    },
  });
  return (
    <Dialog title="Change the email address" onClose={onClose}>
      <ActForm
        error={change.error}
        submit="Change the address"
        isBusy={change.isPending}
        isWide
        onCancel={onClose}
        onSubmit={() => {
          if (email.trim() && email.trim() !== person.email) change.mutate();
        }}
      >
        <TextInput
          data-autofocus
          label="Email address"
          description="It is the name for signing in, here and over SFTP. Both addresses are told, and the person is signed out everywhere."
          type="email"
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      </ActForm>
    </Dialog>
  );
}

function RoleDialog({ person, signed, onClose }: DialogProps & { signed: Signed }) {
  const [role, setRole] = useState<Role>(person.role);
  const [name, setName] = useState(person.name);
  const change = useMutation({
    mutationFn: () => setUpApi.changePerson(person.id, { role, name: name.trim() }),
    onSuccess: async () => {
      await reload();
      onClose();
    },
  });
  return (
    <Dialog title={person.email} onClose={onClose}>
      <ActForm
        error={change.error}
        submit="Save"
        isBusy={change.isPending}
        isWide
        onCancel={onClose}
        onSubmit={() => change.mutate()}
      >
        <NativeSelect
          data-autofocus
          label="Role"
          description={roleWords[role].about}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
          data={rolesFor(signed, person.district !== null).map((each) => ({
            value: each,
            label: roleWords[each].name,
          }))}
        />
        <TextInput label="Name" maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      </ActForm>
    </Dialog>
  );
}
