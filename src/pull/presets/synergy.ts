/** Synergy by Edupoint. */
import type { Preset } from './preset.ts';

export const synergy: Preset = {
  id: 'synergy',
  title: 'Synergy (Edupoint)',
  known: '`edupoint` in the host, or `synergy` in the address',
  matches: ({ hostname, pathname }) => /edupoint|synergy/i.test(hostname) || /synergy/i.test(pathname),
  settings: { clientAuth: 'basic', overlapMinutes: 1440 },
  paths: ['/ims/oneroster/v1p1'],
  hints: [
    'API and token address stand on the OneRoster page of the administration.',
    'invalid_scope means that scopes are not switched on for this key; then none is sent.',
  ],
};
