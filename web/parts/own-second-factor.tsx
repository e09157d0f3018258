/** One's own second factor: setting it up with an authenticator app, its recovery codes, and removing it. */

import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type OwnAccount, queries } from '../api.ts';
import { counted } from '../words.ts';
import { ActForm } from './act-form.tsx';
import css from './own.module.css';
import { QrPicture } from './qr-picture.tsx';

const reload = () => queries.invalidateQueries({ queryKey: ['account'] });

export function OwnSecondFactor({ own }: { own: OwnAccount }) {
  const [open, setOpen] = useState<'set up' | 'remove' | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const close = () => setOpen(null);
  if (codes) return <RecoveryCodes codes={codes} onDone={() => setCodes(null)} />;
  if (open === 'set up') {
    return (
      <SetUp
        onDone={(shown) => {
          setCodes(shown);
          close();
        }}
        onCancel={close}
      />
    );
  }
  if (open === 'remove') return <Remove onDone={close} />;
  return (
    <div className={css.part}>
      <p>
        {own.secondFactor
          ? `Signing in here asks for a code of your authenticator app. ${counted(own.secondFactor.recoveryCodesLeft, 'recovery code is', 'recovery codes are')} left.`
          : 'Signing in here asks for the password alone. With a second factor it also asks for a code of an app on your phone. SFTP never asks for one.'}
      </p>
      <Button
        variant="default"
        disabled={!own.password}
        onClick={() => setOpen(own.secondFactor ? 'remove' : 'set up')}
      >
        {own.secondFactor ? 'Remove the second factor' : 'Set up a second factor'}
      </Button>
    </div>
  );
}

function SetUp({ onDone, onCancel }: { onDone: (codes: string[]) => void; onCancel: () => void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const begin = useMutation({ mutationFn: () => api.beginSecondFactor(password) });
  const confirm = useMutation({
    mutationFn: () => api.confirmSecondFactor(code),
    onSuccess: async ({ recoveryCodes }) => {
      await reload();
      onDone(recoveryCodes);
    },
    onError: () => setCode(''),
  });
  const error = confirm.error ?? begin.error;
  return (
    <ActForm
      error={error}
      submit={begin.data ? 'Confirm' : 'Go on'}
      isBusy={begin.isPending || confirm.isPending}
      onCancel={onCancel}
      onSubmit={() => {
        if (begin.data) confirm.mutate();
        else if (password) begin.mutate();
      }}
    >
      {begin.data ? (
        <>
          <p>
            Point your authenticator app at this picture,{' '}
            <a className={css.link} href={begin.data.uri}>
              open it in the app on this device
            </a>
            , or type the secret into it.
          </p>
          <QrPicture text={begin.data.uri} name="The secret as a picture for your authenticator app" />
          <p className={css.print}>{(begin.data.secret.match(/.{1,4}/g) ?? []).join(' ')}</p>
          <TextInput
            label="Code that the app shows now"
            name="code"
            autoComplete="one-time-code"
            inputMode="numeric"
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        </>
      ) : (
        <PasswordInput
          label="Present password"
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      )}
    </ActForm>
  );
}

function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  return (
    <div className={css.part}>
      <p role="status">
        The second factor is set up. Keep these recovery codes: each lets you in once without the app. They are not
        shown again.
      </p>
      <ul className={css.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Button onClick={onDone}>I have kept them</Button>
    </div>
  );
}

function Remove({ onDone }: { onDone: () => void }) {
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const remove = useMutation({
    mutationFn: () => api.removeSecondFactor({ password, code }),
    onSuccess: async () => {
      await reload();
      onDone();
    },
  });
  return (
    <ActForm
      error={remove.error}
      submit="Remove the second factor"
      isBusy={remove.isPending}
      isDestructive
      onCancel={onDone}
      onSubmit={() => {
        if (password && code.trim()) remove.mutate();
      }}
    >
      <PasswordInput
        label="Present password"
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <TextInput
        label="Code of the app, or a recovery code"
        name="code"
        autoComplete="one-time-code"
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
    </ActForm>
  );
}
