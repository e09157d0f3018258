/** The one client of the server's API; its types are the server's own, so that the two cannot drift apart. */

import { QueryClient } from '@tanstack/react-query';
import { hc, type InferResponseType } from 'hono/client';
import type { Trouble } from '../src/http/errors.ts';
import type { ConsoleApi } from '../src/http/server.ts';

/** An answer that is not a success, in the server's words. */
export class ApiTrouble extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, sentence: string) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

export const client = hc<ConsoleApi>('/api/console', { headers: { 'x-homeroom-console': '1' } });

type Answer<T> = { ok: boolean; status: number; json(): Promise<T> };

/** The body of an answer; throws `ApiTrouble` when it is not a success. */
export async function bodyOf<T>(answer: Promise<Answer<T>>): Promise<T> {
  const response = await answer.catch(() => {
    throw new ApiTrouble(
      0,
      'unreachable',
      'The server cannot be reached. Check the connection; this page tries again by itself.',
    );
  });
  if (response.ok) return response.json();
  const trouble = (await response.json().catch(() => undefined)) as Trouble | undefined;
  throw new ApiTrouble(
    response.status,
    trouble?.error.code ?? 'unknown',
    trouble?.error.message ?? `The server answered with status ${response.status}.`,
  );
}

/** Only what is new since the delivery before. */
export type Only = 'new' | undefined;
export type ChangesQuery = {
  kind?: string | undefined;
  action?: string | undefined;
  school?: string | undefined;
  after?: string | undefined;
};
export type Counts = { added: number; changed: number; removed: number };

type OverviewQuery = {
  state?: string | undefined;
  product?: string | undefined;
  format?: string | undefined;
  q?: string | undefined;
  page?: string | undefined;
};
/** What a query string carries: only what is filled. */
export const filled = <T extends Record<string, string | undefined>>(query: T) =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value)) as { [K in keyof T]: string };

export const api = {
  person: () => bodyOf(client.person.$get()),
  signIn: (json: { email: string; password: string; code?: string }) => bodyOf(client['sign-in'].$post({ json })),
  enterByLink: (token: string) => bodyOf(client['sign-in'].link.$post({ json: { token } })),
  signOut: () => bodyOf(client['sign-out'].$post()),
  lookAtLink: (token: string) => bodyOf(client.password.link.$post({ json: { token } })),
  setPassword: (token: string, password: string) => bodyOf(client.password.set.$post({ json: { token, password } })),
  askReset: (email: string) => bodyOf(client.password.reset.$post({ json: { email } })),
  account: () => bodyOf(client.account.$get()),
  changePassword: (json: { current: string; password: string; overlapHours: number }) =>
    bodyOf(client.account.password.$post({ json })),
  endOtherSessions: () => bodyOf(client.account.sessions['end-others'].$post()),
  addKey: (json: { key: string; name?: string }) => bodyOf(client.account.keys.$post({ json })),
  removeKey: (key: string) => bodyOf(client.account.keys[':key'].$delete({ param: { key } })),
  beginSecondFactor: (password: string) => bodyOf(client.account['second-factor'].$post({ json: { password } })),
  confirmSecondFactor: (code: string) => bodyOf(client.account['second-factor'].confirm.$post({ json: { code } })),
  removeSecondFactor: (json: { password: string; code: string }) =>
    bodyOf(client.account['second-factor'].remove.$post({ json })),
  overview: (query: OverviewQuery) => bodyOf(client.overview.$get({ query: filled(query) as never })),
  districts: (query: { q?: string | undefined; page?: string | undefined }) =>
    bodyOf(client.districts.$get({ query: filled(query) as never })),
  district: (id: string) => bodyOf(client.districts[':id'].$get({ param: { id } })),
  syncsOf: (id: string, query: { source?: string | undefined; before?: string | undefined }) =>
    bodyOf(client.districts[':id'].syncs.$get({ param: { id }, query: filled(query) })),
  sync: (id: string) => bodyOf(client.syncs[':id'].$get({ param: { id } })),
  search: (words: string) => bodyOf(client.search.$post({ json: { words } })),
  rules: (id: string, only: Only) =>
    bodyOf(client.syncs[':id'].rules.$get({ param: { id }, query: filled({ only }) as never })),
  findings: (id: string, query: { rule: string; page: number; only: Only }) =>
    bodyOf(
      client.syncs[':id'].findings.$get({ param: { id }, query: filled({ ...query, page: `${query.page}` }) as never }),
    ),
  findingNews: (id: string) => bodyOf(client.syncs[':id'].findings.news.$get({ param: { id } })),
  searchFindings: (id: string, { words, page, only }: { words: string; page: number; only: Only }) =>
    bodyOf(
      client.syncs[':id'].findings.search.$post({ param: { id }, json: { words, page, ...(only ? { only } : {}) } }),
    ),
  plan: (id: string) => bodyOf(client.syncs[':id'].plan.$get({ param: { id } })),
  changes: (id: string, query: ChangesQuery) =>
    bodyOf(client.syncs[':id'].changes.$get({ param: { id }, query: filled(query) as never })),
  retry: (id: string) => bodyOf(client.syncs[':id'].retry.$post({ param: { id } })),
  previewRollback: (id: string, back: boolean) =>
    bodyOf(client.syncs[':id'].rollback.$get({ param: { id }, query: { back: back ? 'true' : 'false' } })),
  rollBack: (id: string, json: { back: boolean; counts: Counts; reason?: string }) =>
    bodyOf(client.syncs[':id'].rollback.$post({ param: { id }, json })),
  decide: (id: string, json: Decision) => bodyOf(client.syncs[':id'].decision.$post({ param: { id }, json })),
};

/** Sends a piece of a file; typed by hand, for its body is bytes. */
export const sendPiece = (
  of: { id: string; upload: string; file: number; offset: number },
  bytes: Blob,
  signal: AbortSignal,
): Promise<{ receivedBytes: number }> => {
  const { id, upload, file, offset } = of;
  const place = `/api/console/sources/${encodeURIComponent(id)}/uploads/${encodeURIComponent(upload)}/${file}`;
  const headers = { 'x-homeroom-console': '1', 'content-type': 'application/octet-stream' };
  return bodyOf(fetch(`${place}?offset=${offset}`, { method: 'PUT', headers, body: bytes, signal }));
};

/** The address of the CSV file with all findings of a sync. */
export const findingsCsv = (id: string): string => `/api/console/syncs/${encodeURIComponent(id)}/findings.csv`;

/** The address of the CSV file with all changes of a sync that fit. */
export const changesCsv = (id: string, query: Omit<ChangesQuery, 'after'>): string => {
  const given = new URLSearchParams(filled(query)).toString();
  return `/api/console/syncs/${encodeURIComponent(id)}/changes.csv${given ? `?${given}` : ''}`;
};

/** The address of the template of a format, as a zip; `district` puts its schools in. */
export function templateAddress(of: {
  format: string;
  product?: string | undefined;
  district?: string | undefined;
  as?: string | undefined;
  complete?: string | undefined;
}) {
  const { format, ...query } = of;
  const given = new URLSearchParams(filled(query)).toString();
  return `/api/console/templates/${encodeURIComponent(format)}.zip${given ? `?${given}` : ''}`;
}

/** Where the browser goes to sign in with the vendor's provider. */
export const providerAddress = (next: string): string =>
  `/api/console/sign-in/provider?${new URLSearchParams({ next })}`;

export type OwnAccount = InferResponseType<typeof client.account.$get>;
export type Person = NonNullable<InferResponseType<typeof client.person.$get>['person']>;
export type Found = InferResponseType<typeof client.search.$post>;
export type Overview = InferResponseType<typeof client.overview.$get>;
export type SourceRow = Overview['rows'][number];
export type Bar = SourceRow['bars'][number];
export type DistrictRow = InferResponseType<typeof client.districts.$get>['rows'][number];
export type DistrictFacts = InferResponseType<(typeof client.districts)[':id']['$get']>;
export type SyncRow = InferResponseType<(typeof client.districts)[':id']['syncs']['$get']>['rows'][number];
export type Sync = InferResponseType<(typeof client.syncs)[':id']['$get']>;
export type KindCounts = Sync['kinds'][number];
export type Step = Sync['steps'][number];
type Rules = InferResponseType<(typeof client.syncs)[':id']['rules']['$get']>;
export type FindingNews = NonNullable<
  InferResponseType<(typeof client.syncs)[':id']['findings']['news']['$get']>['news']
>;
/** `added` is not there where nothing is compared, as when a file is only tried. */
export type RuleGroup = Omit<Rules['rules'][number], 'added'> & { added?: number | null };
export type Plan = InferResponseType<(typeof client.syncs)[':id']['plan']['$get']>;
export type RecordChange = InferResponseType<(typeof client.syncs)[':id']['changes']['$get']>['changes'][number];
export type UndoPreview = InferResponseType<(typeof client.syncs)[':id']['rollback']['$get']>;
export type FindingRow = RuleGroup['rows'][number];
type Choice = NonNullable<Sync['decision']>['choice'];
export type Decision = { choice: Choice; counts: Counts; reason?: string };

/** Refusals are answers, not accidents: only an unreachable server or a fault is asked again. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiTrouble && error.status >= 400 && error.status < 500),
      staleTime: 2_000,
    },
  },
});
