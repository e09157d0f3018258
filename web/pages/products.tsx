/** The products of the vendor: what each wants of a roster, which formats it takes, and when files are awaited. */

import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { formats } from '../../src/core/formats/index.ts';
import { receivingInWords } from '../../src/core/product-settings.ts';
import { products as profiles } from '../../src/core/profiles/index.ts';
import { queries } from '../api.ts';
import { ActForm } from '../parts/act-form.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { type Column, ListTable } from '../parts/list-table.tsx';
import { Page } from '../parts/page.tsx';
import { WindowField, type WindowValue } from '../parts/window-field.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { type ProductRow, setUpApi } from '../set-up-api.ts';
import { capital, counted } from '../words.ts';
import css from './products.module.css';

const titleOf = (id: string): string => formats.find((format) => format.id === id)?.title ?? id;

function columnsFor(onChange: ((product: ProductRow) => void) | null): Column<ProductRow>[] {
  const columns: Column<ProductRow>[] = [
    {
      head: 'Product',
      width: '14rem',
      place: 'first',
      cell: ({ name, slug }) => (
        <>
          <strong>{name}</strong>
          <div className="small soft">
            <code>{slug}</code>, the last part of upload paths
          </div>
        </>
      ),
    },
    {
      head: 'Checked for',
      width: '10rem',
      place: 'named',
      cell: ({ profile }) => (profile ? (profiles.get(profile)?.title ?? profile) : 'The standard alone'),
    },
    {
      head: 'Formats',
      place: 'named',
      cell: ({ formats: taken }) => (taken.length === 0 ? 'All' : taken.map(titleOf).join(', ')),
    },
    {
      head: 'Files are awaited',
      width: '14rem',
      place: 'named',
      cell: ({ receiving }) => capital(receivingInWords(receiving)),
    },
  ];
  if (!onChange) return columns;
  return [
    ...columns,
    {
      head: 'Act',
      width: '10rem',
      number: true,
      cell: (product) => (
        <>
          {product.profile && (
            <Button
              component={Link}
              to={paths.productRules(product.slug)}
              variant="subtle"
              color="gray"
              size="compact-sm"
              aria-label={`Rules of ${product.name}`}
            >
              Rules
            </Button>
          )}
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-label={`Change ${product.name}`}
            onClick={() => onChange(product)}
          >
            Change…
          </Button>
        </>
      ),
    },
  ];
}

export function Products() {
  const { person } = usePerson();
  const [open, setOpen] = useState<ProductRow | 'new' | null>(null);
  const { data, error, refetch } = useQuery({ queryKey: ['products'], queryFn: setUpApi.products });
  const isVendor = person?.district === null;
  return (
    <Page
      title="Products"
      sentence={data && `${counted(data.rows.length, 'product', 'products')} for which rosters arrive.`}
      acts={
        isVendor && (
          <Button variant={data?.rows.length === 0 ? 'filled' : 'default'} onClick={() => setOpen('new')}>
            Add a product
          </Button>
        )
      }
    >
      <ListTable
        caption="Products by name"
        columns={columnsFor(isVendor ? setOpen : null)}
        list={{ rows: data?.rows, error, retry: () => void refetch() }}
        keyOf={({ id }) => id}
        empty="There is no product yet. Add the first one; then districts can send rosters for it."
      />
      {open && <ProductDialog product={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function ProductDialog({ product, onClose }: { product: ProductRow | null; onClose: () => void }) {
  const [name, setName] = useState(product?.name ?? '');
  const [slug, setSlug] = useState(product?.slug ?? '');
  const [profile, setProfile] = useState(product?.profile ?? '');
  const [taken, setTaken] = useState<string[]>(product?.formats ?? []);
  const [receiving, setReceiving] = useState<WindowValue | null>(product?.receiving ?? null);
  const [asked, setAsked] = useState(false);
  const save = useMutation({
    mutationFn: () => {
      const given = { name: name.trim(), profile: profile || null, formats: taken, receiving };
      return product
        ? setUpApi.changeProduct(product.id, given)
        : setUpApi.addProduct({ ...given, slug: slug.trim() || slugOf(name) });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['products'] });
      onClose();
    },
  });
  return (
    <Dialog title={product ? `Change ${product.name}` : 'Add a product'} onClose={onClose}>
      <ActForm
        error={save.error}
        submit={product ? 'Save' : 'Add the product'}
        isBusy={save.isPending}
        isWide
        onCancel={onClose}
        onSubmit={() => {
          setAsked(true);
          if (name.trim()) save.mutate();
        }}
      >
        <TextInput
          data-autofocus
          label="Name"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={asked && !name.trim() ? 'Give it a name.' : undefined}
        />
        {!product && (
          <TextInput
            label="Short name"
            description="The last part of upload paths: small letters, digits and hyphens. It stays as it is."
            maxLength={100}
            placeholder={slugOf(name)}
            value={slug}
            onChange={(event) => setSlug(event.currentTarget.value)}
          />
        )}
        <NativeSelect
          label="Checked for"
          description="What the product needs of a roster beyond the standard: each delivery is checked for it."
          value={profile}
          onChange={(event) => setProfile(event.currentTarget.value)}
          data={[
            { value: '', label: 'The standard alone' },
            ...[...profiles.values()].map(({ id, title }) => ({ value: id, label: title })),
          ]}
        />
        <Checkbox.Group
          label="Formats"
          description="Those that are taken; none chosen: all."
          value={taken}
          onChange={setTaken}
        >
          <div className={css.choices}>
            {formats.map(({ id, title }) => (
              <Checkbox key={id} value={id} label={title} />
            ))}
          </div>
        </Checkbox.Group>
        <WindowField value={receiving} onChange={setReceiving} />
      </ActForm>
    </Dialog>
  );
}

/** "Early Literacy" as "early-literacy". */
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
