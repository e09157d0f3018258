/** How an invented district connects by SFTP, for the tests of the console and of its routes. */

import { connectionCommands } from '../../src/core/connection-commands.ts';
import type { ConnectionDeps } from '../../src/http/connection-deps.ts';

export function fakeConnections(): ConnectionDeps {
  let networks: string[] = [];
  const place = { host: 'sftp.vendor.example', port: 2222, path: '/imagine/1234567-lakeview/literacy' };
  const fingerprint = 'SHA256:VwUqQP+v815UAyNHz4UPXX+3HcjM93nyoTgx2FWMTeI';
  return {
    connection: async ({ email: user }, id) => ({
      source: { id, name: 'SFTP' },
      district: { id: 'd1', siteCode: '1234567', name: 'Lakeview Unified' },
      product: { slug: 'literacy', name: 'Literacy' },
      ...place,
      user,
      testPath: `${place.path}/test`,
      reportsPath: `${place.path}/reports`,
      fingerprints: [{ type: 'ssh-ed25519', fingerprint }],
      knownHosts: [],
      formats: [{ id: 'oneroster-csv', title: 'OneRoster CSV 1.1 and 1.2' }],
      window: { from: '20:00', to: '03:00', days: [1, 2, 3, 4, 5], timeZone: 'America/Denver' },
      due: { days: [1, 2, 3, 4, 5, 6, 7], time: '03:00', timeZone: 'America/Denver' },
      fileName: null,
      fileLimitBytes: 2 * 1024 ** 3,
      networks,
      commands: connectionCommands({
        ...place,
        user,
        fingerprint,
        ecdsaFingerprint: fingerprint,
        file: 'OneRoster.zip',
      }),
    }),
    networks: async () => networks,
    async setNetworks(_actor, change) {
      networks = change.networks;
      return networks;
    },
  };
}
