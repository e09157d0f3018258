/** The columns of one file as a product has them, and the dialog that changes one. */

import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { changedDeclaration, type FormatChanges } from '../../src/core/formats/changed.ts';
import type { Declaration, FileColumn } from '../../src/core/formats/declared/declaration.ts';
import type { PageColumn, PageFile } from '../../src/core/formats/pages.ts';
import { capital, counted } from '../words.ts';
import { ActForm } from './act-form.tsx';
import { Dialog } from './dialog.tsx';
import { type Column, ListTable } from './list-table.tsx';
import { Part } from './page.tsx';

type Props = {
  file: PageFile;
  /** As it is without changes. */
  declaration: Declaration;
  changes: FormatChanges;
  onChange: (changes: FormatChanges) => void;
};

type ColumnChange = NonNullable<FormatChanges['columns']>[string][string];

export function ChangeColumns({ file, declaration, changes, onChange }: Props) {
  const [open, setOpen] = useState<FileColumn | null>(null);
  const declared = declaration.files[file.id]?.columns ?? [];
  const own = changes.columns?.[file.id] ?? {};
  const rows = file.columns.map((shown, at) => ({ shown, column: declared[at] as FileColumn }));
  const columns: Column<(typeof rows)[number]>[] = [
    {
      head: 'Column',
      width: '14rem',
      place: 'first',
      cell: ({ shown, column }) => (
        <>
          <code>{shown.name}</code> {own[column.name] && <strong className="small">changed</strong>}
          {shown.name !== column.name && <div className="small soft">declared as {column.name}</div>}
        </>
      ),
    },
    {
      head: 'Also read',
      place: 'named',
      cell: ({ shown }) => shown.aliases.length > 0 && <span className="small">{shown.aliases.join(', ')}</span>,
    },
    { head: 'Needed', width: '7rem', place: 'named', cell: ({ shown }) => capital(shown.need) },
    {
      head: 'Values shown',
      width: '16rem',
      place: 'named',
      cell: ({ shown }) => shown.values.length > 0 && <span className="small">{shortList(shown)}</span>,
    },
    {
      head: 'Act',
      width: '7rem',
      number: true,
      cell: ({ column }) => (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-label={`Change ${column.name} of ${file.title}`}
          onClick={() => setOpen(column)}
        >
          Change…
        </Button>
      ),
    },
  ];
  return (
    <Part title={file.title} aside={`${file.name}; ${counted(Object.keys(own).length, 'column', 'columns')} changed`}>
      <ListTable
        caption={`Columns of ${file.title}`}
        columns={columns}
        list={{ rows, error: null, retry: () => undefined }}
        keyOf={({ column }) => column.name}
        empty=""
      />
      {open && (
        <ColumnDialog
          file={file}
          column={open}
          change={own[open.name]}
          onClose={() => setOpen(null)}
          onSave={(change) => {
            const made = withChange(changes, file.id, open.name, change);
            // What does not fit is said in the dialog, which stays open.
            changedDeclaration(declaration, made);
            onChange(made);
            setOpen(null);
          }}
        />
      )}
    </Part>
  );
}

const shortList = ({ values }: PageColumn): string =>
  values.length > 6 ? `${values.slice(0, 5).join(', ')} and ${values.length - 5} more` : values.join(', ');

function withChange(changes: FormatChanges, file: string, column: string, change: ColumnChange): FormatChanges {
  const { [column]: _, ...others } = changes.columns?.[file] ?? {};
  const own = Object.keys(change).length > 0 ? { ...others, [column]: change } : others;
  const { [file]: __, ...files } = changes.columns ?? {};
  const columns = Object.keys(own).length > 0 ? { ...files, [file]: own } : files;
  const { columns: ___, ...rest } = changes;
  return Object.keys(columns).length > 0 ? { ...rest, columns } : rest;
}

function ColumnDialog(props: {
  file: PageFile;
  column: FileColumn;
  change: ColumnChange | undefined;
  onClose: () => void;
  /** Throws when it does not fit. */
  onSave: (change: ColumnChange) => void;
}) {
  const { file, column, change, onClose, onSave } = props;
  const { aliases: declaredAliases = [], values: declaredValues = [] } = column;
  const [name, setName] = useState(change?.name ?? column.name);
  const [aliases, setAliases] = useState((change?.aliases ?? declaredAliases).join(', '));
  const [need, setNeed] = useState(change?.need ?? column.need);
  const [values, setValues] = useState((change?.values ?? declaredValues).join(', '));
  const [help, setHelp] = useState(change?.help ?? column.help);
  const [error, setError] = useState<Error | null>(null);
  const save = (made: ColumnChange) => {
    try {
      onSave(made);
    } catch (fault) {
      setError(fault as Error);
    }
  };
  const differs = (text: string, declared: readonly string[]) => wordsOf(text).join('|') !== declared.join('|');
  return (
    <Dialog title={`${column.name} of ${file.title}`} onClose={onClose}>
      <ActForm
        error={error}
        submit="Change it"
        isBusy={false}
        isWide
        onCancel={onClose}
        more={
          change && (
            <Button variant="subtle" color="gray" onClick={() => save({})}>
              As it is declared
            </Button>
          )
        }
        onSubmit={() =>
          save({
            ...(name.trim() !== '' && name.trim() !== column.name ? { name: name.trim() } : {}),
            ...(differs(aliases, declaredAliases) ? { aliases: wordsOf(aliases) } : {}),
            ...(need === column.need ? {} : { need }),
            ...(differs(values, declaredValues) && wordsOf(values).length > 0 ? { values: wordsOf(values) } : {}),
            ...(help.trim() === column.help ? {} : { help: help.trim() }),
          })
        }
      >
        <TextInput
          label="Name"
          description={`Templates and pages have it. ${column.name} is read too.`}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label="Other names that are read"
          description="With commas between them. Capitals, spaces and the signs _ - * do not count."
          value={aliases}
          onChange={(event) => setAliases(event.currentTarget.value)}
        />
        <NativeSelect
          label="Needed"
          value={need}
          onChange={(event) => setNeed(event.currentTarget.value as FileColumn['need'])}
          data={[
            { value: 'required', label: 'Required: a row without it is left out' },
            { value: 'optional', label: 'Optional' },
          ]}
        />
        <Textarea
          label="Values shown"
          description="What pages and templates say that it may hold, with commas between them. Which words are read stands in the lists below."
          autosize
          value={values}
          onChange={(event) => setValues(event.currentTarget.value)}
        />
        <TextInput label="Help" value={help} onChange={(event) => setHelp(event.currentTarget.value)} />
      </ActForm>
    </Dialog>
  );
}

const wordsOf = (text: string): string[] =>
  text
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== '');
