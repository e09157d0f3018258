/** The formats that can be sent, for everybody: of each its files and columns, and a template to fill; for the vendor, the districts' own. */

import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import {
  type FormatPage,
  formatPages,
  oneRosterPage,
  type PageColumn,
  type PageFile,
} from '../../src/core/formats/pages.ts';
import { isOneRosterPage, takesOrgs } from '../../src/core/formats/template-files.ts';
import { products as profiles } from '../../src/core/profiles/index.ts';
import { formatApi } from '../format-api.ts';
import { FormatIdentity } from '../parts/format-identity.tsx';
import { type Column, ListTable } from '../parts/list-table.tsx';
import { MappingList } from '../parts/mapping-list.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { TemplateButton } from '../parts/template-button.tsx';
import { paths } from '../paths.ts';
import { usePerson } from '../person.ts';
import { setUpApi } from '../set-up-api.ts';
import { capital, counted } from '../words.ts';
import css from './formats.module.css';

const forWhom = ({ product }: FormatPage): string =>
  product ? (profiles.get(product)?.title ?? product) : 'Any product';

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
  const { person } = usePerson();
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
      {person && !person.district && <MappingList />}
    </Page>
  );
}

export function Format() {
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const wanted = search.get('product') ?? '';
  const { person } = usePerson();
  const { data, error, refetch } = useQuery({
    queryKey: ['formats', wanted],
    queryFn: () => formatApi.pages(wanted),
    enabled: !!person && wanted !== '',
  });
  const known = useMemo(() => pageOf(id, wanted), [id, wanted]);
  const page = data?.rows.find((each) => each.id === known?.id) ?? known;
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!page) {
    return (
      <Page title="There is no such format" sentence="The link may be old, or cut off when it was copied.">
        <p>
          <Link to={paths.formats()}>All formats</Link>
        </p>
      </Page>
    );
  }
  const isVendor = person && !person.district;
  const mayChange = isVendor && !isOneRosterPage(page);
  return (
    <Page
      title={page.title}
      crumbs={[{ name: 'Formats', to: paths.formats() }, { name: page.title }]}
      sentence={page.about}
      acts={
        mayChange ? (
          <Link to={paths.formatChanges(page.id, wanted || undefined)}>Change it for a product</Link>
        ) : (
          isVendor && <Link to={paths.productRules(wanted || undefined)}>Change what a product needs of it</Link>
        )
      }
    >
      <div className={css.choices}>
        <ProductSelect
          value={wanted}
          isOneRoster={isOneRosterPage(page)}
          onChange={(value) => setSearch(value ? { product: value } : {}, { replace: true })}
        />
        <TemplateButton
          format={page.id}
          product={wanted || undefined}
          takesOrgs={takesOrgs(page)}
          isOneRoster={isOneRosterPage(page)}
        />
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
      {page.identity && <FormatIdentity page={page} identity={page.identity} />}
    </Page>
  );
}

/** Whom the page is for: products of the house for those who see them, else those that we know. */
function ProductSelect(props: { value: string; isOneRoster: boolean; onChange: (value: string) => void }) {
  const { value, isOneRoster, onChange } = props;
  const { person } = usePerson();
  const { data } = useQuery({ queryKey: ['products'], queryFn: setUpApi.products, enabled: !!person });
  const own = data?.rows.map(({ slug, name }) => ({ value: slug, label: name }));
  const choices = own ?? [...profiles.values()].map(({ id, title }) => ({ value: id, label: title }));
  // What we know of our own products is in OneRoster's page alone; what a house changes is for those of the house.
  if (!isOneRoster && !own) return null;
  return (
    <NativeSelect
      label="For"
      description={
        isOneRoster
          ? 'What is needed depends on what the roster is for.'
          : 'A product may have changed names and words.'
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={[
        { value: '', label: isOneRoster ? 'Any program: the standard alone' : 'Any product: as it is declared' },
        ...choices,
      ]}
    />
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
    width: '15.5rem',
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
    width: '7rem',
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
    width: '13rem',
    place: 'line',
    cell: ({ holds, values }) => (
      <>
        {capital(holds)}
        {values.length > 0 && <div className={`small soft ${css.values}`}>{values.join(', ')}</div>}
      </>
    ),
  },
  { head: 'Example', width: '10rem', place: 'named', cell: ({ example }) => example && <code>{example}</code> },
  {
    head: 'Good to know',
    place: 'line',
    cell: ({ help, confidence }) => (
      <span className="soft">
        {help}
        {confidence === 'assumed' && ' Assumed: nothing that is published says so.'}
        {confidence === 'partly' && ' Known in part: the vendor names it, and does not say all of it.'}
      </span>
    ),
  },
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
