/** One's own public keys: which there are, when each was last used, adding and removing one. */

import { Button, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type OwnAccount, queries } from '../api.ts';
import { moment } from '../words.ts';
import { ActForm } from './act-form.tsx';
import css from './own.module.css';

const reload = () => queries.invalidateQueries({ queryKey: ['account'] });

export function OwnKeys({ own }: { own: OwnAccount }) {
  const [isOpen, setOpen] = useState(false);
  const remove = useMutation({ mutationFn: (id: string) => api.removeKey(id), onSuccess: reload });
  return (
    <div className={css.part}>
      <p>
        With a key, scripts sign in over SFTP without a password. Two keys may stand side by side while you change one.
      </p>
      {remove.error && (
        <p className={css.trouble} role="alert">
          {remove.error.message}
        </p>
      )}
      {own.keys.length > 0 && (
        <ul className={css.keys}>
          {own.keys.map((key) => (
            <li key={key.id}>
              <div>
                <strong>{key.name}</strong> <span className="soft">{key.algorithm}</span>
                <div className={css.print}>{key.fingerprint}</div>
                <div className="small soft">
                  {key.lastUsedAt ? `Last used on ${moment(key.lastUsedAt)}` : 'Never used'}
                  {key.expiresAt && ` · ends on ${moment(key.expiresAt)}`}
                </div>
              </div>
              <Button
                variant="default"
                loading={remove.isPending && remove.variables === key.id}
                onClick={() => remove.mutate(key.id)}
                aria-label={`Remove the key ${key.name}`}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      {isOpen ? (
        <AddForm onDone={() => setOpen(false)} />
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          Add a key
        </Button>
      )}
    </div>
  );
}

function AddForm({ onDone }: { onDone: () => void }) {
  const [key, setKey] = useState('');
  const [name, setName] = useState('');
  const [asked, setAsked] = useState(false);
  const add = useMutation({
    mutationFn: () => api.addKey({ key, ...(name.trim() ? { name: name.trim() } : {}) }),
    onSuccess: async () => {
      await reload();
      onDone();
    },
    // What was pasted is not kept on the page either when it was a private key.
    onError: () => setKey((text) => (/PRIVATE KEY|PuTTY-User-Key-File/.test(text) ? '' : text)),
  });
  return (
    <ActForm
      error={add.error}
      submit="Add the key"
      isBusy={add.isPending}
      onCancel={onDone}
      onSubmit={() => {
        setAsked(true);
        if (key.trim()) add.mutate();
      }}
    >
      <Textarea
        label="Public key"
        description="The one line of the file that ends in .pub: ed25519, ecdsa, or rsa of 2,048 bits and more."
        name="key"
        rows={4}
        spellCheck={false}
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
        error={asked && !key.trim() && !add.error ? 'Paste a public key.' : undefined}
      />
      <TextInput
        label="Name"
        description="To know it again, for example: nightly export on the SIS server."
        name="name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </ActForm>
  );
}
