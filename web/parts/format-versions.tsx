/** The versions of a mapping, or of what a product changes: which counts, what another would do, and making it count. */

import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { queries } from '../api.ts';
import { type FormatVersionRow, formatApi, type KeptFormat } from '../format-api.ts';
import { ActForm } from './act-form.tsx';
import { Dialog } from './dialog.tsx';
import css from './format-versions.module.css';
import { type Column, ListTable } from './list-table.tsx';
import { Part } from './page.tsx';
import { TriedSources } from './tried-sources.tsx';
import { When } from './when.tsx';

export const versionsQuery = (of: KeptFormat) => ({
  queryKey: ['format-versions', of.format, of.product ?? ''],
  queryFn: () => formatApi.versions(of),
});

export function FormatVersions(props: {
  of: KeptFormat;
  /** The version that is looked at. */
  shown: number | undefined;
  to: (version: number) => string;
  empty: string;
}) {
  const { of, shown, to, empty } = props;
  const { data, error, refetch } = useQuery(versionsQuery(of));
  const [asked, setAsked] = useState<FormatVersionRow | null>(null);
  const columns: Column<FormatVersionRow>[] = [
    {
      head: 'Version',
      width: '7rem',
      place: 'first',
      strong: true,
      cell: ({ version }) =>
        version === shown ? (
          <span aria-current="true">
            {version} <span className="soft">shown</span>
          </span>
        ) : (
          <Link to={to(version)}>{version}</Link>
        ),
    },
    {
      head: 'State',
      width: '8rem',
      place: 'named',
      cell: ({ isUsed }) => (isUsed ? <strong>Counts</strong> : <span className="soft">Kept</span>),
    },
    { head: 'What is different', place: 'line', cell: ({ note }) => note || <span className="soft">not said</span> },
    {
      head: 'Made',
      width: '16rem',
      place: 'named',
      cell: ({ madeAt, madeBy }) => (
        <>
          <When at={madeAt} /> <span className="soft">by {madeBy}</span>
        </>
      ),
    },
    {
      head: 'Act',
      width: '10rem',
      number: true,
      cell: (row) => (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-label={`${row.isUsed ? 'Try' : 'Try and use'} version ${row.version}`}
          onClick={() => setAsked(row)}
        >
          {row.isUsed ? 'Try…' : 'Try and use…'}
        </Button>
      ),
    },
  ];
  return (
    <Part title="Versions" aside="A version that is kept changes nothing until it is used.">
      <ListTable
        caption="Versions, newest first"
        columns={columns}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={({ version }) => String(version)}
        empty={empty}
      />
      {asked && <UseDialog of={of} row={asked} onClose={() => setAsked(null)} />}
    </Part>
  );
}

/** What it would do to live rosters stands there before it can be made to count. */
function UseDialog({ of, row, onClose }: { of: KeptFormat; row: FormatVersionRow; onClose: () => void }) {
  const [isTried, setTried] = useState(false);
  const use = useMutation({
    mutationFn: () => formatApi.use({ ...of, version: row.version }),
    onSuccess: async () => {
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['format-versions'] }),
        queries.invalidateQueries({ queryKey: ['format-version'] }),
        queries.invalidateQueries({ queryKey: ['formats'] }),
      ]);
      onClose();
    },
  });
  return (
    <Dialog title={`What version ${row.version} would do`} onClose={onClose} isWide>
      <ActForm
        error={use.error}
        submit={`Use version ${row.version} from now on`}
        isBusy={use.isPending}
        isHidden={row.isUsed}
        isDisabled={!isTried}
        isWide
        onCancel={onClose}
        onSubmit={() => use.mutate()}
        note={isTried || row.isUsed ? undefined : 'What it would do is looked at first.'}
      >
        <p className={css.said}>
          {row.isUsed
            ? 'This version counts already. This is what it would make of the last delivery of each source now.'
            : 'The last delivery of each source is read by this version and compared with the live roster. Nothing is changed by that.'}
        </p>
        <TriedSources of={of} version={row.version} onDone={() => setTried(true)} />
      </ActForm>
    </Dialog>
  );
}
