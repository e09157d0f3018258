/** Reads from an API: authorised, within the limits of the server, and tried again where that makes sense. */
import type { PullConnection } from '../core/pull-connection.ts';
import type { PullSettings } from '../core/pull-settings.ts';
import { type Lane, pause } from './lanes.ts';
import { authorization, encoded, newMoment } from './oauth1.ts';
import { serverWords } from './server-words.ts';
import { openTokens, type Tokens } from './token.ts';
import { type Answer, type Bounds, send } from './transport.ts';
import { PullTrouble } from './trouble.ts';

export type Query = readonly (readonly [string, string])[];

export type Client = {
  connection: PullConnection;
  settings: PullSettings;
  /** The address of a collection with its query. */
  urlOf(path: string, query?: Query): string;
  /**
   * The answer with status 200 to a GET. Tried again after failures of the server or the network.
   * @param tries most tries of this request.
   * @throws PullTrouble
   */
  get(url: string, signal: AbortSignal, tries?: number): Promise<Answer>;
  /** Requests sent, and those of them that were tried again, so far. */
  stats: { requests: number; retries: number; bytes: number };
};

export type ClientDeps = {
  connection: PullConnection;
  settings: PullSettings;
  secret: string;
  bounds: Bounds;
  lane: Lane;
  version: '1.1' | '1.2';
  now(): Date;
  /** First pause before a request is tried again. */
  backoffMs?: number;
  /** Most retries of all requests together. */
  retriesLimit?: number;
};

const triesLimit = 5;
const longestPauseMs = 60_000;
const longestAskedMs = 15 * 60_000;
const redirectsLimit = 3;
/** A clock that is wrong by less is not why a signature was refused. */
const skewMs = 60_000;

export function openClient(deps: ClientDeps): Client {
  const { connection, settings, secret, bounds, lane } = deps;
  const stats = { requests: 0, retries: 0, bytes: 0 };
  const tokens = openTokens(deps);
  let clockMs = 0;

  async function once(url: string, signal: AbortSignal): Promise<Answer> {
    const leave = await lane.enter(
      { concurrency: settings.concurrency, perMinute: settings.requestsPerMinute },
      signal,
    );
    try {
      return await authorised(url, signal);
    } finally {
      leave();
    }
  }

  /** A token that was refused is renewed once; a signature is made once more when the clocks differ. */
  async function authorised(url: string, signal: AbortSignal): Promise<Answer> {
    for (let second = false; ; second = true) {
      const { answer, token } = await follow(url, signal);
      if (answer.status !== 401) return answer;
      if (second || settings.auth === 'bearer') throw refused(answer, url);
      if (settings.auth === 'oauth2') tokens.drop(token as Awaited<ReturnType<Tokens['get']>>);
      else {
        const theirs = Date.parse(answer.headers.date ?? '');
        const differs = theirs - deps.now().getTime() - clockMs;
        if (!Number.isFinite(theirs) || Math.abs(differs) < skewMs) throw refused(answer, url);
        clockMs += differs;
      }
    }
  }

  /** Redirects stay on the server, and each request is authorised anew. */
  async function follow(first: string, signal: AbortSignal) {
    let url = first;
    for (let count = 0; ; count++) {
      const token = settings.auth === 'oauth2' ? await tokens.get(signal) : undefined;
      stats.requests++;
      const headers: Record<string, string> = {
        authorization: token ? `Bearer ${token.value}` : header(url),
        'user-agent': 'Homeroom',
        ...(token?.cookies ? { cookie: token.cookies } : {}),
      };
      const answer = await send({ method: 'GET', url, headers }, bounds, signal);
      stats.bytes += answer.body.length;
      if (answer.status < 300 || answer.status > 399 || answer.status === 304) return { answer, token };
      url = redirected(url, answer, count);
    }
  }

  function header(url: string): string {
    if (settings.auth === 'bearer') return `Bearer ${secret}`;
    const oauth = {
      consumerKey: connection.clientId,
      consumerSecret: secret,
      method: settings.signature,
      version: '1.0' as const,
    };
    return authorization('GET', url, oauth, newMoment(new Date(deps.now().getTime() + clockMs)));
  }

  function refused({ status, body }: Answer, url: string): PullTrouble {
    const { minor, text } = serverWords(body.toString('utf8'), [secret]);
    const said = [minor, text].filter((word) => word !== undefined).join(': ') || undefined;
    return new PullTrouble(
      'not-authorised',
      `${new URL(url).host} does not accept the ${settings.auth === 'oauth1' ? 'signature' : 'token'} (status 401).`,
      { status, said },
    );
  }

  async function get(url: string, signal: AbortSignal, tries = triesLimit): Promise<Answer> {
    for (let tried = 1; ; tried++) {
      let trouble: PullTrouble;
      let waitMs: number | undefined;
      try {
        const answer = await once(url, signal);
        waitMs = askedPause(answer, deps.now());
        // Whoever asks next waits, also after an answer that is right.
        if (waitMs !== undefined) lane.pauseUntil(deps.now().getTime() + waitMs);
        if (answer.status === 200) return answer;
        trouble = troubleOf(answer, url, secret);
      } catch (error) {
        if (!(error instanceof PullTrouble)) throw error;
        trouble = error;
      }
      const again = ['busy', 'server-error', 'timeout', 'not-reachable'].includes(trouble.code);
      if (!again || tried >= tries || stats.retries >= (deps.retriesLimit ?? 100)) throw trouble;
      stats.retries++;
      const { backoffMs = 1000 } = deps;
      const most = Math.min(longestPauseMs, backoffMs * 2 ** (tried - 1));
      await pause(waitMs ?? most * (0.5 + Math.random() / 2), signal);
    }
  }

  return {
    connection,
    settings,
    stats,
    get,
    urlOf(path, query = []) {
      const pairs = query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
      return `${connection.address}/${path}${pairs === '' ? '' : `?${pairs}`}`;
    },
  };
}

function redirected(from: string, { headers, status }: Answer, count: number): string {
  const target = headers.location;
  const next = target !== undefined && URL.canParse(target, from) ? new URL(target, from) : undefined;
  const { host, hostname, protocol } = new URL(from);
  if (!next || count >= redirectsLimit)
    throw new PullTrouble('redirect', `${host} leads from one address to the next without an end.`, { status });
  const isSame = next.hostname === hostname && (next.protocol === protocol || next.protocol === 'https:');
  if (!isSame || next.username || next.password)
    throw new PullTrouble(
      'redirect',
      `${host} leads to another server, and keys are not taken there. Use the address of that server if it is right.`,
      { status },
    );
  return next.href;
}

/** A status that is not 200, as a trouble. */
export function troubleOf({ status, body }: Answer, url: string, secret = ''): PullTrouble {
  const { host, pathname } = new URL(url);
  const { minor, text } = serverWords(body.toString('utf8'), [secret]);
  const said = [minor, text].filter((word) => word !== undefined).join(': ') || undefined;
  const collection = pathname.slice(pathname.lastIndexOf('/') + 1);
  const more = { status, said };
  if (status === 429 || status === 503) return new PullTrouble('busy', `${host} is busy (status ${status}).`, more);
  if (status === 413) return new PullTrouble('too-large', `${host} says that so many records are too much.`, more);
  if (status >= 500)
    return new PullTrouble('server-error', `${host} failed when asked for ${collection} (status ${status}).`, more);
  if (status === 403)
    return new PullTrouble('forbidden', `${host} does not allow this key to read ${collection} (status 403).`, more);
  if (status === 404 || status === 410)
    return new PullTrouble('not-found', `${host} has no ${collection} at this address (status ${status}).`, more);
  return new PullTrouble(
    'bad-request',
    `${host} does not take this question about ${collection} (status ${status}).`,
    more,
  );
}

/** What `Retry-After` asks for, in seconds or as a date, or a limit that is used up: the time until it is over. */
function askedPause({ status, headers }: Answer, now: Date): number | undefined {
  const after = status === 429 || status === 503 ? headers['retry-after'] : undefined;
  const ms = after === undefined ? untilReset(headers, now) : untilTime(after, now);
  return ms !== undefined && Number.isFinite(ms) ? Math.min(Math.max(0, ms), longestAskedMs) : undefined;
}

const untilTime = (after: string, now: Date): number =>
  /^\d+(\.\d+)?$/.test(after) ? Number(after) * 1000 : Date.parse(after) - now.getTime();

/** These headers have no standard: when a limit begins anew is told in seconds from now, or of the epoch. */
function untilReset(headers: Record<string, string>, now: Date): number | undefined {
  const [remaining, reset] = ['remaining', 'reset'].map(
    (name) => headers[`x-ratelimit-${name}`] ?? headers[`ratelimit-${name}`],
  );
  if (reset === undefined || !/^\s*-?0+\s*$/.test(remaining ?? 'unknown')) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(reset.trim()) ? Number(reset) : Number.NaN;
  if (Number.isNaN(seconds)) return untilTime(reset, now);
  return seconds > 1e9 ? seconds * (seconds > 1e12 ? 1 : 1000) - now.getTime() : seconds * 1000;
}
