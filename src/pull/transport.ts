/** One HTTP request to somebody else's server: bounded in size and time, with its compressed bytes unpacked. */
import type { Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { DialError, type Dialer } from '../dial.ts';
import { giveRoom, takeRoom } from './room.ts';
import { PullTrouble } from './trouble.ts';

export type Sent = {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
};

export type Answer = {
  status: number;
  /** Names in lower case; repeated ones joined by commas, but for cookies. */
  headers: Record<string, string>;
  cookies: string[];
  body: Buffer;
};

export type Bounds = {
  /** Dials what may be dialled. */
  dialer: Dialer;
  /** Largest body, unpacked. */
  limitBytes: number;
  /** Longest silence of the server. */
  silenceMs: number;
  /** Longest time of the whole request. */
  totalMs: number;
};

/** @throws PullTrouble when there is no whole answer. An answer of any status is an answer. */
export async function send(sent: Sent, bounds: Bounds, signal: AbortSignal): Promise<Answer> {
  const late = AbortSignal.timeout(bounds.totalMs);
  try {
    const answer = await bounds.dialer.request(sent.url, {
      method: sent.method,
      headers: { accept: 'application/json', 'accept-encoding': 'gzip, deflate', ...sent.headers },
      ...(sent.body === undefined ? {} : { body: sent.body }),
      signal: AbortSignal.any([signal, late]),
      headersTimeout: bounds.silenceMs,
      bodyTimeout: bounds.silenceMs,
    });
    const { headers, cookies } = plainHeaders(answer.headers);
    const body = await wholeBody(answer.body, headers, bounds.limitBytes);
    return { status: answer.statusCode, headers, cookies, body };
  } catch (error) {
    signal.throwIfAborted();
    throw asTrouble(error, sent.url, late.aborted);
  }
}

/**
 * Pieces are copied as they come: kept until all are there, each would outlive the first sweeps of the collector, and then
 * wait long to be given back.
 */
async function wholeBody(body: Readable, headers: Record<string, string>, limitBytes: number): Promise<Buffer> {
  const encoding = headers['content-encoding'];
  const saidBytes = encoding === undefined ? Number(headers['content-length']) : Number.NaN;
  let whole = takeRoom(saidBytes > 0 ? Math.min(saidBytes, limitBytes, believedBytes) : firstBytes);
  let sizeBytes = 0;
  for await (const piece of unpacked(body, encoding)) {
    const end = sizeBytes + piece.length;
    if (end > limitBytes) {
      body.destroy();
      throw new PullTrouble('too-large', `An answer is larger than ${Math.round(limitBytes / 2 ** 20)} MiB.`);
    }
    if (end > whole.length) {
      const larger = takeRoom(Math.min(limitBytes, Math.max(end, whole.length * 2)));
      whole.copy(larger, 0, 0, sizeBytes);
      giveRoom(whole);
      whole = larger;
    }
    piece.copy(whole, sizeBytes);
    sizeBytes = end;
  }
  return whole.subarray(0, sizeBytes);
}

/** Room for an answer that does not say how long it is, and at most for one that does: more is made as it comes. */
const firstBytes = 1 << 16;
const believedBytes = 8 * 2 ** 20;

async function* unpacked(body: Readable, encoding: string | undefined): AsyncGenerator<Buffer> {
  const codings = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  let stream = body;
  for (const coding of codings.reverse()) {
    if (coding === '' || coding === 'identity') continue;
    const unpack =
      coding === 'gzip' || coding === 'x-gzip' ? createGunzip() : coding === 'deflate' ? createInflate() : undefined;
    if (!unpack) {
      body.destroy();
      throw new PullTrouble('not-json', 'The server packs its answers in a way that was not asked for.');
    }
    const from = stream;
    from.on('error', (error) => unpack.destroy(error));
    stream = from.pipe(unpack);
  }
  try {
    for await (const piece of stream) yield piece as Buffer;
  } finally {
    if (stream !== body) stream.destroy();
  }
}

function plainHeaders(given: Record<string, string | string[] | undefined>) {
  const headers: Record<string, string> = {};
  let cookies: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (name === 'set-cookie') cookies = Array.isArray(value) ? value : [value];
    else headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { headers, cookies };
}

const certificateCodes = /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_SSL|HOSTNAME_MISMATCH)/;

function asTrouble(error: unknown, url: string, isLate: boolean): unknown {
  if (error instanceof PullTrouble) return error;
  const host = new URL(url).host;
  const code = String((error as { code?: unknown }).code ?? '');
  if (error instanceof DialError || code === 'ENOTPUBLIC')
    return new PullTrouble(
      'not-public',
      `${host} is not a public address reached by https. Networks of your own are named in HOMEROOM_PULL_NETWORKS.`,
    );
  if (isLate || /TIMEOUT|ETIMEDOUT/.test(code)) return new PullTrouble('timeout', `${host} did not answer in time.`);
  if (certificateCodes.test(code))
    return new PullTrouble('tls', `The certificate of ${host} cannot be trusted (${code}), so nothing was sent to it.`);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new PullTrouble('not-reachable', `There is no server named ${host}, or its name cannot be looked up.`);
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return new PullTrouble('too-large', 'An answer is larger than the limit.');
  if (/^(Z_|ERR_STREAM|UND_ERR|ECONN|EPIPE|HPE_|EHOST|ENET)/.test(code) || (error as Error).name === 'SocketError')
    return new PullTrouble('not-reachable', `The connection to ${host} was refused or broke off (${code}).`);
  return error;
}
