/** The networks from which the people of a district may reach SFTP, as addresses and CIDR blocks. */
import { BlockList, isIP } from 'node:net';
import { Refusal } from '../core/refusal.ts';
import { findDistrict } from '../db/districts.ts';
import { networksOf, setNetworks } from '../db/networks.ts';
import { type Actor, isVendor, noted, type PeopleDeps } from './deps.ts';
import { notFound, refuseViewer } from './rights.ts';

const mostNetworks = 200;

/** Whether an address lies in one of the networks; with none, every address does. */
export function isWithin(networks: readonly string[], address: string): boolean {
  if (networks.length === 0) return true;
  const list = new BlockList();
  for (const network of networks) {
    const [base = '', bits] = network.split('/');
    list.addSubnet(base, Number(bits ?? (isIP(base) === 6 ? 128 : 32)), familyOf(base));
  }
  const bare = plain(address);
  return isIP(bare) !== 0 && list.check(bare, familyOf(bare));
}

/**
 * Networks as people type them, each once, in one spelling.
 * @throws Refusal `network` that names the one that is none.
 */
export function readNetworks(texts: readonly string[]): string[] {
  if (texts.length > mostNetworks)
    throw new Refusal('network', 400, `A district has at most ${mostNetworks} networks.`);
  return [...new Set(texts.map(readNetwork))];
}

function readNetwork(text: string): string {
  const [base = '', bits, ...more] = text.trim().split('/');
  const address = plain(base);
  const most = isIP(address) === 6 ? 128 : 32;
  const length = bits === undefined ? most : Number(bits);
  const isRight =
    isIP(address) !== 0 &&
    !address.includes('%') &&
    more.length === 0 &&
    /^\d{1,3}$/.test(bits ?? '0') &&
    length <= most;
  if (!isRight) {
    const shown = text.replace(/\p{Cc}/gu, '').slice(0, 60);
    throw new Refusal(
      'network',
      400,
      `"${shown}" is not a network. Write an address such as 203.0.113.7, or a block such as 203.0.113.0/24 or 2001:db8::/48.`,
    );
  }
  return length === most ? address.toLowerCase() : `${address.toLowerCase()}/${length}`;
}

/** An IPv4 address that an IPv6 socket shows as `::ffff:…` is one of IPv4. */
const plain = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** @throws Refusal `not-found` for another's district. */
export async function networksFor(deps: PeopleDeps, actor: Actor, district: string): Promise<string[]> {
  return networksOf(deps.db, (await districtFor(deps, actor, district)).id);
}

/**
 * Sets from where a district may be reached; who is connected from elsewhere sees nothing any more within seconds.
 * @param change.networks none: from everywhere.
 * @throws Refusal `network`, `not-found`, `not-allowed` for viewers
 */
export async function changeNetworks(
  deps: PeopleDeps,
  actor: Actor,
  change: { district: string; networks: readonly string[] },
): Promise<string[]> {
  const networks = readNetworks(change.networks);
  const { id } = await districtFor(deps, actor, change.district);
  refuseViewer(actor);
  await deps.db.tx(async (tx) => {
    const from = await networksOf(tx, id);
    if (from.join() === networks.join()) return;
    await setNetworks(tx, id, networks);
    await noted(tx, actor, 'sftp networks set', id, { from, to: networks });
  });
  return networks;
}

async function districtFor({ db }: PeopleDeps, actor: Actor, text: string) {
  const district = await findDistrict(db, text);
  const isOwn = district && (isVendor(actor) || (actor !== 'command line' && actor.districtId === district.id));
  if (!district || !isOwn) throw notFound('district');
  return district;
}
