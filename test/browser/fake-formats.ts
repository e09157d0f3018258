/** Formats as a house without a database knows them: their pages, and versions that are kept in memory. */

import { declaredPage, formatPages, oneRosterPage } from '../../src/core/formats/pages.ts';
import { PRODUCT_RULES } from '../../src/core/profiles/changed.ts';
import { products } from '../../src/core/profiles/index.ts';
import type { ProductProfile } from '../../src/core/profiles/product.ts';
import { ruleRows } from '../../src/core/profiles/words.ts';
import { Refusal } from '../../src/core/refusal.ts';
import type { FormatDeps, FormatVersionFacts } from '../../src/http/format-deps.ts';
import { vendorOnly } from '../../src/people/deps.ts';
import { declarationFrom, declarationOf, isMapping, versionsOf } from '../../src/sync/format-for.ts';
import { profileFrom } from '../../src/sync/product-rules.ts';

type Kept = FormatVersionFacts & { content: string };

const lakeview = `mapping: 1
title: Lakeview export
files:
  schools: { match: [schools.csv], delimiter: ";" }
  pupils: { match: ["pupils*.csv"], delimiter: ";" }
lookups:
  grades: { K: KG, 1: "01", 2: "02", 3: "03" }
records:
  orgs:
    - { from: schools, fields: { sourcedId: "{Site}", name: "{Name}", type: school } }
  users:
    - from: pupils
      fields:
        sourcedId: "student-{No}"
        enabledUser: true
        role: student
        orgSourcedIds: "{Site}"
        username: "{Login}"
        givenName: "{First}"
        familyName: "{Last}"
        grades: { value: "{Grade}", lookup: grades }
`;

export function fakeFormats(): FormatDeps {
  const kept: Kept[] = [lakeview, lakeview.replace('"{Login}"', '{ value: "{Login}", case: lower }')].map(
    (content, at) => ({
      format: 'mapping:lakeview',
      version: at + 1,
      note: at === 0 ? 'From the draft' : 'Usernames in small letters',
      madeBy: 'olivia@vendor.example',
      madeAt: new Date(Date.UTC(2026, 10, 20 + at, 9, 0)),
      isUsed: at === 0,
      content,
    }),
  );
  const nameOf = ({ format, product = '' }: { format: string; product?: string }) =>
    versionsOf({ format, product: { slug: product } });
  const find = (of: { format: string; product?: string; version?: number }) =>
    kept.find(
      (one) => one.format === nameOf(of) && (of.version === undefined ? one.isUsed : one.version === of.version),
    );
  return {
    pages: async (product) =>
      formatPages().map((page) => {
        const own = product === undefined ? undefined : find({ format: page.id, product });
        return own ? declaredPage(declarationFrom(page.id, own.content)) : page;
      }),
    versions: async (actor, of) => {
      vendorOnly(actor);
      return kept
        .filter(({ format }) => of === undefined || format === nameOf(of))
        .map(({ content: _content, ...facts }) => facts)
        .toReversed();
    },
    sources: async (_, { format }) =>
      isMapping(format) || format === PRODUCT_RULES
        ? [
            {
              id: '0195562f-0000-7000-8000-000000000009',
              name: 'Nightly',
              district: 'Lakeview Unified',
              product: 'Literacy',
            },
          ]
        : [],
    async show(actor, of) {
      vendorOnly(actor);
      const found = find(of);
      if (!found && isMapping(of.format))
        throw new Refusal('mapping-unknown', 404, 'No version of this mapping is in use.');
      if (of.format === PRODUCT_RULES) {
        const declared = products.get(of.product ?? '') as ProductProfile;
        const profile = found ? profileFrom(declared, found.content) : declared;
        return { version: found ?? null, page: oneRosterPage('1.1', profile), lookups: {}, rules: ruleRows(profile) };
      }
      const declaration = found ? declarationFrom(of.format, found.content) : declarationOf(of.format);
      return { version: found ?? null, page: declaredPage(declaration), lookups: declaration.lookups ?? {}, rules: [] };
    },
    async add(_, { format, product, content, note = '' }) {
      const of = { format, ...(product === undefined ? {} : { product }) };
      if (format === PRODUCT_RULES) profileFrom(products.get(product ?? '') as ProductProfile, content);
      else declarationFrom(format, content);
      const version = kept.filter((one) => one.format === nameOf(of)).length + 1;
      const madeAt = new Date(Date.UTC(2026, 10, 22, 9, version));
      kept.push({ format: nameOf(of), version, note, madeBy: 'olivia@vendor.example', madeAt, isUsed: false, content });
      return { format: nameOf(of), version };
    },
    async use(_, { format, product, version }) {
      const name = nameOf({ format, ...(product === undefined ? {} : { product }) });
      for (const one of kept) if (one.format === name) one.isUsed = one.version === version;
      return { format: name, version };
    },
    try: async (_, { format }) => ({
      kinds: [
        { kind: 'orgs', added: 0, changed: 0, removed: 0, unchanged: 12, leftOut: 0, examples: [] },
        {
          kind: 'users',
          added: 2,
          changed: 1204,
          removed: 0,
          unchanged: 31,
          leftOut: 0,
          examples: ['~ student-1001', '~ student-1002', '+ student-2201'],
        },
      ],
      findings: { fatal: 0, error: 0, warning: 3, info: 1 },
      rules: [
        { rule: 'format-value-unknown', severity: 'warning', count: 3 },
        ...(format === PRODUCT_RULES
          ? [{ rule: 'product-sign-in-rule', severity: 'warning', count: 12, before: 3 }]
          : []),
      ],
    }),
  };
}
