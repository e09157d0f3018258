/** Where and as whom a source pulls: what a district hands over, read and bounded. */

import { changedPullSettings } from './pull-settings.ts';
import { Refusal } from './refusal.ts';

/** The secret is not part of it: it is stored on its own. */
export type PullConnection = {
  /** Where collections lie, `https://sis.example.org/ims/oneroster/v1p1`, without a slash at the end. */
  address: string;
  /** Exactly as typed, query and last slash included; null where requests are signed or a token was handed out. */
  tokenUrl: string | null;
  /** Client id or consumer key; empty for a token that was handed out. */
  clientId: string;
  /** The preset it was made with; null: none. */
  preset: string | null;
  /** What was set, by name; see pull-settings.ts. */
  settings: Record<string, unknown>;
};

export type ConnectionGiven = {
  address?: string | undefined;
  tokenUrl?: string | null | undefined;
  clientId?: string | undefined;
  preset?: string | null | undefined;
  settings?: Record<string, unknown> | undefined;
};

const urlLimit = 2000;
const keyLimit = 500;
export const secretLimit = 4000;

/**
 * The connection with what is given changed.
 * @param before undefined for a new one, which has to name its address.
 * @throws Refusal `api-address`, `api-key`, `source-setting`
 */
export function changedConnection(before: PullConnection | undefined, given: ConnectionGiven): PullConnection {
  const settings = changedPullSettings(before?.settings ?? {}, given.settings ?? {});
  const address = given.address === undefined ? before?.address : cleanAddress(given.address);
  if (address === undefined)
    throw new Refusal(
      'api-address',
      400,
      'Give the address of the API, such as https://sis.example.org/ims/oneroster/v1p1',
    );
  const tokenUrl = given.tokenUrl === undefined ? (before?.tokenUrl ?? null) : given.tokenUrl?.trim() || null;
  if (tokenUrl !== null) webAddress(tokenUrl, 'token address');
  const clientId = (given.clientId ?? before?.clientId ?? '').trim();
  if (clientId.length > keyLimit || /\p{Cc}/u.test(clientId))
    throw new Refusal('api-key', 400, `A key has at most ${keyLimit} characters, on one line.`);
  if (clientId === '' && settings.auth !== 'bearer')
    throw new Refusal('api-key', 400, 'Give the key (client id) that the SIS has made for you.');
  if (tokenUrl === null && (settings.auth ?? 'oauth2') === 'oauth2')
    throw new Refusal(
      'api-address',
      400,
      'OAuth 2 needs a token address. Find it with: homeroom probe, or set auth=oauth1 if the SIS has none.',
    );
  return {
    address,
    tokenUrl,
    clientId,
    preset: given.preset === undefined ? (before?.preset ?? null) : given.preset,
    settings,
  };
}

/** Only white space, query and slashes at the end are taken off; the rest is kept as given. @throws Refusal `api-address` */
export function cleanAddress(text: string): string {
  const { href } = webAddress(text.trim(), 'address');
  return href.replace(/[?#].*$/, '').replace(/\/+$/, '');
}

/** @throws Refusal `api-secret` */
export function checkSecret(secret: string): string {
  const text = secret.replace(/\r?\n$/, '');
  if (text === '' || text.length > secretLimit || /[\r\n\0]/.test(text))
    throw new Refusal('api-secret', 400, 'Give the secret that belongs to the key, on one line.');
  return text;
}

function webAddress(text: string, what: string): URL {
  const url = text.length <= urlLimit && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Refusal('api-address', 400, `The ${what} must begin with https:// and name a server.`);
  if (url.username || url.password)
    throw new Refusal('api-address', 400, `The ${what} must hold no user and no password.`);
  return url;
}
