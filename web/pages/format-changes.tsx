/** What a product changes of a format: names of columns, what is needed, lists of values, and by what records are known. */

import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { changedDeclaration, type FormatChanges } from '../../src/core/formats/changed.ts';
import type { Declaration } from '../../src/core/formats/declared/declaration.ts';
import { formats } from '../../src/core/formats/index.ts';
import { declaredPage } from '../../src/core/formats/pages.ts';
import { formatApi } from '../format-api.ts';
import { useKept } from '../kept.ts';
import { ChangeColumns } from '../parts/change-columns.tsx';
import { ChangeLookups } from '../parts/change-lookups.tsx';
import { FormatIdentity } from '../parts/format-identity.tsx';
import { FormatVersions } from '../parts/format-versions.tsx';
import { ListWaiting } from '../parts/list-table.tsx';
import { Page, Part, Trouble } from '../parts/page.tsx';
import { SaveVersion } from '../parts/save-version.tsx';
import { paths } from '../paths.ts';
import { setUpApi } from '../set-up-api.ts';
import css from './formats.module.css';

export function FormatChangesPage() {
  const { id = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const declaration = formats.find((format) => format.id === id)?.declaration;
  const { data: products, error, refetch } = useQuery({ queryKey: ['products'], queryFn: setUpApi.products });
  if (!declaration)
    return (
      <Page title="There is no such format" sentence="OneRoster's columns are the standard's and nobody's to change.">
        <p>
          <Link to={paths.formats()}>All formats</Link>
        </p>
      </Page>
    );
  if (error && !products) return <Trouble error={error} retry={() => void refetch()} />;
  if (!products) return <ListWaiting />;
  const own = products.rows.find(({ profile }) => profile === declaration.product) ?? products.rows[0];
  const product = search.get('product') ?? own?.slug;
  const version = search.get('version') ?? undefined;
  const select = (
    <NativeSelect
      label="Product"
      description="Its sources read by what is changed here; those of other products do not."
      value={product ?? ''}
      onChange={(event) => setSearch({ product: event.currentTarget.value }, { replace: true })}
      data={products.rows.map(({ slug, name }) => ({ value: slug, label: name }))}
    />
  );
  if (product === undefined)
    return (
      <Page title={declaration.title} sentence="There is no product yet that could change it.">
        <p>
          <Link to={paths.products()}>Products</Link>
        </p>
      </Page>
    );
  return <Loaded key={`${product} ${version}`} {...{ declaration, product, version, select }} />;
}

type Given = { declaration: Declaration; product: string; version: string | undefined; select: React.ReactNode };

function Loaded(given: Given) {
  const { declaration, product, version } = given;
  const of = { format: declaration.id, product };
  const { data, error, refetch } = useQuery({
    queryKey: ['format-version', of.format, product, version],
    queryFn: () => formatApi.show(of, version),
  });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <ListWaiting />;
  const begun = data.version ? (JSON.parse(data.version.content) as FormatChanges) : {};
  return <Editor key={data.version?.version} {...given} begun={begun} shown={data.version} />;
}

type Shown = { version: number; isUsed: boolean } | null;

function Editor(props: Given & { begun: FormatChanges; shown: Shown }) {
  const { declaration, product, select, begun, shown } = props;
  const of = { format: declaration.id, product };
  const [changes, setChanges] = useKept<FormatChanges>(
    `format changes ${declaration.id} ${product} ${shown?.version}`,
    begun,
  );
  const [isSaving, setSaving] = useState(false);
  const content = JSON.stringify(changes, null, 2);
  const isChanged = content !== JSON.stringify(begun, null, 2);
  // What is entered is held to the rules at each field, so that all of it fits together.
  const made = changedDeclaration(declaration, changes);
  const page = declaredPage(made);
  return (
    <Page
      title={`${declaration.title} for a product`}
      crumbs={[
        { name: 'Formats', to: paths.formats() },
        { name: declaration.title, to: paths.format(declaration.id) },
        { name: 'For a product' },
      ]}
      sentence={sentenceOf(shown)}
      acts={
        <Button onClick={() => setSaving(true)} disabled={!isChanged}>
          Save as a version…
        </Button>
      }
    >
      <div className={css.choices}>{select}</div>
      <p>
        How people sign in, and how many schools they have, is asked by the product of every format alike:{' '}
        <Link to={paths.productRules(product)}>what the product asks of rosters</Link>.
      </p>
      {page.files.map((file) => (
        <ChangeColumns key={file.id} file={file} declaration={declaration} changes={changes} onChange={setChanges} />
      ))}
      <ChangeLookups declaration={declaration} made={made} changes={changes} onChange={setChanges} />
      <Identity declaration={declaration} made={made} changes={changes} onChange={setChanges} />
      {page.identity && <FormatIdentity page={page} identity={page.identity} />}
      <FormatVersions
        of={of}
        shown={shown?.version}
        to={(version) => `${paths.formatChanges(declaration.id, product)}&version=${version}`}
        empty="Nothing is changed for this product yet: it reads the format as it is declared."
      />
      {isSaving && (
        <SaveVersion
          of={of}
          content={content}
          onClose={() => setSaving(false)}
          to={(version) => `${paths.formatChanges(declaration.id, product)}&version=${version}`}
        />
      )}
    </Page>
  );
}

const sentenceOf = (shown: Shown): string => {
  if (!shown)
    return 'Nothing of it is changed yet. What you change is kept as a version, tried on the live roster, and counts once it is used.';
  return shown.isUsed
    ? `Version ${shown.version} counts: deliveries of the product are read by it.`
    : `Version ${shown.version} is kept and does not count.`;
};

type EditProps = {
  declaration: Declaration;
  made: Declaration;
  changes: FormatChanges;
  onChange: (changes: FormatChanges) => void;
};

/** Who is the same from night to night, as it can be changed. */
function Identity({ declaration, made, changes, onChange }: EditProps) {
  const { keysIgnoreCase = false, yearStarts = '07-01' } = made;
  const [year, setYear] = useState(yearStarts);
  const isDay = /^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])$/.test(year);
  const keyed = Object.entries(declaration.files).filter(([, { repeats }]) => repeats);
  return (
    <Part title="By what records are known" aside="With another key, everybody of the file gets another id.">
      <div className={css.choices}>
        {keyed.map(([id, file]) => {
          const declared = file.repeats?.key ?? '';
          return (
            <NativeSelect
              key={id}
              label={`Key of ${file.title}`}
              value={made.files[id]?.repeats?.key ?? declared}
              onChange={(event) => {
                const { [id]: _, ...others } = changes.keys ?? {};
                const key = event.currentTarget.value;
                const keys = key === declared ? others : { ...others, [id]: key };
                const { keys: __, ...rest } = changes;
                onChange(Object.keys(keys).length > 0 ? { ...rest, keys } : rest);
              }}
              data={file.columns.filter(({ list, secret }) => !list && !secret).map(({ name }) => name)}
            />
          );
        })}
        <TextInput
          label="School year begins"
          description="Month and day, such as 07-01."
          value={year}
          error={isDay ? null : 'Write month and day as 07-01; days from 01 to 29.'}
          onChange={(event) => {
            const given = event.currentTarget.value;
            setYear(given);
            if (/^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])$/.test(given)) onChange({ ...changes, yearStarts: given });
          }}
        />
        <Checkbox
          label="Capitals do not count in ids"
          checked={keysIgnoreCase}
          onChange={(event) => onChange({ ...changes, keysIgnoreCase: event.currentTarget.checked })}
        />
      </div>
    </Part>
  );
}
