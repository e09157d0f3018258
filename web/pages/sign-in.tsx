/** Signing in: by password, or by a link that works once and only when its button is pressed. */

import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { api, type Person } from '../api.ts';
import { paths, safeNext } from '../paths.ts';
import { setPerson } from '../person.ts';
import css from './sign-in.module.css';

export function SignIn() {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const token = search.get('token');
  const next = safeNext(search.get('next'));
  const enter = ({ person }: { person: Person }) => {
    setPerson(person);
    navigate(next, { replace: true });
  };
  const link = useMutation({ mutationFn: () => api.enterByLink(token ?? ''), onSuccess: enter });
  return (
    <main className={css.page}>
      <title>Sign in · Homeroom</title>
      <div className={css.box}>
        <p className={css.brand}>
          <img src="/mark.svg" alt="" width="28" height="28" />
          Homeroom
        </p>
        <h1>Sign in</h1>
        {token && !link.isError ? (
          <>
            <p>This link signs you in once. Press the button to use it.</p>
            <Button fullWidth loading={link.isPending} onClick={() => link.mutate()}>
              Sign in
            </Button>
          </>
        ) : (
          <>
            {link.error && (
              <p className={css.trouble} role="alert">
                {link.error.message}
              </p>
            )}
            {next !== '/' && !link.error && <p className="soft">Sign in to go on where you were.</p>}
            <PasswordForm onSignedIn={enter} />
          </>
        )}
        <p className={css.other}>
          <Link to={paths.tryFile()}>Check a file without signing in</Link>
        </p>
      </div>
    </main>
  );
}

function PasswordForm({ onSignedIn }: { onSignedIn: (answer: { person: Person }) => void }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [asked, setAsked] = useState(false);
  const signIn = useMutation({ mutationFn: () => api.signIn({ email, password }), onSuccess: onSignedIn });
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (email.trim() && password) signIn.mutate();
  };
  return (
    <form className={css.form} onSubmit={submit} noValidate>
      {signIn.error && (
        <p className={css.trouble} role="alert">
          {signIn.error.message}
        </p>
      )}
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
      <Button type="submit" fullWidth loading={signIn.isPending}>
        Sign in
      </Button>
    </form>
  );
}
