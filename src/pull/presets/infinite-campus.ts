/** Infinite Campus: OAuth 2 with the name of the application in the token address. */
import type { Preset } from './preset.ts';

export const infiniteCampus: Preset = {
  id: 'infinite-campus',
  title: 'Infinite Campus',
  known: '`infinitecampus.org`, or a path that begins with `/campus/`',
  matches: ({ hostname, pathname }) => /infinitecampus\.(org|com)$/.test(hostname) || /^\/campus\//.test(pathname),
  settings: { clientAuth: 'basic', pageSize: 10_000, localAsSchool: true },
  paths: ['/campus/api/ims/oneroster/rostering/v1p2'],
  tokenUrls({ origin, pathname }) {
    const app = /\/campus\/(?:api\/oneroster\/v1p2|oneroster)\/([^/]+)\//.exec(pathname)?.[1];
    return app === undefined ? [] : [`${origin}/campus/oauth2/token?appName=${app}`];
  },
  hints: [
    'Only people and classes of the current school year are handed out, so the sets empty when the year rolls over: pause the source in summer.',
    'The step from 1.1 to 1.2 gives all users new sourcedIds; the delivery after it is held.',
    'Pull in full once a week and changes nightly, outside of school hours.',
  ],
};
