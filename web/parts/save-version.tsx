/** Keeps what was entered as the next version, with a line that says what is different. */

import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { queries } from '../api.ts';
import { formatApi, type KeptFormat } from '../format-api.ts';
import { ActForm } from './act-form.tsx';
import { Dialog } from './dialog.tsx';

const namePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;

export function SaveVersion(props: {
  /** Undefined: a new mapping, which gets its name here. */
  of: KeptFormat | undefined;
  content: string;
  onClose: () => void;
  to: (version: number, name: string) => string;
}) {
  const { of, content, onClose, to } = props;
  const [given, setGiven] = useState('');
  const [note, setNote] = useState('');
  const [asked, setAsked] = useState(false);
  const navigate = useNavigate();
  const name = given.trim();
  const isNamed = of !== undefined || namePattern.test(name);
  const save = useMutation({
    mutationFn: () => {
      const words = note.trim() === '' ? {} : { note: note.trim() };
      return formatApi.add({ ...(of ?? { format: `mapping:${name}` }), content, ...words });
    },
    onSuccess: async ({ version }) => {
      await queries.invalidateQueries({ queryKey: ['format-versions'] });
      onClose();
      navigate(to(version, name));
    },
  });
  return (
    <Dialog title="Save as a version" onClose={onClose}>
      <ActForm
        error={save.error}
        submit="Save it"
        isBusy={save.isPending}
        isWide
        onCancel={onClose}
        onSubmit={() => {
          setAsked(true);
          if (isNamed) save.mutate();
        }}
      >
        <p>Nothing is read by it yet: you try it on the live roster first, and then use it.</p>
        {!of && (
          <TextInput
            label="Name"
            description="A source reads by it as mapping:NAME."
            value={given}
            onChange={(event) => setGiven(event.currentTarget.value)}
            error={asked && !isNamed ? 'Give it a name of small letters, digits and hyphens, such as lakeview.' : null}
            data-autofocus
          />
        )}
        <TextInput
          label="What is different"
          description="A line for whoever looks at the versions later."
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      </ActForm>
    </Dialog>
  );
}
