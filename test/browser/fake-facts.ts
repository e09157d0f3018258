/** What the house in memory says it runs with. */

import { settings } from '../../src/config.ts';
import type { HouseFacts } from '../../src/http/house-routes.ts';

const secrets = ['DATABASE_URL', 'HOMEROOM_SMTP_URL', 'HOMEROOM_ARCHIVE_KEY', 'HOMEROOM_OIDC_CLIENT_SECRET'];

export const fakeFacts: HouseFacts = {
  version: '0.1.0',
  node: '24.21.0',
  database: '18.4',
  isOwnDatabase: false,
  hasMailServer: false,
  keys: { count: 1, areSetting: false },
  sftp: {
    host: 'sftp.vendor.example',
    port: 2222,
    fingerprints: [{ type: 'ssh-ed25519', fingerprint: 'SHA256:VwUqQP+v815UAyNHz4UPXX+3HcjM93nyoTgx2FWMTeI' }],
  },
  settings: Object.values(settings).map(({ env, doc, default: usual }) => {
    const isSecret = secrets.includes(env);
    const isSet = env === 'HOMEROOM_VENDOR';
    return { env, doc, default: usual, isSecret, isSet, shown: isSecret ? 'not set' : isSet ? 'imagine' : usual };
  }),
};
