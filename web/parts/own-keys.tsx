/** One's own public keys: which there are, when each was last used, adding and removing one. */

import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type OwnAccount, queries } from '../api.ts';
import { AddKey } from './add-key.tsx';
import { KeyList } from './key-list.tsx';
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
        <KeyList
          keys={own.keys}
          removing={remove.isPending ? remove.variables : undefined}
          onRemove={(id) => remove.mutate(id)}
        />
      )}
      {isOpen ? (
        <AddKey
          add={api.addKey}
          onDone={async () => {
            await reload();
            setOpen(false);
          }}
          onCancel={() => setOpen(false)}
        />
      ) : (
        <Button variant="default" onClick={() => setOpen(true)}>
          Add a key
        </Button>
      )}
    </div>
  );
}
