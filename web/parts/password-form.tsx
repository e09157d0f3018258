/** Signing in with email address and password, and a code where one is asked for. */

import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiTrouble, api, type Person } from '../api.ts';
import css from './door.module.css';
import { DoorTrouble } from './door.tsx';

/** @param known the address of whoever was signed in here until now. */
export function PasswordForm(props: { known?: string; onSignedIn: (answer: { person: Person }) => unknown }) {
  const [email, setEmail] = useState(props.known ?? '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asked, setAsked] = useState(false);
  const [asksCode, setAsksCode] = useState(false);
  const signIn = useMutation({
    mutationFn: () => api.signIn({ email, password, ...(asksCode ? { code } : {}) }),
    onSuccess: props.onSignedIn,
    onError: (error) => {
      setCode('');
      if (error instanceof ApiTrouble && error.code === 'second-factor') setAsksCode(true);
    },
  });
  const isFirstAsking = signIn.error instanceof ApiTrouble && signIn.error.code === 'second-factor';
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (email.trim() && password && (!asksCode || code.trim())) signIn.mutate();
  };
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      {signIn.error && !isFirstAsking && <DoorTrouble>{signIn.error.message}</DoorTrouble>}
      <TextInput
        label="Email address"
        type="email"
        name="email"
        autoComplete="username"
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
        error={asked && !email.trim() ? 'Enter your email address.' : undefined}
      />
      <PasswordInput
        label="Password"
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={asked && !password ? 'Enter your password.' : undefined}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password', 'aria-hidden': false, tabIndex: 0 }}
      />
      {asksCode && (
        <TextInput
          label="Code"
          description="Six digits from your authenticator app, or a recovery code."
          name="code"
          autoComplete="one-time-code"
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
      )}
      <Button type="submit" fullWidth loading={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
