/** Signing in: by password (and a code), by the vendor's provider, or by a link that works once when its button is pressed. */

import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearchParams } from 'react-router';
import { api, type Person, providerAddress } from '../api.ts';
import { Door, DoorTrouble } from '../parts/door.tsx';
import { PasswordForm } from '../parts/password-form.tsx';
import { paths, safeNext } from '../paths.ts';
import { setPerson, usePerson } from '../person.ts';

/** Why the browser came back from the provider without being let in. */
const refusals: Record<string, string> = {
  'provider-unknown':
    'The provider knows you, but there is no account for you here. Ask an owner of this Homeroom to invite you.',
  'provider-unverified': 'The provider has not verified your email address. Have that done there, then try again.',
  'provider-denied': 'The provider did not let you in, or you went back.',
  'provider-expired': 'That sign-in was begun elsewhere or too long ago. Begin it again.',
  'provider-unreachable': 'The provider did not answer. Try again in a minute, or sign in with your password.',
};
const otherRefusal = 'The sign-in with the provider did not work. Begin it again, or sign in with your password.';

export function SignIn() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const { provider } = usePerson();
  const token = search.get('token');
  const next = safeNext(search.get('next'));
  const refused = search.get('refused');
  const enter = ({ person }: { person: Person }) => {
    setPerson(person);
    navigate(next, { replace: true });
  };
  const link = useMutation({ mutationFn: () => api.enterByLink(token ?? ''), onSuccess: enter });
  const isLink = token !== null && !link.isError;
  return (
    <Door
      title="Sign in"
      other={[
        ...(isLink ? [] : [{ to: paths.forgotPassword(), name: 'Forgot the password?' }]),
        { to: paths.tryFile(), name: 'Check a file without signing in' },
      ]}
    >
      {isLink ? (
        <>
          <p>This link signs you in once. Press the button to use it.</p>
          <Button fullWidth loading={link.isPending} onClick={() => link.mutate()}>
            Sign in
          </Button>
        </>
      ) : (
        <>
          {link.error && <DoorTrouble>{link.error.message}</DoorTrouble>}
          {refused && <DoorTrouble>{refusals[refused] ?? otherRefusal}</DoorTrouble>}
          {next !== '/' && !link.error && <p className="soft">Sign in to go on where you were.</p>}
          <PasswordForm onSignedIn={enter} />
          {provider && (
            <Button component="a" href={providerAddress(next)} variant="default" fullWidth>
              Sign in with {provider.name}
            </Button>
          )}
        </>
      )}
    </Door>
  );
}
