/** The headers that every answer carries, so that a browser does no more with it than the console needs. */

import { randomBytes } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

const YEAR_S = 31_536_000;

/** Sets the strict headers on every answer; an answer that sets its own policy (the console's page) keeps it. */
export function securityHeaders(https: boolean): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const { headers } = c.res;
    if (!headers.has('content-security-policy'))
      headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('x-frame-options', 'DENY');
    headers.set('cross-origin-opener-policy', 'same-origin');
    headers.set('cross-origin-resource-policy', 'same-origin');
    headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    if (https) headers.set('strict-transport-security', `max-age=${YEAR_S}; includeSubDomains`);
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
  };
}

/** A fresh nonce for one page: the console's libraries add style elements, and only those with the nonce count. */
export const newNonce = (): string => randomBytes(16).toString('base64');

/** The policy of the console's page: own scripts, own connections, nothing inline without the nonce, never framed. */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
