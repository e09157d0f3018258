/** Finds the token address and how it wants key, secret and scope. */
import type { PullConnection } from '../core/pull-connection.ts';
import { pullSettingsOf } from '../core/pull-settings.ts';
import { versionOfPath } from './plan.ts';
import type { Preset } from './presets/preset.ts';
import { tokenCandidates } from './probe-addresses.ts';
import { fetchToken } from './token.ts';
import type { Bounds } from './transport.ts';
import { PullTrouble } from './trouble.ts';

export type TokenSearch = {
  addresses: readonly string[];
  tokenUrl?: string | undefined;
  clientId: string;
  secret: string;
  preset: Preset | undefined;
  settings: Record<string, unknown>;
  bounds: Bounds;
  now(): Date;
};

export type FoundToken = { tokenUrl: string; settings: Record<string, unknown>; words: string };

/**
 * Undefined where no address gives tokens.
 * @throws PullTrouble when an address is one for tokens, and refuses this key: trying on would lock it.
 */
export async function findToken(search: TokenSearch, signal: AbortSignal): Promise<FoundToken | undefined> {
  const [address = ''] = search.addresses;
  for (const tokenUrl of tokenCandidates(address, search.tokenUrl, search.preset)) {
    const found = await tryAt(tokenUrl, address, search, signal);
    if (found) return found;
  }
  if (search.tokenUrl)
    throw new PullTrouble(
      'no-token',
      `${hostOf(search.tokenUrl)} gives no tokens at this address. Look at it again, slashes at its end included.`,
    );
  return undefined;
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url.slice(0, 100));

/** In this order: the usual way, then what the answer asks for. */
async function tryAt(
  tokenUrl: string,
  address: string,
  search: TokenSearch,
  signal: AbortSignal,
): Promise<FoundToken | undefined> {
  let settings: Record<string, unknown> = { ...search.settings };
  const tried = new Set<string>();
  for (;;) {
    const read = pullSettingsOf(settings);
    const way = `${read.clientAuth} ${read.scope}`;
    tried.add(way);
    try {
      const connection: PullConnection = { address, tokenUrl, clientId: search.clientId, preset: null, settings };
      await fetchToken(
        {
          connection,
          settings: read,
          secret: search.secret,
          bounds: search.bounds,
          now: search.now,
          version: versionOfPath(address),
        },
        signal,
      );
      const where = read.clientAuth === 'basic' ? 'key and secret in the header' : 'key and secret in the body';
      return { tokenUrl, settings, words: `${where}, ${read.scope === 'none' ? 'no scope' : 'with scopes'}` };
    } catch (error) {
      if (!(error instanceof PullTrouble)) throw error;
      const next = variation(error, read, (clientAuth, scope) => tried.has(`${clientAuth} ${scope}`));
      if (next === 'other address') return undefined;
      if (next === 'refused') throw error;
      settings = { ...settings, ...next };
    }
  }
}

type Next = { clientAuth?: string; scope?: string } | 'other address' | 'refused';

function variation(
  trouble: PullTrouble,
  { clientAuth, scope }: { clientAuth: string; scope: string },
  isTried: (auth: string, scope: string) => boolean,
): Next {
  const { status, said = '' } = trouble;
  const named =
    /invalid_client|unauthorized_client|invalid_scope|invalid_request|unsupported_grant_type|access_denied/.exec(
      said,
    )?.[0];
  if (trouble.code !== 'no-token') {
    if (['not-public', 'tls'].includes(trouble.code)) return 'refused';
    return 'other address';
  }
  if (status === undefined || status === 404 || status === 405 || status >= 500 || (status >= 200 && status < 400))
    return 'other address';
  if (status === 400 && named === undefined && !isTried('body', scope)) return { clientAuth: 'body' };
  if (status === 400 && named === undefined) return 'other address';
  if (named === 'invalid_scope' || named === 'invalid_request' || named === 'unsupported_grant_type') {
    for (const other of ['http', 'bare', 'none']) if (!isTried(clientAuth, other)) return { scope: other };
    if (clientAuth === 'basic' && !isTried('body', 'default')) return { clientAuth: 'body', scope: 'default' };
    return 'refused';
  }
  // Some take key and secret in the body only; once more, and no oftener.
  if (clientAuth === 'basic' && !isTried('body', scope)) return { clientAuth: 'body' };
  return 'refused';
}
