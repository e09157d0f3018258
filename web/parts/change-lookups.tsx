/** The words that a format takes for values, as a product has them, and the dialog that changes a list. */

import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { FormatChanges } from '../../src/core/formats/changed.ts';
import type { Declaration, Lookup } from '../../src/core/formats/declared/declaration.ts';
import { lookupOf } from '../lookup-text.ts';
import { capital, counted } from '../words.ts';
import { ActForm } from './act-form.tsx';
import { Dialog } from './dialog.tsx';
import { type Column, ListTable } from './list-table.tsx';
import { Part } from './page.tsx';

type Row = { name: string; table: Lookup; own: Lookup };

export function ChangeLookups(props: {
  declaration: Declaration;
  made: Declaration;
  changes: FormatChanges;
  onChange: (changes: FormatChanges) => void;
}) {
  const { made, changes, onChange } = props;
  const [open, setOpen] = useState<Row | null>(null);
  const rows: Row[] = Object.entries(made.lookups ?? {}).map(([name, table]) => ({
    name,
    table,
    own: changes.lookups?.[name] ?? {},
  }));
  if (rows.length === 0) return null;
  const columns: Column<Row>[] = [
    { head: 'List', width: '10rem', place: 'first', cell: ({ name }) => <strong>{titleOf(name)}</strong> },
    {
      head: 'Words and what they become',
      place: 'line',
      cell: ({ table }) => <span className="small">{wordsIn(table)}</span>,
    },
    {
      head: 'Changed',
      width: '9rem',
      place: 'named',
      cell: ({ own }) => {
        const count = Object.keys(own).length;
        return count > 0 ? <strong>{counted(count, 'word', 'words')}</strong> : <span className="soft">nothing</span>;
      },
    },
    {
      head: 'Act',
      width: '7rem',
      number: true,
      cell: (row) => (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-label={`Change the list ${titleOf(row.name)}`}
          onClick={() => setOpen(row)}
        >
          Change…
        </Button>
      ),
    },
  ];
  return (
    <Part title="Lists of values" aside="Capitals and double spaces do not count.">
      <ListTable
        caption="Lists of values"
        columns={columns}
        list={{ rows, error: null, retry: () => undefined }}
        keyOf={({ name }) => name}
        empty=""
      />
      {open && (
        <LookupDialog
          row={open}
          onClose={() => setOpen(null)}
          onSave={(own) => {
            const { [open.name]: _, ...others } = changes.lookups ?? {};
            const lookups = Object.keys(own).length > 0 ? { ...others, [open.name]: own } : others;
            const { lookups: __, ...rest } = changes;
            onChange(Object.keys(lookups).length > 0 ? { ...rest, lookups } : rest);
            setOpen(null);
          }}
        />
      )}
    </Part>
  );
}

const titleOf = (name: string): string => capital(name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`));

/** By what they become: `PK: pk, prek, -2`. */
function wordsIn(table: Lookup): string {
  const byValue = new Map<string, string[]>();
  for (const [word, value] of Object.entries(table)) {
    const key = value ?? 'not taken';
    byValue.set(key, [...(byValue.get(key) ?? []), word]);
  }
  const all = [...byValue].map(([value, words]) => `${value}: ${words.slice(0, 3).join(', ')}`);
  return all.length > 8 ? `${all.slice(0, 7).join('; ')}; and ${all.length - 7} more` : all.join('; ');
}

function LookupDialog({ row, onClose, onSave }: { row: Row; onClose: () => void; onSave: (own: Lookup) => void }) {
  const { name, table, own } = row;
  const [text, setText] = useState(
    Object.entries(own)
      .map(([word, value]) => `${word} = ${value ?? ''}`)
      .join('\n'),
  );
  const [error, setError] = useState<Error | null>(null);
  const known = [...new Set(Object.values(table).filter((value) => value !== null))];
  return (
    <Dialog title={`Words of ${titleOf(name)}`} onClose={onClose}>
      <ActForm
        error={error}
        submit="Change it"
        isBusy={false}
        isWide
        onCancel={onClose}
        onSubmit={() => {
          try {
            onSave(lookupOf(text));
          } catch (fault) {
            setError(fault as Error);
          }
        }}
      >
        <p>
          Values: <span className="soft">{known.slice(0, 40).join(', ')}</span>
        </p>
        <Textarea
          label="Words of this product"
          description="One in a line, with what it becomes: reception = PK. With nothing after the sign it is not taken any more."
          autosize
          minRows={5}
          maxRows={16}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          data-autofocus
        />
      </ActForm>
    </Dialog>
  );
}
