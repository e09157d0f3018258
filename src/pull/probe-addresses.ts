/** Where the API and its token address may lie, from whatever a district has pasted. */

import { cleanAddress } from '../core/pull-connection.ts';
import { collections } from '../core/rest/collections.ts';
import type { Preset } from './presets/preset.ts';

const resources = [
  ...Object.keys(collections),
  'schools',
  'terms',
  'gradingPeriods',
  'resources',
  'token',
  'discovery',
];
const trailing = new RegExp(`/(${resources.join('|')})(/[^/]*)?$`, 'i');

/** OneRoster 1.0 lay at another path, and answers nothing here. */
export const isOldPath = (address: string): boolean => /\/learningdata\/v1(\/|$)/i.test(address);

/** Addresses that are tried, most likely first. @throws Refusal `api-address` */
export function addressCandidates(pasted: string, preset: Preset | undefined): string[] {
  const text = pasted.trim();
  const given = cleanAddress(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`).replace(trailing, '');
  const { origin } = new URL(given);
  const found: string[] = [];
  const add = (...addresses: string[]) => {
    for (const each of addresses) if (!found.includes(each)) found.push(each);
  };
  if (/v1p[12]/i.test(given)) add(given);
  if (/\/ims\/oneroster$/i.test(given)) add(`${given}/rostering/v1p2`, `${given}/v1p1`, `${given}/v1p2`);
  for (const path of preset?.paths ?? []) add(`${origin}${path}`);
  const prefixes = isOldPath(given) ? [origin] : [given, origin];
  for (const prefix of prefixes)
    if (!/\/ims\/oneroster/i.test(prefix))
      add(`${prefix}/ims/oneroster/rostering/v1p2`, `${prefix}/ims/oneroster/v1p1`, `${prefix}/ims/oneroster/v1p2`);
  // The payload may be of one version below the path of the other.
  const other = given
    .replace(/\/rostering\/v1p2$/i, '/v1p1')
    .replace(/\/v1p1$/i, (tail) => (given.endsWith(tail) ? '/rostering/v1p2' : tail));
  if (/v1p[12]/i.test(given)) add(other);
  add(given);
  return found;
}

/** Token addresses that are tried: the given one alone, or usual ones under the same server and those of the preset. */
export function tokenCandidates(address: string, given: string | undefined, preset: Preset | undefined): string[] {
  if (given !== undefined && given.trim() !== '') return [given.trim()];
  const url = new URL(address);
  const own = preset?.tokenUrls?.(url) ?? [];
  const { origin } = url;
  const usual = [
    `${address}/token`,
    `${address}/oauth/token`,
    `${address}/token/`,
    `${origin}/oauth/access_token`,
    `${origin}/oauth/token`,
  ];
  return [...new Set([...own, ...usual])];
}
