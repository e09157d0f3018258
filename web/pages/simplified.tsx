/** One school from two workbooks, once: chosen, looked at, and then added whole or not at all. */

import { Button, NativeSelect } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { Link, useParams } from 'react-router';
import { api, queries } from '../api.ts';
import type { Chosen } from '../check/dropped.ts';
import { type AddedSchool, formatApi } from '../format-api.ts';
import { CountsTable } from '../parts/counts-table.tsx';
import { DropArea, useDrop } from '../parts/drop-area.tsx';
import { ListWaiting } from '../parts/list-table.tsx';
import { NotForViewers } from '../parts/not-for-viewers.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { TemplateButton } from '../parts/template-button.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { setUpApi } from '../set-up-api.ts';
import { counted, plain, size } from '../words.ts';
import css from './simplified.module.css';

export function Simplified() {
  const { id = '' } = useParams();
  const { person } = usePerson();
  const district = useQuery({ queryKey: ['district', id], queryFn: () => api.district(id) });
  const products = useQuery({ queryKey: ['products'], queryFn: setUpApi.products });
  const [chosenProduct, setProduct] = useState<string>();
  const [chosen, setChosen] = useState<Chosen>();
  const add = useMutation({
    mutationFn: (isTrial: boolean) =>
      formatApi.addSimplified(id, { product: product?.slug ?? '', files: chosen?.files ?? [], isTrial }),
  });
  const product = products.data?.rows.find(({ slug }) => slug === chosenProduct) ?? products.data?.rows[0];
  const { reset } = add;
  const take = useCallback(
    (given: Chosen) => {
      setChosen(given);
      reset();
    },
    [reset],
  );
  const over = useDrop(take);
  const error = district.error ?? products.error;
  if (error && !(district.data && products.data))
    return <Trouble error={error} retry={() => void district.refetch()} />;
  if (!district.data || !products.data) return <ListWaiting />;
  const { name } = district.data;
  const crumbs = [
    ...(person?.district ? [] : [{ name: 'Districts', to: paths.districts() }]),
    { name, to: paths.district(id) },
    { name: 'Add a school from workbooks' },
  ];
  if (person?.role === 'viewer') return <NotForViewers title="Add a school from workbooks" />;
  const isAdded = add.isSuccess && add.variables === false;
  return (
    <div data-over={over || undefined}>
      <Page
        title="Add a school from workbooks"
        crumbs={crumbs}
        sentence="For one school, for one time: its educators and its students. They are your own records afterwards: no delivery changes or removes them."
      >
        {isAdded ? (
          <Done added={add.data} onMore={() => take({ files: [], name: '' })} districtId={id} />
        ) : (
          <>
            <div className={css.choices}>
              <NativeSelect
                label="Product"
                value={product?.slug ?? ''}
                onChange={(event) => {
                  setProduct(event.currentTarget.value);
                  reset();
                }}
                data={products.data.rows.map((row) => ({ value: row.slug, label: row.name }))}
              />
              <TemplateButton
                format={product?.profile === 'math' ? 'simplified-math' : 'simplified-literacy'}
                product={product?.slug}
                takesOrgs={false}
                isOneRoster={false}
              />
            </div>
            {!chosen || chosen.files.length === 0 ? (
              <DropArea
                lead="Drop the two workbooks here"
                about="Educators.xlsx and Students.xlsx, or a zip with both"
                onChosen={take}
              />
            ) : (
              <Part title="What you have chosen">
                <ul className={css.files}>
                  {chosen.files.map((file) => (
                    <li key={file.name}>
                      {file.name} <span className="soft">{size(file.size)}</span>
                    </li>
                  ))}
                </ul>
                {add.error && (
                  <p role="alert" className={css.trouble}>
                    {add.error.message}
                  </p>
                )}
                {add.data && <WouldAdd added={add.data} />}
                <div className={css.acts}>
                  {add.data ? (
                    <Button
                      loading={add.isPending}
                      onClick={() =>
                        add.mutate(false, {
                          onSuccess: () => void queries.invalidateQueries({ queryKey: ['district'] }),
                        })
                      }
                    >
                      Add {counted(sum(add.data.added), 'record', 'records')}
                    </Button>
                  ) : (
                    <Button loading={add.isPending} disabled={product === undefined} onClick={() => add.mutate(true)}>
                      See what would be added
                    </Button>
                  )}
                  <Button variant="default" onClick={() => take({ files: [], name: '' })}>
                    Choose other files
                  </Button>
                </div>
              </Part>
            )}
          </>
        )}
      </Page>
    </div>
  );
}

const sum = (counts: AddedSchool['added']): number =>
  (Object.values(counts) as number[]).reduce((all, count) => all + count, 0);

function rowsOf({ added, known }: AddedSchool) {
  const kinds = [...new Set([...Object.keys(added), ...Object.keys(known)])] as (keyof AddedSchool['added'])[];
  return kinds.map((kind) => ({ kind, added: added[kind] ?? 0, known: known[kind] ?? 0 }));
}
const columns = [
  { head: 'Added', count: (row: { added: number }) => row.added },
  { head: 'There already', count: (row: { known: number }) => row.known },
];

function WouldAdd({ added }: { added: AddedSchool }) {
  return (
    <>
      <p role="status">
        The workbooks have no fault. {counted(sum(added.added), 'record', 'records')} would be added; nothing has been
        added yet.
      </p>
      <CountsTable caption="What would be added" kinds={rowsOf(added)} columns={columns} />
      <Remarks added={added} />
    </>
  );
}

function Remarks({ added: { remarks } }: { added: AddedSchool }) {
  if (remarks.length === 0) return null;
  return (
    <ul className={css.remarks} aria-label="Remarks">
      {remarks.slice(0, 50).map((remark) => (
        <li key={remark}>{remark}</li>
      ))}
      {remarks.length > 50 && <li>And {plain(remarks.length - 50)} more.</li>}
    </ul>
  );
}

function Done({ added, districtId, onMore }: { added: AddedSchool; districtId: string; onMore: () => void }) {
  return (
    <Part title="Added">
      <p role="status">{counted(sum(added.added), 'record was', 'records were')} added.</p>
      <CountsTable caption="What was added" kinds={rowsOf(added)} columns={columns} />
      <Remarks added={added} />
      <div className={css.acts}>
        <Link to={paths.district(districtId)}>Back to the district</Link>
        <Button variant="default" onClick={onMore}>
          Add another school
        </Button>
      </div>
    </Part>
  );
}
