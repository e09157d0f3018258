/** What is typed about an API while a source is set up, and what a probe of it has found. */

import type { ApiAsked, NewApi, ProbeReport } from './set-up-api.ts';

export const emptyApi: ApiAsked = { address: '', tokenUrl: '', clientId: '', secret: '' };

/** As it is tried: what was left out is no field. */
export function askedOf({ address, tokenUrl, clientId, secret }: ApiAsked) {
  return {
    address: address.trim(),
    secret,
    ...(tokenUrl.trim() === '' ? {} : { tokenUrl: tokenUrl.trim() }),
    ...(clientId.trim() === '' ? {} : { clientId: clientId.trim() }),
  };
}

/** The source as it is made: what was found, with the secret that was typed. */
export function apiOf(
  source: Pick<NewApi, 'product' | 'name' | 'trustFirst'>,
  connection: NonNullable<ProbeReport['connection']>,
  secret: string,
): NewApi {
  const { address, tokenUrl, clientId, preset, settings } = connection;
  return { ...source, address, tokenUrl, clientId, preset, settings, secret };
}
