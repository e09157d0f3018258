/** Rolling a sync back, alone or with all that came after it: what that would change now, and the dialog that asks. */

import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Radio.layer.css';
import '@mantine/core/styles/Stack.layer.css';
import { Radio, Skeleton, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { api, queries } from '../api.ts';
import { useKept } from '../kept.ts';
import { paths } from '../paths.ts';
import { counted, plain } from '../words.ts';
import { AskDialog } from './ask-dialog.tsx';
import { UndoCounts } from './undo-counts.tsx';

/** @param back what is chosen first: the roster as it was before this sync, with all later ones undone. */
export function RollBackDialog(props: {
  sync: { id: string; number: number; state: string };
  back?: boolean;
  onClose: () => void;
}) {
  const { sync, onClose } = props;
  const isGone = sync.state === 'rolled back';
  const [back, setBack] = useKept(`roll back ${sync.id} back`, props.back ?? isGone);
  const [reason, setReason] = useKept(`roll back ${sync.id} reason`, '');
  const navigate = useNavigate();
  const preview = useQuery({
    queryKey: ['rollback', sync.id, back],
    queryFn: () => api.previewRollback(sync.id, back),
    gcTime: 0,
  });
  const counts = preview.data?.counts;
  const roll = useMutation({
    mutationFn: () => {
      if (!counts) throw new Error('The counts are not there yet.');
      return api.rollBack(sync.id, { back, counts, ...(reason ? { reason } : {}) });
    },
    onSuccess: async (added) => {
      await queries.invalidateQueries();
      onClose();
      await navigate(paths.sync(added.sync));
    },
    onError: () => preview.refetch(),
  });
  const all = counts ? counts.added + counts.changed + counts.removed : 0;
  return (
    <AskDialog
      title={back ? `Back to how it was before sync ${plain(sync.number)}?` : `Roll back sync ${plain(sync.number)}?`}
      confirm={counts ? `Roll back ${counted(all, 'record', 'records')}` : 'Roll back'}
      isPending={roll.isPending}
      cannot={counts === undefined ? '' : all === 0 ? 'There is nothing that it would change.' : undefined}
      error={roll.error ?? preview.error}
      reason={{ value: reason, set: setReason, help: 'Stands in the history of the rollback.' }}
      onConfirm={() => roll.mutate()}
      onClose={onClose}
    >
      {!isGone && (
        <Radio.Group
          label="What is undone"
          value={back ? 'back' : 'one'}
          onChange={(value) => {
            roll.reset();
            setBack(value === 'back');
          }}
        >
          <Stack gap="xs" mt="xs">
            <Radio
              value="one"
              label="This sync alone"
              description="What later ones or people have changed since stays."
            />
            <Radio
              value="back"
              label={`All since, back to how it was before sync ${plain(sync.number)}`}
              description="This sync and everything that was applied after it."
            />
          </Stack>
        </Radio.Group>
      )}
      {preview.data ? (
        <UndoCounts preview={preview.data} />
      ) : (
        !preview.error && (
          <div role="status">
            <span className="unseen">Working out what this would change</span>
            <Skeleton height={72} />
          </div>
        )
      )}
      <p className="soft small">It is a sync of its own: it stands in the history, and can be rolled back too.</p>
    </AskDialog>
  );
}
