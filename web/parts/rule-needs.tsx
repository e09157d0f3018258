/** Which files and columns of OneRoster a product needs, file by file, beside what the standard asks for anyway. */

import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { columnWords } from '../../src/core/column-words.ts';
import type { ProductColumn } from '../../src/core/profiles/product.ts';
import { confidenceWords } from '../../src/core/profiles/words.ts';
import { columnsOf, fileOf, type Kind, tableOf } from '../../src/core/tables.ts';
import type { RuleForm } from '../rule-form.ts';
import { type Column, ListTable } from './list-table.tsx';
import { Part } from './page.tsx';
import css from './rule-fields.module.css';
import type { RuleFieldsProps } from './rule-fields.tsx';

const needs: { value: ProductColumn['need']; label: string }[] = [
  { value: 'required', label: 'Needed' },
  { value: 'optional', label: 'Used where it is filled' },
  { value: 'not used', label: 'Not used' },
];
type Need = ProductColumn['need'];
const whose = { everyone: '', students: 'of students', educators: 'of teachers and administrators' };

/** A column that the standard asks for in every version that has it. */
const isStandard = ({ kind, field }: ProductColumn): boolean =>
  tableOf(kind).versions.every(
    (version) => !columnsOf(kind, version).includes(field) || columnWords(kind, field, version).requiredBy !== null,
  );

export function RuleNeeds({ declared, form, onChange }: RuleFieldsProps) {
  const kinds = [...new Set(declared.columns.map(({ kind }) => kind))];
  const [kind, setKind] = useState<Kind>('users');
  const rows = declared.columns.filter((column) => column.kind === kind);
  const file = fileOf(kind);
  return (
    <Part title="What is needed of OneRoster">
      <div className={css.grid}>
        <NativeSelect
          label="File"
          value={kind}
          onChange={(event) => setKind(event.currentTarget.value as Kind)}
          data={kinds.map((each) => ({ value: each, label: fileOf(each) }))}
        />
        <NativeSelect
          label={`Whether ${file} is needed`}
          value={form.files[kind] ?? 'not used'}
          onChange={(event) => onChange({ files: { ...form.files, [kind]: event.currentTarget.value as Need } })}
          data={needs}
        />
      </div>
      <ListTable
        caption={`Columns of ${file}, and whether they are needed`}
        columns={columnsFor(form, onChange)}
        list={{ rows, error: null, retry: () => undefined }}
        keyOf={({ field }) => `${kind} ${field}`}
        empty=""
      />
    </Part>
  );
}

function columnsFor(form: RuleForm, onChange: RuleFieldsProps['onChange']): Column<ProductColumn>[] {
  return [
    {
      head: 'Column',
      width: '14rem',
      place: 'first',
      cell: ({ kind, field, need }) => (
        <>
          <code>{field}</code> {form.columns[`${kind} ${field}`] !== need && <strong className="small">changed</strong>}
        </>
      ),
    },
    { head: 'What for', place: 'line', cell: ({ use }) => use },
    {
      head: 'How it is known',
      width: '13rem',
      place: 'named',
      cell: ({ confidence }) => <span className="soft">{confidenceWords[confidence]}</span>,
    },
    {
      head: 'Needed',
      width: '15rem',
      place: 'named',
      cell: (column) => {
        const { kind, field, who = 'everyone' } = column;
        if (isStandard(column)) return <span className="soft">The standard asks for it</span>;
        const key = `${kind} ${field}`;
        return (
          <>
            <NativeSelect
              size="xs"
              aria-label={`Whether ${field} of ${fileOf(kind)} is needed`}
              value={form.columns[key] ?? 'optional'}
              onChange={(event) => onChange({ columns: { ...form.columns, [key]: event.currentTarget.value as Need } })}
              data={needs}
            />
            {whose[who] && <div className="small soft">{whose[who]}</div>}
          </>
        );
      },
    },
  ];
}
