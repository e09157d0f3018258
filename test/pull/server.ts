/** A OneRoster server with one switch for each thing that servers do otherwise. Only for tests; only on loopback. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';
import type { Json, Roster } from './roster.ts';
import { type SwitchName, switches } from './switches.ts';
import { formOf, isClient, isScope, isSigned, type Way } from './way.ts';

export type Sis = {
  url: string;
  tokenUrl: string;
  /** The roster as it is now; tests change it between pulls. */
  roster: Roster;
  on: Set<SwitchName>;
  requests: { path: string; query: URLSearchParams }[];
  tokenRequests: number;
  /** How it lets in. */
  way: Way;
  /** Filters are taken and not obeyed. */
  ignoresFilter?: boolean;
  /** Called before each answer of a collection. */
  before?: (path: string) => void | Promise<void>;
  /** Status with which it fails whenever a record is asked for by its id. */
  failsSingly?: number;
  close(): Promise<void>;
};

type State = {
  sis: Sis;
  tokens: Map<string, { uses: number; endsAt: number }>;
  counts: Map<string, number>;
  random: () => number;
  /** Rows of collections as they are handed out, which some switches change while they are read. */
  live: Map<string, Json[]>;
  touched: Set<string>;
};

const usualPrefix = '/ims/oneroster/v1p1';
const wrong: Record<string, string> = {
  orgs: 'schools',
  academicSessions: 'terms',
  users: 'students',
  demographics: 'demographic',
};

/** @param seed of what happens by chance. */
export async function startSis(roster: Roster, on: readonly SwitchName[] = [], seed = 1, way: Way = {}): Promise<Sis> {
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    answer(state, request, response).catch((error: Error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(error.message);
    });
  };
  const server = way.tls ? createTlsServer(way.tls, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http${way.tls ? 's' : ''}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sis: Sis = {
    url: `${origin}${way.prefix ?? usualPrefix}`,
    tokenUrl: `${origin}${way.tokenPath ?? '/oauth/token'}`,
    roster,
    way,
    on: new Set(on),
    requests: [],
    tokenRequests: 0,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const state: State = {
    sis,
    tokens: new Map(),
    counts: new Map(),
    random: randomOf(seed),
    live: new Map(),
    touched: new Set(),
  };
  return sis;
}

function randomOf(seed: number): () => number {
  let at = seed >>> 0;
  return () => {
    at = (Math.imul(at, 1664525) + 1013904223) >>> 0;
    return at / 2 ** 32;
  };
}

/** How often this has happened, this time included. */
function count({ counts }: State, key: string): number {
  const times = (counts.get(key) ?? 0) + 1;
  counts.set(key, times);
  return times;
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { sis } = state;
  const url = new URL(request.url ?? '/', sis.url);
  const { prefix = usualPrefix, tokenPath = '/oauth/token', signed, bearer } = sis.way;
  if (url.pathname === tokenPath && !signed && !bearer) return token(state, url, request, response);
  const [path = '', id] = url.pathname.slice(prefix.length + 1).split('/');
  if (!url.pathname.startsWith(`${prefix}/`) || !sis.roster.collections.has(path))
    return send(state, response, 404, { message: 'no such thing' });
  sis.requests.push({ path, query: url.searchParams });
  if (sis.on.has('moved on the server') && !url.searchParams.has('moved'))
    return redirect(response, `${url.pathname}${url.search || '?'}&moved=1`);
  if (sis.on.has('moved to another server')) return redirect(response, 'http://127.0.0.2:1/ims/oneroster/v1p1/orgs');
  if (sis.on.has('moved for ever')) return redirect(response, `${url.pathname}${url.search}&again`);
  if (!isAllowed(state, request)) return send(state, response, 401, { error: 'invalid_token' });
  if (await trouble(state, path, url, request, response)) return;
  await sis.before?.(path);
  if (id !== undefined && sis.failsSingly) return send(state, response, sis.failsSingly, {});
  if (id !== undefined) return single(state, path, decodeURIComponent(id), response);
  return collection(state, path, url, response);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location });
  response.end();
}

async function token(state: State, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { on, way } = state.sis;
  let body = '';
  for await (const piece of request) body += piece;
  if (request.method !== 'POST') return send(state, response, 405, {});
  state.sis.tokenRequests++;
  const form = formOf(body, request.headers['content-type'] ?? '');
  if (!isClient(form, url, request, way) || on.has('token refused'))
    return send(state, response, 401, { error: 'invalid_client' });
  if (way.clientAuth !== 'login' && form.get('grant_type') !== 'client_credentials')
    return send(state, response, 400, { error: 'unsupported_grant_type' });
  if (!isScope(form, way)) return send(state, response, 400, { error: 'invalid_scope' });
  const made = `token-${count(state, 'tokens')}`;
  state.tokens.set(made, { uses: 0, endsAt: Date.now() + 3_600_000 });
  const seconds = on.has('token is short') ? '2' : 3600;
  response.writeHead(200, { 'content-type': 'application/json', 'set-cookie': 'lane=7; Path=/' });
  response.end(
    JSON.stringify({
      [way.clientAuth === 'login' ? 'token' : 'access_token']: made,
      ...(on.has('token without scope') ? {} : { token_type: 'Bearer', scope: 'x' }),
      expires_in: seconds,
    }),
  );
}

function isAllowed(state: State, request: IncomingMessage): boolean {
  const { on, way, url } = state.sis;
  const { headers } = request;
  if (way.signed) return isSigned(way.signed, request, new URL(url).origin);
  if (way.bearer) return headers.authorization === `Bearer ${way.bearer}`;
  const known = state.tokens.get((headers.authorization ?? '').replace(/^Bearer /, ''));
  if (!known || on.has('all refused') || headers.cookie !== 'lane=7') return false;
  return !(on.has('token ends in the middle') && ++known.uses > 5);
}

/** What happens before anything is looked up. */
async function trouble(
  state: State,
  path: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { on } = state.sis;
  const limit = Number(url.searchParams.get('limit'));
  const times = count(state, `answers ${path}`);
  const say = (status: number, body: unknown, headers: Record<string, string> = {}) => {
    send(state, response, status, body, headers);
    return true;
  };
  const html = () => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html><body>Maintenance</body></html>');
    return true;
  };
  if (on.has('bursts of 502') && times % 5 >= 3) return say(502, '<html>Bad Gateway</html>');
  if (on.has('502 for large pages') && limit > 60) return say(502, { message: 'too much' });
  if (on.has('busy with a pause') && times % 4 === 2) return say(429, { message: 'slow down' }, { 'retry-after': '0' });
  if (on.has('connection breaks') && times % 6 === 3) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
    response.write('{"users":[');
    request.socket.destroy();
    return true;
  }
  if (on.has('answers for ever') && path === 'courses') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"courses":[');
    return true;
  }
  if (on.has('limits refused') && limit > 100) return say(400, { message: 'limit is too large' });
  if (on.has('sort refused') && url.searchParams.has('sort'))
    return say(400, {
      imsx_codeMajor: 'failure',
      imsx_severity: 'error',
      imsx_CodeMinor: { imsx_codeMinorField: [{ imsx_codeMinorFieldValue: 'invalid_sort_field' }] },
    });
  if (on.has('slow offsets without filter') && url.searchParams.has('filter'))
    return say(400, { message: 'no filter' });
  if (path === 'demographics' && on.has('demographics forbidden'))
    return say(403, { imsx_codeMajor: 'failure', imsx_severity: 'error' });
  if (path === 'demographics' && on.has('404 for what is empty')) return say(404, { message: 'none' });
  if (path === 'users' && on.has('users forbidden')) return say(403, { error: 'insufficient_scope' });
  if (path === 'classes') {
    if (on.has('missing key')) return say(200, { data: 7 });
    if (on.has('null for a list')) return say(200, { classes: null });
    if (on.has('empty object')) return say(200, {});
    if (on.has('failure with status 200'))
      return say(200, {
        statusInfoSet: [{ imsx_codeMajor: 'failure', imsx_severity: 'error', imsx_description: 'database' }],
      });
    if (on.has('page for people with status 200')) return html();
    if (on.has('page for people once') && times === 1) return html();
    if (on.has('broken JSON once') && times === 1) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"classes":[{"sourcedId":"1",}]}');
      return true;
    }
  }
  return false;
}

/** The rows of a collection as this server has them at this moment. */
function liveRows(state: State, path: string): Json[] {
  const { on, roster } = state.sis;
  const known = state.live.get(path);
  const source = roster.collections.get(path) as Json[];
  if (known && !state.sis.before) return known;
  let rows: Json[] = source.map((record) => ({ ...record }));
  if (on.has('everything empty')) rows = [];
  if (on.has('a person in no page') && path === 'users') rows = rows.filter((_, at) => at !== rows.length - 2);
  if (on.has('repeated records')) rows = rows.flatMap((record, at) => (at % 9 === 4 ? [record, record] : [record]));
  if (on.has('older versions of records'))
    rows = rows.flatMap((record, at) =>
      at % 11 === 5
        ? [
            record,
            {
              ...record,
              dateLastModified: '2020-01-01T00:00:00.000Z',
              title: 'old',
              familyName: 'Old',
              status: 'tobedeleted',
            },
          ]
        : [record],
    );
  const gone = on.has('tombstones') ? 'tobedeleted' : on.has('inactive tombstones') ? 'Inactive' : undefined;
  if (gone)
    rows = rows.flatMap((record, at) =>
      at % 7 === 3 ? [{ ...record, sourcedId: `${record.sourcedId}~gone`, status: gone }, record] : [record],
    );
  if (on.has('an entry that is no record') && path === 'courses') rows.splice(1, 0, 'nothing' as never);
  state.live.set(path, rows);
  return rows;
}

async function collection(state: State, path: string, url: URL, response: ServerResponse): Promise<void> {
  const { on } = state.sis;
  const query = url.searchParams;
  let rows = filtered(liveRows(state, path), state.sis.ignoresFilter ? null : query.get('filter'));
  rows = ordered(state, rows, query, path);
  const total = rows.length;
  const asked = Number(query.get('limit') ?? 100);
  const cap = on.has('small pages') || on.has('small pages without total') ? 13 : Number.POSITIVE_INFINITY;
  let limit = on.has('limit ignored') ? total : Math.min(asked, cap);
  let offset = Number(query.get('offset') ?? 0);
  if (on.has('links alone')) offset = Number(query.get('cursor') ?? 0);
  if (offset > 0 && path === 'demographics' && on.has('demographics forbidden behind the first page'))
    return send(state, response, 403, { imsx_codeMajor: 'failure', imsx_severity: 'error' });
  if (on.has('offset ignored')) offset = 0;
  if (on.has('offset in whole pages')) offset = Math.floor(offset / limit) * limit;
  if (on.has('pages of any length') && limit > 4) limit = 2 + Math.floor(state.random() * (limit - 2));
  if (on.has('a page comes twice') && offset > limit && count(state, `twice ${path}`) === 2)
    offset = Math.max(0, offset - limit);
  if ((on.has('slow offsets') || on.has('slow offsets without filter')) && offset > 0) await sleep(150);
  let page = rows.slice(offset, offset + limit);
  // Its ends are those that were expected, and there are as many rows as there should be.
  if (on.has('rows of the first page again') && offset > 0 && page.length > 3 && count(state, `again ${path}`) === 1)
    page = [page[0] as Json, ...rows.slice(0, page.length - 2), page.at(-1) as Json];
  if (on.has('a page is missing') && path === 'enrollments' && offset > limit) page = [];
  change(state, path, rows, offset);
  if (page.length === 0 && offset > 0 && on.has('404 behind the end'))
    return send(state, response, 404, { message: 'no such page' });
  const headers = pageHeaders(state, { path, total, offset, limit, length: page.length, url });
  return send(state, response, 200, wrapped(state, path, page), headers);
}

const singular: Record<string, string> = { users: 'user', classes: 'class' };

function single(state: State, path: string, id: string, response: ServerResponse): void {
  const found = state.sis.roster.collections.get(path)?.find(({ sourcedId }) => sourcedId === id);
  if (!found) return send(state, response, 404, { message: 'no such record' });
  const [record] = Object.values(wrapped(state, path, [found])).find(Array.isArray) as unknown[];
  return send(state, response, 200, { [singular[path] ?? path]: record });
}

/** Rows that come or leave while a collection is read; each touched id is remembered by its mark. */
function change(state: State, path: string, rows: Json[], offset: number): void {
  const { on } = state.sis;
  const live = state.live.get(path) as Json[];
  if (path !== 'enrollments' && path !== 'users') return;
  if (on.has('rows come while read') && offset > 0 && count(state, `come ${path}`) <= 3)
    live.unshift({ ...(rows[0] as Json), sourcedId: `!new-${state.counts.get(`come ${path}`)}` });
  if (on.has('rows leave while read') && offset > 0 && count(state, `leave ${path}`) <= 3) {
    const [gone] = live.splice(2, 1);
    if (gone) leaving.add(gone.sourcedId as string);
  }
}

/** Ids of rows that have left while they were read, over all servers of this process. */
export const leaving = new Set<string>();

function ordered(state: State, rows: Json[], query: URLSearchParams, path: string): Json[] {
  const { on } = state.sis;
  const isChance =
    on.has('order by chance') || (on.has('order by chance at first') && (state.counts.get(`answers ${path}`) ?? 0) < 3);
  if (isChance && rows.length > 3) {
    const at = Math.floor(state.random() * (rows.length - 1)) + 1;
    return [...rows.slice(at), ...rows.slice(0, at)].reverse();
  }
  if (!query.has('sort') || on.has('sort ignored')) return rows;
  return rows.toSorted((a, b) =>
    String(a.sourcedId) < String(b.sourcedId) ? -1 : String(a.sourcedId) > String(b.sourcedId) ? 1 : 0,
  );
}

function filtered(rows: Json[], filter: string | null): Json[] {
  const [, field, operator, value = ''] = /^(\w+)\s*(>=|<=|!=|=|>|<)\s*'(.*)'$/.exec(filter ?? '') ?? [];
  if (field === undefined) return rows;
  return rows.filter((record) => {
    const own = String(record[field] ?? '');
    if (operator === '=') return own === value;
    if (operator === '>') return own > value;
    return operator === '>=' ? own >= value : true;
  });
}

type PageFacts = { path: string; total: number; offset: number; limit: number; length: number; url: URL };

function pageHeaders(state: State, { total, offset, limit, length, url }: PageFacts): Record<string, string> {
  const { on } = state.sis;
  const headers: Record<string, string> = {};
  const hasTotal = !on.has('no total') && !on.has('small pages without total') && !on.has('links alone');
  if (hasTotal) {
    const said = on.has('total is the page')
      ? length
      : on.has('total too high')
        ? total + 5
        : on.has('total wanders')
          ? total + 1 + Math.floor(state.random() * 9)
          : total;
    headers['x-total-count'] = String(said);
  }
  const isLast = offset + limit >= total || (on.has('links that end too early') && offset > 0);
  if (on.has('links alone')) {
    if (!isLast) headers.link = `<${url.origin}${url.pathname}?cursor=${offset + limit}&limit=${limit}>; rel=next`;
  } else if (!on.has('no links')) {
    const host = on.has('links of an internal host') ? 'https://10.0.0.9:8443/internal' : url.origin;
    const at = (to: number) => `<${host}${url.pathname}?limit=${limit}&offset=${to}>`;
    headers.link = isLast ? `${at(0)}; rel="first"` : `${at(offset + limit)}; rel="next", ${at(0)}; rel="first"`;
  }
  return headers;
}

const renaming: SwitchName = 'field names in capitals';

function wrapped(state: State, path: string, page: Json[]): Json {
  const { on } = state.sis;
  const rows: unknown[] = page.map((record) => {
    if (typeof record !== 'object') return record;
    let changed = record;
    // Names are changed last: what else is done to a record finds its fields by their usual names.
    for (const name of [...on].sort((a, b) => Number(a === renaming) - Number(b === renaming)))
      changed =
        (switches[name] as { record?: (record: Json, collection: string) => Json }).record?.(changed, path) ?? changed;
    return changed;
  });
  let key = path;
  if (on.has('wrong wrapper keys')) key = wrong[path] ?? path;
  if (on.has('wrapper keys in capitals')) key = `${key[0]?.toUpperCase()}${key.slice(1)}`;
  if (on.has('unknown wrapper key')) key = 'data';
  return {
    [key]: rows,
    ...(on.has('warnings beside rows')
      ? { statusInfoSet: [{ imsx_codeMajor: 'success', imsx_severity: 'warning', imsx_codeMinor: 'something' }] }
      : {}),
  };
}

function send(
  state: State,
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const { on } = state.sis;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const isLatin = on.has('latin1 called so') || on.has('latin1 called utf-8');
  let bytes = Buffer.from(on.has('byte order mark') ? `\ufeff${text}` : text, isLatin ? 'latin1' : 'utf8');
  const type = on.has('wrong content type')
    ? 'text/html'
    : on.has('latin1 called so')
      ? 'application/json; charset=iso-8859-1'
      : 'application/json; charset=utf-8';
  const all: Record<string, string> = { 'content-type': type, ...headers };
  if (on.has('gzip')) {
    bytes = gzipSync(bytes);
    all['content-encoding'] = 'gzip';
  } else if (on.has('deflate')) {
    bytes = deflateSync(bytes);
    all['content-encoding'] = 'deflate';
  }
  response.writeHead(status, all);
  if (!on.has('slow drip')) {
    response.end(bytes);
    return;
  }
  const third = Math.ceil(bytes.length / 3);
  const drip = async () => {
    for (let at = 0; at < bytes.length; at += third) {
      response.write(bytes.subarray(at, at + third));
      await sleep(3);
    }
    response.end();
  };
  drip().catch(() => response.destroy());
}
