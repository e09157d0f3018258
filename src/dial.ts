/** Dials addresses that others have given us, and only such as are public, unless the setting names their network. */
import { promises as dns, type LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';
import type { Agent, buildConnector, Dispatcher } from 'undici';
import { SettingError } from './config.ts';
import { Refusal } from './core/refusal.ts';

/** Networks that are nobody's public address: IANA's registries of special purpose addresses. */
const special = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
];

/** What IPv6 gives out as public at all. */
const global = listOf(['2000::/3'], 'IANA');
const notPublic = listOf(special, 'IANA');

export type Networks = BlockList;

/** @param text networks with commas or spaces between them, such as `10.20.0.0/16`. @throws SettingError */
export const networksOf = (text: string, setting: string): Networks =>
  listOf(
    text.split(/[\s,]+/).filter((part) => part !== ''),
    setting,
  );

function listOf(networks: string[], setting: string): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits, ...rest] = network.split('/');
    const version = isIP(address);
    const longest = version === 4 ? 32 : 128;
    const length = bits === undefined ? longest : Number(bits);
    if (rest.length > 0 || version === 0 || !/^\d{0,3}$/.test(bits ?? '') || bits === '' || length > longest) {
      throw new SettingError(`${setting} must hold networks such as 10.20.0.0/16, not "${network}".`);
    }
    list.addSubnet(address, length, version === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** Whether an address is one of the public internet. IPv4 in the clothes of IPv6 counts as what it is. */
export function isPublicAddress(address: string): boolean {
  const plain = unmapped(address);
  if (isIP(plain) === 4) return !notPublic.check(plain, 'ipv4');
  if (isIP(plain) !== 6 || plain.includes('%')) return false;
  return global.check(plain, 'ipv6') && !notPublic.check(plain, 'ipv6');
}

/** `::ffff:10.0.0.1` and `::ffff:a00:1` as `10.0.0.1`. */
function unmapped(address: string): string {
  if (isIP(address) !== 6 || address.includes('%')) return address;
  // The URL parser writes every IPv6 address in one way.
  const [, high, low] =
    /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${address}]`).hostname) ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

function isIn(networks: Networks, address: string): boolean {
  const plain = unmapped(address);
  const version = isIP(plain);
  return version !== 0 && networks.check(plain, version === 4 ? 'ipv4' : 'ipv6');
}

/** The address may not be dialled: it is not public, and no setting allows it. */
export class DialError extends Error {
  readonly code = 'ENOTPUBLIC';
}

export type DialOptions = {
  /** Networks that may be reached besides the public internet. */
  allowed: Networks;
  connectTimeoutMs: number;
  /** Connections to one server at once. */
  connections?: number;
  /** Largest answer, as it comes over the wire. */
  responseLimitBytes?: number;
  /** Longest silence of a server: before its answer, and within it. */
  silenceMs?: number;
  /** How long a connection is kept for the next request; not at all when not given. */
  keepAliveMs?: number;
  /** The addresses of a name; for tests. */
  resolve?: (host: string) => Promise<LookupAddress[]>;
};

export type Dialer = {
  /** As that of undici. */
  request(url: string, options: RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Ends all connections. */
  destroy(): Promise<void>;
};
type RequestOptions = Omit<Dispatcher.RequestOptions, 'origin' | 'path' | 'method'> & { method: Dispatcher.HttpMethod };

/**
 * Dials only what may be dialled. Names are looked up once, and the connection goes to the very addresses that were
 * judged, so that a name cannot point elsewhere in between. Without TLS only allowed networks are reached.
 */
export function publicDialer(options: DialOptions): Dialer {
  // Read when somebody is dialled for the first time: most processes never dial, and would wait for it.
  let opened: Promise<{ undici: Undici; agent: Agent }> | undefined;
  const open = async () => {
    const undici = await import('undici');
    return { undici, agent: openAgent(undici, options) };
  };
  return {
    async request(url, asked) {
      opened ??= open();
      const { undici, agent } = await opened;
      return undici.request(url, { ...asked, dispatcher: agent });
    },
    async destroy() {
      await (await opened)?.agent.destroy();
    },
  };
}

type Undici = typeof import('undici');

function openAgent(undici: Undici, options: DialOptions): Agent {
  const { allowed, connectTimeoutMs, connections = 4, responseLimitBytes = 1024 * 1024, resolve } = options;
  const { silenceMs, keepAliveMs } = options;
  const find = resolve ?? ((host: string) => dns.lookup(host, { all: true, verbatim: true }));
  const judge = (address: string, isSecure: boolean) => {
    if (isIn(allowed, address) || (isSecure && isPublicAddress(address))) return;
    throw new DialError(isSecure ? 'not a public address' : 'not an allowed network, and no TLS');
  };
  return new undici.Agent({
    connections,
    // 0 closes a connection after each answer.
    pipelining: keepAliveMs === undefined ? 0 : 1,
    keepAliveTimeout: keepAliveMs ?? 1000,
    keepAliveMaxTimeout: keepAliveMs ?? 1000,
    maxHeaderSize: 16 * 1024,
    maxResponseSize: responseLimitBytes,
    ...(silenceMs === undefined ? {} : { headersTimeout: silenceMs, bodyTimeout: silenceMs }),
    connect: connector(undici, find, judge, connectTimeoutMs),
  });
}

type Judge = (address: string, isSecure: boolean) => void;

function connector(
  undici: Undici,
  find: (host: string) => Promise<LookupAddress[]>,
  judge: Judge,
  timeout: number,
): buildConnector.connector {
  return (options, done) => {
    const isSecure = options.protocol === 'https:';
    const host = options.hostname.replace(/^\[|\]$/g, '');
    judged(host, isSecure, find, judge).then(
      (addresses) => {
        const lookup = (_: string, { all }: { all?: boolean }, found: (...answer: unknown[]) => void) => {
          const [first] = addresses as [LookupAddress];
          if (all) found(null, addresses);
          else found(null, first.address, first.family);
        };
        undici.buildConnector({ timeout, lookup: lookup as never, autoSelectFamily: true })(options, done);
      },
      (error: Error) => done(error, null),
    );
  };
}

/** All addresses of a host; one that may not be dialled among them is enough to refuse. */
async function judged(
  host: string,
  isSecure: boolean,
  find: (host: string) => Promise<LookupAddress[]>,
  judge: Judge,
): Promise<LookupAddress[]> {
  const family = isIP(host);
  const addresses = family === 0 ? await find(host) : [{ address: host, family }];
  if (addresses.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  for (const { address } of addresses) judge(address, isSecure);
  return addresses;
}

/**
 * An address that may be given as one to call.
 * @throws Refusal with `code`
 */
export function callableUrl(text: string, code = 'webhook-url'): string {
  const url = text.length <= 2000 && URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Refusal(code, 400, 'The address must begin with https:// and name a server.');
  }
  if (url.username || url.password || url.hash) {
    throw new Refusal(code, 400, 'The address must hold no user, no password and no part behind #.');
  }
  return url.href;
}
