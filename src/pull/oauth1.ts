/** Signs requests by OAuth 1.0a without a token (RFC 5849), as OneRoster 1.1 uses it. */
import { createHmac, randomBytes } from 'node:crypto';

export type SignatureMethod = 'HMAC-SHA256' | 'HMAC-SHA1';

export type OAuth1 = {
  consumerKey: string;
  consumerSecret: string;
  method: SignatureMethod;
  /** Some servers are sent none; then it stands in the signature neither. */
  version?: '1.0';
  /** `oauth_token` and its secret; OneRoster has neither. */
  token?: { key: string; secret: string };
};

/** What makes a signature differ from another of the same request. */
export type Moment = { nonce: string; timestamp: number };

export const newMoment = (now: Date): Moment => ({
  nonce: randomBytes(20).toString('hex'),
  timestamp: Math.floor(now.getTime() / 1000),
});

/** The header `Authorization` for exactly this URL. @param url as it is sent, query included. */
export function authorization(method: string, url: string, oauth: OAuth1, moment: Moment): string {
  const own = parameters(oauth, moment);
  const signature = signatureOf(method, url, oauth, moment);
  const all = [...own, ['oauth_signature', signature] as const];
  return `OAuth ${all.map(([name, value]) => `${encoded(name)}="${encoded(value)}"`).join(', ')}`;
}

export function signatureOf(method: string, url: string, oauth: OAuth1, moment: Moment): string {
  const key = `${encoded(oauth.consumerSecret)}&${encoded(oauth.token?.secret ?? '')}`;
  const hash = oauth.method === 'HMAC-SHA256' ? 'sha256' : 'sha1';
  return createHmac(hash, key)
    .update(baseString(method, url, [...parameters(oauth, moment)]))
    .digest('base64');
}

/** What is signed: the method, the address without its query, and all parameters in order. */
export function baseString(method: string, url: string, own: readonly (readonly [string, string])[]): string {
  const { origin, pathname } = new URL(url);
  return [method.toUpperCase(), `${origin}${pathname}`, normalised([...queryOf(url), ...own])].map(encoded).join('&');
}

/** Encoded pairs, sorted by name and then value. */
export function normalised(pairs: readonly (readonly [string, string])[]): string {
  const all = pairs.map(([name, value]) => [encoded(name), encoded(value)] as const);
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return all
    .sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]))
    .map((pair) => pair.join('='))
    .join('&');
}

/** RFC 3986: all but letters, digits, `-`, `.`, `_` and `~`, as `%XX` of UTF-8. */
export const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

function parameters({ consumerKey, method, version, token }: OAuth1, { nonce, timestamp }: Moment) {
  return [
    ['oauth_consumer_key', consumerKey],
    ['oauth_nonce', nonce],
    ['oauth_signature_method', method],
    ['oauth_timestamp', String(timestamp)],
    ...(token ? [['oauth_token', token.key] as const] : []),
    ...(version ? [['oauth_version', version] as const] : []),
  ] as const;
}

/** Decoded pairs, cut at the first `=` only; `+` and `%20` are spaces. */
function queryOf(url: string): (readonly [string, string])[] {
  const query = new URL(url).search.slice(1);
  if (query === '') return [];
  const decoded = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  return query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))];
  });
}
