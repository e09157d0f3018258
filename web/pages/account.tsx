/** Who is signed in and with what, how the console looks for them, and signing out. */

import { Button, useMantineColorScheme } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { Facts } from '../parts/facts.tsx';
import { OwnKeys } from '../parts/own-keys.tsx';
import { OwnPassword } from '../parts/own-password.tsx';
import { OwnSecondFactor } from '../parts/own-second-factor.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { setPerson, usePerson } from '../person.ts';
import { zone } from '../words.ts';
import css from './account.module.css';

const roles = {
  owner: 'Owner: everything, and the people of the vendor',
  operator: 'Operator: all districts',
  administrator: 'Administrator of a district',
  viewer: 'Viewer of a district: reads, sees no pupil data',
} as const;

const colours = [
  { value: 'auto', name: 'As the device' },
  { value: 'light', name: 'Light' },
  { value: 'dark', name: 'Dark' },
] as const;

export function Account() {
  const { person } = usePerson();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useMutation({ mutationFn: api.signOut, onSuccess: () => setPerson(null) });
  const own = useQuery({ queryKey: ['account'], queryFn: api.account });
  if (!person) return null;
  return (
    <Page
      title="Account"
      sentence={`You are signed in as ${person.email}.`}
      acts={
        <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      }
    >
      {signOut.error && <p role="alert">{signOut.error.message}</p>}
      <Part title="You">
        <Facts
          facts={[
            ['Email address', person.email],
            ['Role', roles[person.role]],
            ['District', person.district?.name ?? 'All districts'],
            ['Times are shown in', zone],
          ]}
        />
      </Part>
      {own.error && <Trouble error={own.error} retry={() => void own.refetch()} />}
      {own.data && (
        <>
          <Part title="Password">
            <OwnPassword own={own.data} />
          </Part>
          <Part title="Second factor">
            <OwnSecondFactor own={own.data} />
          </Part>
          <Part title="Public keys for SFTP">
            <OwnKeys own={own.data} />
          </Part>
          <Part title="Other sessions">
            <EndOthers />
          </Part>
        </>
      )}
      <Part title="Colours">
        <fieldset className={css.choices}>
          <legend className="unseen">Colours</legend>
          {colours.map(({ value, name }) => (
            <label key={value}>
              <input
                type="radio"
                name="colours"
                checked={colorScheme === value}
                onChange={() => setColorScheme(value)}
              />
              {name}
            </label>
          ))}
        </fieldset>
      </Part>
    </Page>
  );
}

function EndOthers() {
  const end = useMutation({ mutationFn: api.endOtherSessions });
  return (
    <div className={css.others}>
      <Button variant="default" loading={end.isPending} onClick={() => end.mutate()}>
        Sign out everywhere else
      </Button>
      {end.data && <p role="status">Everything else is signed out, SFTP connections too.</p>}
      {end.error && <p role="alert">{end.error.message}</p>}
    </div>
  );
}
