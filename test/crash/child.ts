/**
 * A process that takes deliveries and kills itself: `node child.ts '{"data":…,"put":…,"at":…}'`. It first brings to rest
 * what an earlier process left, prints the state of everything, then puts the next file and dies at the named moment.
 */

import { createLog } from '../../src/log.ts';
import type { Moment } from '../../src/sync/pipeline.ts';
import { houseOn, put, settled, setUp, which } from '../sync/district.ts';
import { stateOf } from './state.ts';

export type Order = {
  data: string;
  /** A new data folder: make the district first. */
  fresh?: boolean;
  /** Bring to rest what is there, and print the state. */
  look?: boolean;
  /** Files to take in whole; the state is printed after each. */
  take?: string[];
  /** The file to die with. */
  put?: string;
  /** When to die; `received` is just after the sender heard success. */
  at?: Moment | 'received';
};

const order = JSON.parse(process.argv[2] as string) as Order;
const die = () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<void>(() => {});
};
let armed = false;
const at = (moment: Moment) => (armed && moment === order.at ? die() : undefined);
const house = await houseOn(order.data, { at }, createLog('error'));
const print = async () => process.stdout.write(`${JSON.stringify(await stateOf(house, order.data))}\n`);

if (order.fresh) await setUp(house);
if (order.look) {
  const [latest] = await house.acts.history({ limit: 1 });
  if (latest) await settled(house, latest.id);
  await print();
}
for (const path of order.take ?? []) {
  await put(house, path);
  await print();
}
if (order.put) {
  armed = true;
  const { sync } = await house.acts.sync({ path: order.put, ...which });
  if (order.at === 'received') await die();
  await settled(house, sync);
  await new Promise<void>(() => {});
}
await house.close();
