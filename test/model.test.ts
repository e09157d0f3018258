/** A few dozen random histories, other ones each day; `npm run test:model` lives through thousands. */

import { after, test } from 'node:test';
import { proveModel } from './model/prove.ts';
import { tempFolder } from './sync/district.ts';

const folder = await tempFolder();
after(folder.remove);

test('whatever two sources and people do, the roster, the syncs and the history are what the rules say', async () => {
  const today = Math.floor(Date.now() / 86_400_000);
  await proveModel({ histories: 25, seed: today, folder: folder.path });
});
