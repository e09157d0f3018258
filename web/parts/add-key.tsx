/** Registering a public key. A private one that was pasted by mistake does not stay on the page. */

import { Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ActForm } from './act-form.tsx';

type NewKey = { key: string; name?: string };

export function AddKey(props: { add: (key: NewKey) => Promise<unknown>; onDone: () => unknown; onCancel: () => void }) {
  const [key, setKey] = useState('');
  const [name, setName] = useState('');
  const [asked, setAsked] = useState(false);
  const add = useMutation({
    mutationFn: () => props.add({ key, ...(name.trim() ? { name: name.trim() } : {}) }),
    onSuccess: props.onDone,
    // What was pasted is not kept on the page either when it was a private key.
    onError: () => setKey((text) => (/PRIVATE KEY|PuTTY-User-Key-File/.test(text) ? '' : text)),
  });
  return (
    <ActForm
      error={add.error}
      submit="Add the key"
      isBusy={add.isPending}
      onCancel={props.onCancel}
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
