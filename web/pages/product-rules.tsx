/** What a product asks of the people of a roster, and of the columns of OneRoster: to be seen, and changed in versions. */

import { Button, NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { changedProfile, PRODUCT_RULES } from '../../src/core/profiles/changed.ts';
import { products as profiles } from '../../src/core/profiles/index.ts';
import type { ProductProfile } from '../../src/core/profiles/product.ts';
import { formatApi } from '../format-api.ts';
import { useKept } from '../kept.ts';
import { FormatVersions } from '../parts/format-versions.tsx';
import { ListWaiting } from '../parts/list-table.tsx';
import { Page, Trouble } from '../parts/page.tsx';
import { RuleFields } from '../parts/rule-fields.tsx';
import { RuleNeeds } from '../parts/rule-needs.tsx';
import { SaveVersion } from '../parts/save-version.tsx';
import { paths } from '../paths.ts';
import { changesOf, faultsOf, formOf, type RuleForm } from '../rule-form.ts';
import { setUpApi } from '../set-up-api.ts';
import css from './formats.module.css';

export function ProductRulesPage() {
  const [search, setSearch] = useSearchParams();
  const { data, error, refetch } = useQuery({ queryKey: ['products'], queryFn: setUpApi.products });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <ListWaiting />;
  const own = data.rows.find(({ profile }) => profile !== null) ?? data.rows[0];
  const slug = search.get('product') ?? own?.slug;
  const product = data.rows.find((row) => row.slug === slug);
  const profile = profiles.get(product?.profile ?? '');
  const select = (
    <NativeSelect
      label="Product"
      description="Deliveries for it are checked by these rules, whatever their format."
      value={slug ?? ''}
      onChange={(event) => setSearch({ product: event.currentTarget.value }, { replace: true })}
      data={data.rows.map((row) => ({ value: row.slug, label: row.name }))}
    />
  );
  if (!product || !profile)
    return (
      <Page
        title="Rules of a product"
        crumbs={[{ name: 'Products', to: paths.products() }, { name: 'Rules' }]}
        sentence={
          product
            ? `${product.name} is checked against the standard alone: choose first what it is checked for.`
            : 'There is no such product.'
        }
      >
        {product && select}
        <p>
          <Link to={paths.products()}>Products</Link>
        </p>
      </Page>
    );
  const version = search.get('version') ?? undefined;
  return (
    <Loaded key={`${slug} ${version}`} {...{ name: product.name, product: product.slug, profile, version, select }} />
  );
}

type Given = {
  name: string;
  product: string;
  /** As it is declared. */
  profile: ProductProfile;
  version: string | undefined;
  select: React.ReactNode;
};

function Loaded(given: Given) {
  const { product, profile, version } = given;
  const of = { format: PRODUCT_RULES, product };
  const { data, error, refetch } = useQuery({
    queryKey: ['format-version', of.format, product, version],
    queryFn: () => formatApi.show(of, version),
  });
  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <ListWaiting />;
  const begun = data.version ? changedProfile(profile, JSON.parse(data.version.content)) : profile;
  return <Editor key={data.version?.version} {...given} begun={begun} shown={data.version} />;
}

type Shown = { version: number; isUsed: boolean } | null;

function Editor(props: Given & { begun: ProductProfile; shown: Shown }) {
  const { name, product, profile, select, begun, shown } = props;
  const of = { format: PRODUCT_RULES, product };
  const [form, setForm] = useKept<RuleForm>(`rules ${product} ${shown?.version}`, formOf(begun));
  const [isSaving, setSaving] = useState(false);
  const faults = faultsOf(form);
  const isSound = Object.keys(faults).length === 0;
  const content = isSound ? JSON.stringify(changesOf(profile, form), null, 2) : '';
  const isChanged = content !== JSON.stringify(changesOf(profile, formOf(begun)), null, 2);
  const to = (version: number) => `${paths.productRules(product)}&version=${version}`;
  const fields = {
    declared: profile,
    form,
    faults,
    onChange: (made: Partial<RuleForm>) => setForm({ ...form, ...made }),
  };
  return (
    <Page
      title={`What ${name} asks of rosters`}
      crumbs={[{ name: 'Products', to: paths.products() }, { name: 'Rules' }]}
      sentence={sentenceOf(shown)}
      acts={
        <Button onClick={() => setSaving(true)} disabled={!isChanged || !isSound}>
          Save as a version…
        </Button>
      }
    >
      <div className={css.choices}>{select}</div>
      <RuleFields {...fields} />
      <RuleNeeds {...fields} />
      <FormatVersions
        of={of}
        shown={shown?.version}
        to={to}
        empty={`Nothing is changed for ${name} yet: deliveries are checked by what is declared.`}
      />
      {isSaving && <SaveVersion of={of} content={content} onClose={() => setSaving(false)} to={to} />}
    </Page>
  );
}

const sentenceOf = (shown: Shown): string => {
  if (!shown)
    return 'Nothing of it is changed yet. What you change is kept as a version, tried on the last deliveries, and counts once it is used.';
  return shown.isUsed
    ? `Version ${shown.version} counts: deliveries are checked by it.`
    : `Version ${shown.version} is kept and does not count.`;
};
