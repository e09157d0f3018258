/** What the pages about the past and the years of a source ask of the server. */

import type { InferResponseType } from 'hono/client';
import { bodyOf, type Counts, client } from './api.ts';

export type Variant = 'literacy' | 'math';

export const sourceApi = {
  trends: (id: string, days: number) =>
    bodyOf(client.sources[':id'].trends.$get({ param: { id }, query: { days: String(days) } as never })),
  previewReset: (id: string, variant: Variant) =>
    bodyOf(client.sources[':id']['year-reset'].$get({ param: { id }, query: { variant } })),
  resetYear: (id: string, json: { variant: Variant; counts: Counts; reason?: string }) =>
    bodyOf(client.sources[':id']['year-reset'].$post({ param: { id }, json })),
};

export type Trends = InferResponseType<(typeof client.sources)[':id']['trends']['$get']>;
export type TrendPoint = Trends['points'][number];
