/** The step between two school years: what it would do to the roster, shown before it is done. */

import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Radio.layer.css';
import '@mantine/core/styles/Stack.layer.css';
import { Button, Radio, Skeleton, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { queries, type UndoPreview } from '../api.ts';
import { useKept } from '../kept.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import { CountsTable } from '../parts/counts-table.tsx';
import { Part, Trouble } from '../parts/page.tsx';
import { SourceFrame } from '../parts/source-frame.tsx';
import { UndoCounts } from '../parts/undo-counts.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import type { SourceSettings } from '../set-up-api.ts';
import { sourceApi, type Variant } from '../source-api.ts';
import { counted, plain } from '../words.ts';
import css from './year-reset.module.css';

const variants: Record<Variant, { label: string; about: string }> = {
  literacy: {
    label: 'Pupils stay and move up a grade',
    about:
      'As for Literacy: classes and enrollments leave, pupils are kept one grade on, and those of the 12th grade leave.',
  },
  math: {
    label: 'Pupils leave',
    about:
      'As for Math: classes, enrollments, pupils and their parents leave. Staff, schools, courses and terms are kept.',
  },
};

export function YearReset() {
  const { id = '' } = useParams();
  return (
    <SourceFrame
      id={id}
      at="new year"
      part="New school year"
      sentence="Takes last year's classes out of the roster before the new ones come. Nothing happens by itself."
    >
      {(facts) => <Reset facts={facts} />}
    </SourceFrame>
  );
}

function Reset({ facts: { source, product } }: { facts: SourceSettings }) {
  const { person } = usePerson();
  const [search, setSearch] = useSearchParams();
  const usual: Variant = product.slug.includes('math') ? 'math' : 'literacy';
  const asked = search.get('variant');
  const variant: Variant = asked === 'math' || asked === 'literacy' ? asked : usual;
  const [isAsking, setAsking] = useKept(`reset ${source.id}`, false);
  const isVendor = person?.role === 'owner' || person?.role === 'operator';
  const { data, error, refetch } = useQuery({
    queryKey: ['year reset', source.id, variant],
    queryFn: () => sourceApi.previewReset(source.id, variant),
    enabled: isVendor,
    gcTime: 0,
  });
  if (!isVendor) return <p>Your vendor resets rosters between two school years.</p>;
  const all = data ? data.counts.added + data.counts.changed + data.counts.removed : 0;
  return (
    <>
      <Part title="What becomes of the pupils">
        <Radio.Group
          aria-label="What becomes of the pupils"
          value={variant}
          onChange={(value) => setSearch({ variant: value }, { replace: true, preventScrollReset: true })}
        >
          <Stack gap="xs">
            {(Object.keys(variants) as Variant[]).map((each) => (
              <Radio key={each} value={each} label={variants[each].label} description={variants[each].about} />
            ))}
          </Stack>
        </Radio.Group>
      </Part>
      <Part title="What it would do now">
        {error && !data && <Trouble error={error} retry={() => void refetch()} />}
        {!error && !data && (
          <div role="status">
            <span className="unseen">Working out what this would change</span>
            <Skeleton height={120} />
          </div>
        )}
        {data && <Preview preview={data} />}
        <ul className={css.notes}>
          <li>What people have added by hand stays as it is.</li>
          <li>
            Who leaves is archived, kept for 90 days, and comes back with their history when the SIS sends them again.
          </li>
          <li>The first delivery of each source afterwards waits for a person.</li>
          <li>It is a sync of its own, and can be rolled back.</li>
        </ul>
        {data && all > 0 && (
          <div>
            <Button variant="default" onClick={() => setAsking(true)}>
              Reset {counted(all, 'record', 'records')}…
            </Button>
          </div>
        )}
      </Part>
      {isAsking && data && (
        <ResetDialog
          id={source.id}
          variant={variant}
          preview={data}
          again={() => void refetch()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function Preview({ preview }: { preview: UndoPreview }) {
  const schools = new Map<string, { kind: string; name: string; added: number; changed: number; removed: number }>();
  for (const { school, name, archive, added = 0, changed = 0 } of preview.schools) {
    const known = schools.get(school) ?? { kind: school, name: name ?? school, added: 0, changed: 0, removed: 0 };
    schools.set(school, {
      ...known,
      added: known.added + added,
      changed: known.changed + changed,
      removed: known.removed + archive,
    });
  }
  return (
    <div className={css.preview}>
      <UndoCounts preview={preview} />
      {schools.size > 0 && (
        <details>
          <summary>By school: {plain(schools.size)}</summary>
          <CountsTable
            caption="Records that it would add, change and remove, by school"
            head="School"
            kinds={[...schools.values()]}
            nameOf={({ name }) => name}
            columns={[
              { head: 'Added', count: (row) => row.added },
              { head: 'Changed', count: (row) => row.changed },
              { head: 'Removed', count: (row) => row.removed },
            ]}
          />
        </details>
      )}
    </div>
  );
}

function ResetDialog(props: {
  id: string;
  variant: Variant;
  preview: UndoPreview;
  again: () => void;
  onClose: () => void;
}) {
  const { id, variant, preview, again, onClose } = props;
  const [reason, setReason] = useKept(`reset ${id} reason`, '');
  const navigate = useNavigate();
  const { counts } = preview;
  const reset = useMutation({
    mutationFn: () => sourceApi.resetYear(id, { variant, counts, ...(reason ? { reason } : {}) }),
    onSuccess: async (added) => {
      await queries.invalidateQueries();
      onClose();
      await navigate(paths.sync(added.sync));
    },
    onError: again,
  });
  const all = counts.added + counts.changed + counts.removed;
  return (
    <AskDialog
      title="Reset the roster for the new school year?"
      confirm={`Reset ${counted(all, 'record', 'records')}`}
      isPending={reset.isPending}
      error={reset.error}
      reason={{ value: reason, set: setReason, help: 'Stands in the history of this reset.' }}
      onConfirm={() => reset.mutate()}
      onClose={onClose}
    >
      <p>
        {counted(counts.removed, 'record leaves', 'records leave')} the roster, {plain(counts.changed)} change,{' '}
        {plain(counts.added)} are added.
      </p>
    </AskDialog>
  );
}
