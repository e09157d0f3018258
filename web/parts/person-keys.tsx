/** The public keys of somebody else, for whoever looks after them. */

import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queries } from '../api.ts';
import { type PersonRow, setUpApi } from '../set-up-api.ts';
import { AddKey } from './add-key.tsx';
import { KeyList } from './key-list.tsx';
import css from './own.module.css';
import { Trouble } from './page.tsx';

/** @param mayAdd the vendor may register a key that was sent to them. */
export function PersonKeys({ person: { id }, mayAdd }: { person: PersonRow; mayAdd: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const { data, error, refetch } = useQuery({ queryKey: ['people', id, 'keys'], queryFn: () => setUpApi.keys(id) });
  const reload = () => queries.invalidateQueries({ queryKey: ['people', id] });
  const remove = useMutation({ mutationFn: (key: string) => setUpApi.removeKey(id, key), onSuccess: reload });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  return (
    <div className={css.part}>
      {data?.keys.length === 0 && <p className="soft">No key is registered: they sign in with their password.</p>}
      {remove.error && <p role="alert">{remove.error.message}</p>}
      {data && data.keys.length > 0 && (
        <KeyList
          keys={data.keys}
          removing={remove.isPending ? remove.variables : undefined}
          onRemove={(key) => remove.mutate(key)}
        />
      )}
      {mayAdd &&
        (isOpen ? (
          <AddKey
            add={(key) => setUpApi.addKey(id, key)}
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
        ))}
    </div>
  );
}
