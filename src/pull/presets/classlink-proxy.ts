/** The OneRoster proxy of ClassLink, with a token for each district. */
import type { Preset } from './preset.ts';

export const classlinkProxy: Preset = {
  id: 'classlink-proxy',
  title: 'ClassLink OneRoster proxy',
  known: '`oneroster-proxy.classlink.io`, `oneroster-proxy.apis.classlink.com`',
  matches: ({ hostname }) => /^oneroster-proxy\.(apis\.)?classlink\.(io|com)$/.test(hostname),
  settings: { auth: 'bearer', version: '1.1', pageSize: 5000 },
  paths: [],
  hints: ['The address holds the id of the district application, percent-encoded: paste it as it is.'],
};
