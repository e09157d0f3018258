/** Where the link of an invitation or a reset leads: whose password it is, its rules as one types, and what to do when it has ended. */

import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { passwordFault } from '../../src/core/password-rules.ts';
import { ApiTrouble, api } from '../api.ts';
import css from '../parts/door.module.css';
import { Door, DoorTrouble } from '../parts/door.tsx';
import { NewPassword } from '../parts/new-password.tsx';
import { paths } from '../paths.ts';
import { setPerson } from '../person.ts';

export function SetPassword() {
  const [search] = useSearchParams();
  const token = search.get('token') ?? '';
  const link = useQuery({
    queryKey: ['password-link', token],
    queryFn: () => api.lookAtLink(token),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnMount: false,
  });
  if (link.error) return <Ended error={link.error} retry={() => void link.refetch()} />;
  if (!link.data) return null;
  return <Chosen token={token} email={link.data.email} isNew={link.data.purpose === 'invitation'} />;
}

function Chosen({ token, email, isNew }: { token: string; email: string; isNew: boolean }) {
  const [password, setPassword] = useState('');
  const [asked, setAsked] = useState(false);
  const navigate = useNavigate();
  const set = useMutation({
    mutationFn: () => api.setPassword(token, password),
    onSuccess: ({ person }) => {
      if (person) setPerson(person);
      navigate(person ? paths.overview() : paths.signIn(), { replace: true });
    },
  });
  const fault = passwordFault(password, email);
  const ended = set.error instanceof ApiTrouble && set.error.status === 410;
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (!fault) set.mutate();
  };
  if (ended && set.error) return <Ended error={set.error} retry={() => set.mutate()} />;
  return (
    <Door title={isNew ? 'Set your password' : 'Set a new password'}>
      <p>
        {isNew
          ? 'With it and your address you sign in here, and over SFTP.'
          : 'The password of before ends, and everything that is signed in with it.'}
      </p>
      <form className={css.form} onSubmit={submit} noValidate>
        {set.error && <DoorTrouble>{set.error.message}</DoorTrouble>}
        <TextInput label="Email address" name="email" autoComplete="username" value={email} readOnly />
        <NewPassword
          label="Password"
          email={email}
          value={password}
          onChange={setPassword}
          error={asked && fault ? 'This password cannot be used yet: see below.' : undefined}
        />
        <Button type="submit" fullWidth loading={set.isPending}>
          Set the password
        </Button>
      </form>
    </Door>
  );
}

/** A link that ended says why, and a new one is one step away; what only failed can be tried again. */
function Ended({ error, retry }: { error: Error; retry: () => void }) {
  const isEnded = error instanceof ApiTrouble && error.status === 410;
  return (
    <Door title={isEnded ? 'This link has ended' : 'This link cannot be looked at'}>
      <DoorTrouble>{error.message}</DoorTrouble>
      {isEnded ? (
        <AskForLink />
      ) : (
        <Button variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Door>
  );
}

/** Asks for a mail with a new link; what is answered tells nobody whether there is such an account. */
export function AskForLink() {
  const [email, setEmail] = useState('');
  const [asked, setAsked] = useState(false);
  const ask = useMutation({ mutationFn: () => api.askReset(email) });
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (email.trim()) ask.mutate();
  };
  if (ask.data) return <p role="status">{ask.data.message}</p>;
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      {ask.error && <DoorTrouble>{ask.error.message}</DoorTrouble>}
      <TextInput
        label="Email address"
        type="email"
        name="email"
        autoComplete="username"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        error={asked && !email.trim() ? 'Enter your email address.' : undefined}
      />
      <Button type="submit" fullWidth loading={ask.isPending}>
        Send me a new link
      </Button>
    </form>
  );
}
