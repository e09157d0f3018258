/** Tokens by OAuth 2 client credentials: asked for once, kept until shortly before they end, renewed when refused. */
import type { PullConnection } from '../core/pull-connection.ts';
import type { PullSettings } from '../core/pull-settings.ts';
import { encoded } from './oauth1.ts';
import { serverWords } from './server-words.ts';
import { type Answer, type Bounds, type Sent, send } from './transport.ts';
import { PullTrouble } from './trouble.ts';

export type Token = { value: string; endsAt: number; cookies: string | undefined };

export type Tokens = {
  /** The token in use, or a new one; those who ask at once wait for the same. */
  get(signal: AbortSignal): Promise<Token>;
  /** It was refused: the next one who asks gets another. */
  drop(token: Token): void;
};

const aheadMs = 60_000;
const assumedSeconds = 300;

export type TokenDeps = {
  connection: PullConnection;
  settings: PullSettings;
  secret: string;
  bounds: Bounds;
  now(): Date;
  /** 1.2 has scopes of its own. */
  version: '1.1' | '1.2';
};

export function openTokens(deps: TokenDeps): Tokens {
  let current: Token | undefined;
  let asking: Asking | undefined;
  return {
    async get(signal) {
      signal.throwIfAborted();
      if (current && current.endsAt - aheadMs > deps.now().getTime()) return current;
      asking ??= ask();
      return whileWanted(asking, signal);
    },
    drop(token) {
      if (current === token) current = undefined;
    },
  };

  function ask(): Asking {
    const stop = new AbortController();
    const token = fetchToken(deps, stop.signal);
    const own = { token, stop, waiting: 0 };
    const isOver = () => {
      if (asking === own) asking = undefined;
    };
    stop.signal.addEventListener('abort', isOver, { once: true });
    token.then((found) => {
      current = found;
      isOver();
    }, isOver);
    return own;
  }
}

/** One question for all who wait: it is given up when none of them wants its answer any more. */
type Asking = { token: Promise<Token>; stop: AbortController; waiting: number };

function whileWanted(asking: Asking, signal: AbortSignal): Promise<Token> {
  asking.waiting++;
  return new Promise((resolve, reject) => {
    const leave = () => {
      if (--asking.waiting === 0) asking.stop.abort(signal.reason);
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    asking.token.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject);
  });
}

/** @throws PullTrouble `no-token`, with the words of the server. */
export async function fetchToken(deps: TokenDeps, signal: AbortSignal): Promise<Token> {
  const answer = await send(tokenRequest(deps), deps.bounds, signal);
  const text = answer.body.toString('utf8');
  const token = answer.status === 200 || answer.status === 201 ? tokenIn(text, deps.settings) : undefined;
  if (!token) throw refusedToken(answer, text, deps);
  const seconds = Number(token.expires_in);
  const lasts = Number.isFinite(seconds) && seconds > 0 ? seconds : assumedSeconds;
  // One that lasts shorter than we renew ahead is used for half its time.
  const usedFor = Math.max(lasts * 1000, aheadMs + lasts * 500);
  const cookies = answer.cookies.map((cookie) => cookie.split(';')[0]).join('; ');
  return { value: token.value, endsAt: deps.now().getTime() + usedFor, cookies: cookies || undefined };
}

/** What is sent for a token, by the settings. */
export function tokenRequest({ connection, settings, secret, version }: TokenDeps): Sent {
  const { clientId } = connection;
  const given = [...new URLSearchParams(settings.tokenParameters)];
  const pairs: [string, string][] = given.some(([name]) => name === 'grant_type')
    ? []
    : [['grant_type', 'client_credentials']];
  const scope = scopeText(settings.scope, version);
  if (scope !== '') pairs.push(['scope', scope]);
  pairs.push(...given);
  const own: [string, string][] = [
    ['client_id', clientId],
    ['client_secret', secret],
  ];
  const url = connection.tokenUrl as string;
  const form = (all: [string, string][]) => all.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  const basic = (id: string, key: string) => `Basic ${Buffer.from(`${id}:${key}`).toString('base64')}`;
  switch (settings.clientAuth) {
    case 'body':
      return { method: 'POST', url, headers, body: form([...pairs, ...own]) };
    case 'login': {
      const body = form([['clientid', clientId], ['clientsecret', secret], ...given]);
      return { method: 'POST', url, headers, body };
    }
    case 'json': {
      const body = JSON.stringify(Object.fromEntries([...pairs, ...own]));
      return { method: 'POST', url, headers: { 'content-type': 'application/json' }, body };
    }
    case 'query':
      return { method: 'POST', url: `${url}${url.includes('?') ? '&' : '?'}${form(own)}`, headers, body: form(pairs) };
    case 'basic+urlencode': {
      const authorization = basic(encoded(clientId), encoded(secret));
      return { method: 'POST', url, headers: { ...headers, authorization }, body: form(pairs) };
    }
    case 'basic':
      return {
        method: 'POST',
        url,
        headers: { ...headers, authorization: basic(clientId, secret) },
        body: form(pairs),
      };
  }
}

const scopeNames = ['roster-core.readonly', 'roster.readonly', 'roster-demographics.readonly'];

/** Scopes with a space between them; empty when none is sent. */
export function scopeText(scope: string, version: '1.1' | '1.2'): string {
  if (scope === 'none') return '';
  const prefix = `purl.imsglobal.org/spec/or/${version === '1.2' ? 'v1p2' : 'v1p1'}/scope/`;
  if (scope === 'bare') return scopeNames.join(' ');
  if (scope === 'http') return scopeNames.map((name) => `http://${prefix}${name}`).join(' ');
  return scope === 'default' ? scopeNames.map((name) => `https://${prefix}${name}`).join(' ') : scope;
}

/** Servers with a way of their own call it `token`. */
function tokenIn(text: string, { clientAuth }: PullSettings): { value: string; expires_in?: unknown } | undefined {
  try {
    const json = JSON.parse(text);
    const value = json?.access_token ?? (clientAuth === 'login' ? json?.token : undefined);
    return typeof value === 'string' && value !== '' ? { value, expires_in: json.expires_in } : undefined;
  } catch {
    return undefined;
  }
}

function refusedToken({ status }: Answer, text: string, { connection, secret }: TokenDeps): PullTrouble {
  const { host } = new URL(connection.tokenUrl as string);
  const { minor, text: more } = serverWords(text, [secret]);
  const said = [minor, more].filter((word) => word !== undefined).join(': ') || undefined;
  const isRedirect = status >= 300 && status < 400;
  const sentence = isRedirect
    ? `The token address at ${host} leads elsewhere, and secrets are not sent on. Use the address it leads to.`
    : status === 200
      ? `The token address at ${host} answers without a token. It may not be the token address.`
      : `${host} gives no token for this key and secret (status ${status}${minor === undefined ? '' : `, ${minor}`}).`;
  return new PullTrouble('no-token', sentence, { status, said });
}
