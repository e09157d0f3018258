/** Stands before a page whose session has ended: what was typed on it stays, and signing in goes on with it. */

import { Button, Modal } from '@mantine/core';
import { useNavigate } from 'react-router';
import { type Person, providerAddress } from '../api.ts';
import { goOnAs, setPerson, usePerson } from '../person.ts';
import css from './dialog.module.css';
import { PasswordForm } from './password-form.tsx';

export function SignInAgain({ person }: { person: Person }) {
  const { provider, retry } = usePerson();
  const navigate = useNavigate();
  const enter = ({ person: now }: { person: Person }) => {
    if (now.email === person.email) return goOnAs(now);
    // Somebody else: nothing of what the one before saw or typed stays.
    setPerson(now);
    return navigate('/', { replace: true });
  };
  return (
    <Modal.Root opened onClose={() => undefined} closeOnEscape={false} closeOnClickOutside={false} centered>
      <Modal.Overlay />
      <Modal.Content radius="md">
        <Modal.Body>
          <div className={css.head}>
            <Modal.Title className={css.title ?? ''}>You are signed out</Modal.Title>
          </div>
          <div className={css.stack}>
            <p>Sign in to go on where you were. What you have typed is still here.</p>
            <PasswordForm known={person.email} onSignedIn={enter} />
            {provider && (
              <>
                <Button component="a" href={providerAddress('/account')} target="_blank" variant="default" fullWidth>
                  Sign in with {provider.name}, in another window
                </Button>
                <Button variant="subtle" fullWidth onClick={retry}>
                  I have signed in there
                </Button>
              </>
            )}
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
