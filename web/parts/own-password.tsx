/** Changing one's own password, with a time in which scripts may still send the one of before. */

import { Button, NativeSelect, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { passwordFault } from '../../src/core/password-rules.ts';
import { api, type OwnAccount, queries } from '../api.ts';
import { moment } from '../words.ts';
import { ActForm } from './act-form.tsx';
import { NewPassword } from './new-password.tsx';
import css from './own.module.css';

const overlaps = [
  { value: '0', label: 'ends now' },
  { value: '24', label: 'is good for one more day' },
  { value: '168', label: 'is good for one more week' },
  { value: '336', label: 'is good for two more weeks' },
];

export function OwnPassword({ own }: { own: OwnAccount }) {
  const [isOpen, setOpen] = useState(false);
  const former = own.password?.former;
  if (!own.password) return <p>You have no password: you sign in with the provider.</p>;
  return (
    <div className={css.part}>
      <p>
        {own.password.setAt ? `Set on ${moment(own.password.setAt)}.` : 'Set before this was noted.'}{' '}
        {own.password.usedAt ? `Last used on ${moment(own.password.usedAt)}.` : 'Not used since.'}
      </p>
      {former && Date.parse(former.until) > Date.now() && (
        <p>
          Over SFTP the password of before is good until {moment(former.until)};{' '}
          {former.usedAt ? `last used on ${moment(former.usedAt)}` : 'not used since'}.
        </p>
      )}
      {isOpen ? (
        <ChangeForm email={own.email} onDone={() => setOpen(false)} />
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          Change the password
        </Button>
      )}
    </div>
  );
}

function ChangeForm({ email, onDone }: { email: string; onDone: () => void }) {
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [overlap, setOverlap] = useState('0');
  const [asked, setAsked] = useState(false);
  const change = useMutation({
    mutationFn: () => api.changePassword({ current, password, overlapHours: Number(overlap) }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['account'] });
      onDone();
    },
  });
  const fault = passwordFault(password, email);
  return (
    <ActForm
      error={change.error}
      submit="Change the password"
      isBusy={change.isPending}
      onCancel={onDone}
      onSubmit={() => {
        setAsked(true);
        if (current && !fault) change.mutate();
      }}
    >
      <PasswordInput
        label="Present password"
        name="password"
        autoComplete="current-password"
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
        error={asked && !current ? 'Enter your present password.' : undefined}
      />
      <NewPassword
        label="New password"
        email={email}
        value={password}
        onChange={setPassword}
        error={asked && fault ? 'This password cannot be used yet: see below.' : undefined}
      />
      <NativeSelect
        label="Over SFTP, the present password"
        description="For scripts that you cannot all change at once. It never lets anybody in here again."
        data={overlaps}
        value={overlap}
        onChange={(event) => setOverlap(event.currentTarget.value)}
      />
    </ActForm>
  );
}
