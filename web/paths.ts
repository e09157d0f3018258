/** Every address of the console is a function here. */

type Query = Readonly<Record<string, string | number | undefined>>;

/** `part` is what of a sync is looked at; the rest filters it. */
export type SyncQuery = {
  part?: string | undefined;
  by?: string | undefined;
  only?: string | undefined;
  rule?: string | undefined;
  page?: number | undefined;
  kind?: string | undefined;
  action?: string | undefined;
  school?: string | undefined;
  after?: string | undefined;
};
/** Filters of an audit log. */
export type LogQuery = { act?: string | undefined; person?: string | undefined; before?: string | undefined };

/** What is shown of a roster; words that are looked for are no part of it. */
export type RosterQuery = {
  kind?: string | undefined;
  role?: string | undefined;
  school?: string | undefined;
  only?: string | undefined;
  at?: string | undefined;
  page?: number | undefined;
};

export const paths = {
  overview: (
    query: {
      state?: string | undefined;
      product?: string | undefined;
      format?: string | undefined;
      q?: string | undefined;
      page?: number | undefined;
    } = {},
  ) => withQuery('/', query),
  districts: (query: { q?: string | undefined; page?: number | undefined } = {}) => withQuery('/districts', query),
  district: (id: string, query: { source?: string | undefined; before?: string | undefined } = {}) =>
    withQuery(`/districts/${encodeURIComponent(id)}`, query),
  sync: (id: string, query: SyncQuery = {}) => withQuery(`/syncs/${encodeURIComponent(id)}`, query),
  trends: (sourceId: string, query: { days?: number | undefined } = {}) =>
    withQuery(`/sources/${encodeURIComponent(sourceId)}/trends`, query),
  history: (sourceId: string, query: { before?: string | undefined } = {}) =>
    withQuery(`/sources/${encodeURIComponent(sourceId)}/history`, query),
  yearReset: (sourceId: string, query: { variant?: string | undefined } = {}) =>
    withQuery(`/sources/${encodeURIComponent(sourceId)}/new-year`, query),
  roster: (rosterId: string, query: RosterQuery = {}) => withQuery(`/rosters/${encodeURIComponent(rosterId)}`, query),
  /** A record stands under its sourcedId; nobody's name is part of an address. */
  record: (
    rosterId: string,
    kind: string,
    sourcedId: string,
    query: { at?: string | undefined; class?: string | undefined } = {},
  ) => withQuery(`/rosters/${encodeURIComponent(rosterId)}/${kind}/${encodeURIComponent(sourcedId)}`, query),
  /** `query` holds what is filled in already: ids, never names. */
  addRecord: (rosterId: string, kind: string, query: Record<string, string | undefined> = {}) =>
    withQuery(`/rosters/${encodeURIComponent(rosterId)}/add/${kind}`, query),
  editRecord: (rosterId: string, kind: string, sourcedId: string) =>
    `/rosters/${encodeURIComponent(rosterId)}/${kind}/${encodeURIComponent(sourcedId)}/edit`,
  tryFile: (query: { rule?: string | undefined; page?: number | undefined } = {}) => withQuery('/try', query),
  account: () => '/account',
  connection: (id: string, query: { source?: string | undefined; person?: string | undefined } = {}) =>
    withQuery(`/districts/${encodeURIComponent(id)}/connection`, query),
  calendar: (id: string) => `/districts/${encodeURIComponent(id)}/calendar`,
  districtLog: (id: string, query: LogQuery = {}) => withQuery(`/districts/${encodeURIComponent(id)}/log`, query),
  source: (id: string) => `/sources/${encodeURIComponent(id)}`,
  people: (query: { district?: string | undefined; after?: string | undefined } = {}) => withQuery('/people', query),
  person: (id: string, query: LogQuery = {}) => withQuery(`/people/${encodeURIComponent(id)}`, query),
  settings: () => '/settings',
  alerts: (query: { all?: 'yes' | undefined; before?: string | undefined } = {}) =>
    withQuery('/settings/alerts', query),
  webhooks: () => '/settings/webhooks',
  webhook: (id: string, before?: string) => withQuery(`/settings/webhooks/${encodeURIComponent(id)}`, { before }),
  mails: (query: { state?: string | undefined; before?: string | undefined; mail?: string | undefined } = {}) =>
    withQuery('/settings/mails', query),
  log: (query: LogQuery = {}) => withQuery('/settings/log', query),
  products: () => '/products',
  setUp: (districtId: string) => `/districts/${encodeURIComponent(districtId)}/set-up`,
  rules: () => '/rules',
  rule: (id: string) => `/rules/${encodeURIComponent(id)}`,
  formats: () => '/formats',
  formatChanges: (id: string, product?: string) => withQuery(`/format-changes/${encodeURIComponent(id)}`, { product }),
  /** What a product asks of people and columns; kept in versions as the changes of a format are. */
  productRules: (product?: string) => withQuery('/format-changes/product-rules', { product }),
  newMapping: () => '/mappings',
  mapping: (name: string, version?: number) =>
    withQuery(`/mappings/${encodeURIComponent(name)}`, { version: version === undefined ? undefined : `${version}` }),
  simplified: (districtId: string) => `/districts/${encodeURIComponent(districtId)}/simplified`,
  format: (id: string) => `/formats/${encodeURIComponent(id)}`,
  upload: (sourceId: string, query: { test?: 'yes' | undefined } = {}) =>
    withQuery(`/sources/${encodeURIComponent(sourceId)}/upload`, query),
  forgotPassword: () => '/forgot-password',
  signIn: (next?: string) => withQuery('/sign-in', { next: next === '/' ? undefined : next }),
};

/** The address to return to after signing in: only one of this console, whatever stands in the link. */
export function safeNext(next: string | null): string {
  return next && /^\/(?!\/)[^\\\t\n\r]*$/.test(next) ? next : '/';
}

function withQuery(path: string, query: Query): string {
  const filled = Object.entries(query).flatMap(([key, value]) => (value ? [[key, String(value)]] : []));
  return filled.length > 0 ? `${path}?${new URLSearchParams(filled)}` : path;
}
