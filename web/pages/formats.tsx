/** The formats that can be sent, for everybody: of each its files and columns, and a template to fill. */

import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import {
  type FormatPage,
  formatPages,
  oneRosterPage,
  type PageColumn,
  type PageFile,
} from '../../src/core/formats/pages.ts';
import { takesOrgs } from '../../src/core/formats/template-files.ts';
import { products } from '../../src/core/profiles/index.ts';
import { type Column, ListTable } from '../parts/list-table.tsx';
import { Page, Part } from '../parts/page.tsx';
import { TemplateButton } from '../parts/template-button.tsx';
import { paths } from '../paths.ts';
import { capital, counted } from '../words.ts';
import css from './formats.module.css';

const forWhom = ({ product }: FormatPage): string =>
  product ? (products.get(product)?.title ?? product) : 'Any product';

const listColumns: Column<FormatPage>[] = [
  {
    head: 'Format',
    width: '18rem',
    place: 'first',
    strong: true,
    cell: ({ id, title }) => <Link to={paths.format(id)}>{title}</Link>,
  },
  { head: 'What it is', place: 'line', cell: ({ about }) => about },
  { head: 'For', width: '9rem', place: 'named', cell: forWhom },
  { head: 'Files', width: '4rem', number: true, place: 'named', cell: ({ files }) => files.length },
];

export function Formats() {
  const pages = useMemo(formatPages, []);
  return (
    <Page
      title="Formats"
      sentence="What a delivery may look like. Each page says of every file and column whether it is needed and what it holds, and has a template to fill."
    >
      <ListTable
        caption="Formats"
        columns={listColumns}
        list={{ rows: pages, error: null, retry: () => undefined }}
        keyOf={({ id }) => id}
        empty=""
      />
    </Page>
  );
}

export function Format() {
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const wanted = search.get('product') ?? '';
  const page = useMemo(() => pageOf(id, wanted), [id, wanted]);
  if (!page) {
    return (
      <Page title="There is no such format" sentence="The link may be old, or cut off when it was copied.">
        <p>
          <Link to={paths.formats()}>All formats</Link>
        </p>
      </Page>
    );
  }
  const isForAny = takesOrgs(page.id);
  return (
    <Page
      title={page.title}
      crumbs={[{ name: 'Formats', to: paths.formats() }, { name: page.title }]}
      sentence={page.about}
    >
      <div className={css.choices}>
        {isForAny && (
          <NativeSelect
            label="For"
            description="What is needed depends on what the roster is for."
            value={wanted}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setSearch(value ? { product: value } : {}, { replace: true });
            }}
            data={[
              { value: '', label: 'Any program: the standard alone' },
              ...[...products.values()].map((product) => ({ value: product.id, label: product.title })),
            ]}
          />
        )}
        <TemplateButton format={page.id} product={wanted || undefined} takesOrgs={isForAny} />
      </div>
      <nav aria-label="Files" className={css.files}>
        {page.files.map(({ name, need }) => (
          <a key={name} href={`#${name}`}>
            {name} <span className="soft">{need}</span>
          </a>
        ))}
      </nav>
      {page.files.map((file) => (
        <FilePart key={file.name} file={file} />
      ))}
    </Page>
  );
}

/** `oneroster-csv` is what sources call both versions. */
function pageOf(id: string, productId: string): FormatPage | undefined {
  const wanted = id === 'oneroster-csv' ? 'oneroster-csv-1.1' : id;
  if (wanted === 'oneroster-csv-1.1') return oneRosterPage('1.1', productId || undefined);
  if (wanted === 'oneroster-csv-1.2') return oneRosterPage('1.2', productId || undefined);
  return formatPages().find((page) => page.id === wanted);
}

const columns: Column<PageColumn>[] = [
  {
    head: 'Column',
    width: '13rem',
    place: 'first',
    cell: ({ name, aliases }) => (
      <>
        <code className={css.name}>{name}</code>
        {aliases.length > 0 && <div className="small soft">also {aliases.join(', ')}</div>}
      </>
    ),
  },
  {
    head: 'Needed',
    width: '10rem',
    place: 'named',
    cell: ({ need, condition }) => (
      <>
        {need === 'required' ? <strong>Required</strong> : <span className="soft">{capital(need)}</span>}
        {condition && <div className="small soft">{condition}</div>}
      </>
    ),
  },
  {
    head: 'Holds',
    width: '16rem',
    place: 'line',
    cell: ({ holds, values }) => (
      <>
        {capital(holds)}
        {values.length > 0 && <div className={`small soft ${css.values}`}>{values.join(', ')}</div>}
      </>
    ),
  },
  { head: 'Example', width: '12rem', place: 'named', cell: ({ example }) => example && <code>{example}</code> },
  { head: 'Good to know', place: 'line', cell: ({ help }) => help && <span className="soft">{help}</span> },
];

function FilePart({ file }: { file: PageFile }) {
  const required = file.columns.filter(({ need }) => need === 'required').length;
  return (
    <Part
      id={file.name}
      title={file.name}
      aside={`${capital(file.need)}; ${counted(file.columns.length, 'column', 'columns')}, ${required} of them required`}
    >
      <ListTable
        caption={`Columns of ${file.name}`}
        columns={columns}
        list={{ rows: [...file.columns], error: null, retry: () => undefined }}
        keyOf={({ name }) => name}
        empty=""
      />
    </Part>
  );
}
