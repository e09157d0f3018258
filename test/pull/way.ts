/** How the test server lets in: by tokens that are asked for in one of the ways that servers want, or by signed requests. */
import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import Second from 'oauth-1.0a';

export const clientId = 'client-7';
export const secret = 's3cr3t/+ &x';

/** How a server lets in; what is left out is as usual. */
export type Way = {
  /** Where its collections lie. */
  prefix?: string;
  tokenPath?: string;
  /** Where key and secret have to stand; anything else is refused. */
  clientAuth?: 'basic' | 'body' | 'json' | 'query' | 'basic+urlencode' | 'login';
  /** How scopes have to be spelled; `none`: any scope is refused. */
  scope?: 'https' | 'http' | 'bare' | 'none';
  /** There are no tokens: each request has to be signed by this hash, or to carry this token. */
  signed?: 'HMAC-SHA256' | 'HMAC-SHA1';
  bearer?: string;
  tls?: { key: string; cert: string };
};

export function formOf(body: string, type: string): URLSearchParams {
  return type === 'application/json' ? new URLSearchParams(JSON.parse(body)) : new URLSearchParams(body);
}

/** Key and secret where they have to be, and nowhere else. */
export function isClient(form: URLSearchParams, url: URL, { headers }: IncomingMessage, { clientAuth }: Way): boolean {
  const basic = (id: string, key: string) => `Basic ${Buffer.from(`${id}:${key}`).toString('base64')}`;
  const holds = (all: URLSearchParams) => all.get('client_id') === clientId && all.get('client_secret') === secret;
  const isJson = headers['content-type'] === 'application/json';
  const found = {
    basic: headers.authorization === basic(clientId, secret),
    'basic+urlencode': headers.authorization === basic(encodeURIComponent(clientId), encodeURIComponent(secret)),
    body: holds(form) && !isJson,
    json: holds(form) && isJson,
    query: holds(url.searchParams),
    login: form.size === 2 && form.get('clientid') === clientId && form.get('clientsecret') === secret,
  };
  return clientAuth ? found[clientAuth] : found.basic || found.body;
}

/** Whether the library oauth-1.0a signs this request in the same way. */
export function isSigned(method: 'HMAC-SHA256' | 'HMAC-SHA1', request: IncomingMessage, origin: string): boolean {
  const given = [...(request.headers.authorization ?? '').matchAll(/(oauth_\w+)="([^"]*)"/g)].map(
    ([, name = '', value = '']) => [name, decodeURIComponent(value)] as const,
  );
  const { oauth_signature, ...own } = Object.fromEntries(given);
  const url = new URL(request.url ?? '/', origin);
  const second = new Second({
    consumer: { key: clientId, secret },
    signature_method: method,
    hash_function: (base, key) =>
      createHmac(method === 'HMAC-SHA1' ? 'sha1' : 'sha256', key)
        .update(base)
        .digest('base64'),
  });
  const signed = {
    url: `${url.origin}${url.pathname}`,
    method: request.method ?? 'GET',
    data: Object.fromEntries(url.searchParams),
  };
  const isOurs = own.oauth_consumer_key === clientId && own.oauth_signature_method === method;
  return isOurs && second.getSignature(signed, undefined, own as unknown as Second.Data) === oauth_signature;
}

const spelled = { https: /^https:\/\/purl/, http: /^http:\/\/purl/, bare: /^roster-core\.readonly/, none: /^$/ };

export const isScope = (form: URLSearchParams, { scope }: Way): boolean =>
  !scope || spelled[scope].test(form.get('scope') ?? '');
