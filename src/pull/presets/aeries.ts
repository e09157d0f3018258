/** Aeries: scopes have to be sent, and the last slash of the token address matters. */
import type { Preset } from './preset.ts';

export const aeries: Preset = {
  id: 'aeries',
  title: 'Aeries',
  known: '`aeries.net`, or references that begin with `~/ims/oneroster`',
  matches: ({ hostname }) => /(^|\.)aeries\.net$/.test(hostname),
  shows: ({ hrefs }) => [...hrefs].some((href) => href.startsWith('~/ims/oneroster')),
  settings: { clientAuth: 'basic', scope: 'default' },
  paths: ['/aeries/ims/oneroster/v1p1', '/ims/oneroster/v1p1'],
  tokenUrls({ origin, hostname, pathname }) {
    const base = `${origin}${pathname.replace(/\/+$/, '')}`;
    const district = hostname.replace(/api\.aeries\.net$|\.aeries\.net$/, '');
    return [`${base}/token`, `https://${district}api.aeries.net/admin/token/`];
  },
  hints: [
    'Elementary classes have no title of their own; they are called by their code.',
    'Students who are enrolled nowhere are not handed out.',
    'If the key is refused, look whether the certificate was pasted in the place of the consumer id.',
  ],
};
