/** What the pages about formats, mappings and workbooks ask of the server. */

import type { InferResponseType } from 'hono/client';
import { bodyOf, client, filled } from './api.ts';

/** A mapping, or a format of ours as a product has it. */
export type KeptFormat = { format: string; product?: string };
const versioned = ({ format, product }: KeptFormat) => filled({ format, product }) as { format: string };

export const formatApi = {
  pages: (product: string) => bodyOf(client.formats.$get({ query: filled({ product }) })),
  versions: (of: Partial<KeptFormat>) =>
    bodyOf(client['format-versions'].$get({ query: filled({ format: of.format, product: of.product }) })),
  sources: (of: KeptFormat) => bodyOf(client['format-sources'].$get({ query: versioned(of) })),
  /** @param version the one that counts, where none is named. */
  show: (of: KeptFormat, version?: string) =>
    bodyOf(client['format-version'].$get({ query: { ...versioned(of), ...filled({ version }) } as never })),
  add: (json: KeptFormat & { content: string; note?: string }) => bodyOf(client['format-versions'].$post({ json })),
  use: (json: KeptFormat & { version: number }) => bodyOf(client['format-versions'].use.$post({ json })),
  try: (json: { source: string; format: string; version: number }) =>
    bodyOf(client['format-versions'].try.$post({ json })),
  addSimplified: (id: string, of: { product: string; files: File[]; isTrial: boolean }) =>
    bodyOf(
      client.districts[':id'].simplified.$post({
        param: { id },
        form: { product: of.product, files: of.files, trial: of.isTrial ? 'yes' : 'no' },
      }),
    ),
};

export type FormatVersionRow = InferResponseType<(typeof client)['format-versions']['$get']>['rows'][number];
export type FormatSource = InferResponseType<(typeof client)['format-sources']['$get']>['rows'][number];
export type ShownVersion = InferResponseType<(typeof client)['format-version']['$get']>;
export type Tried = InferResponseType<(typeof client)['format-versions']['try']['$post']>;
export type AddedSchool = InferResponseType<(typeof client.districts)[':id']['simplified']['$post']>;

export const isMapping = (format: string): boolean => format.startsWith('mapping:');
export const mappingName = (format: string): string => format.replace(/^mapping:/, '');
