/** A program that is told things: a real HTTP server on loopback that checks each signature by itself. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Told = { id: string; seconds: number; isSigned: boolean; body: Record<string, unknown>; raw: string };
export type Receiver = {
  url: string;
  /** What came, whether or not it was taken. */
  told: Told[];
  /** Set it after the webhook is added. */
  secret: string;
  /** What it answers; 204 unless told otherwise. */
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
};

export async function startReceiver(): Promise<Receiver> {
  const receiver: Omit<Receiver, 'url' | 'close'> = {
    told: [],
    secret: '',
    answer: (_, response) => response.writeHead(204).end(),
  };
  const server = createServer((request, response) => {
    text(request).then(
      (raw) => {
        receiver.told.push(read(request, raw, receiver.secret));
        receiver.answer(request, response);
      },
      () => response.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${port}/hook`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

function read(request: IncomingMessage, raw: string, secret: string): Told {
  const header = (name: string) => String(request.headers[name] ?? '');
  const [id, seconds] = [header('webhook-id'), header('webhook-timestamp')];
  return {
    id,
    seconds: Number(seconds),
    isSigned: isGood(secret, id, seconds, raw, header('webhook-signature')),
    body: JSON.parse(raw) as Record<string, unknown>,
    raw,
  };
}

/** As the guide says it, and from the words of Standard Webhooks; shares nothing with src/alert. */
function isGood(secret: string, id: string, seconds: string, raw: string, header: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]{43}=$/.test(secret)) return false;
  const mac = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'));
  mac.update(id);
  mac.update('.');
  mac.update(seconds);
  mac.update('.');
  mac.update(raw);
  const want = mac.digest();
  return header.split(' ').some((part) => {
    const [version, given = ''] = part.split(',');
    const bytes = Buffer.from(given, 'base64');
    return version === 'v1' && bytes.length === want.length && timingSafeEqual(bytes, want);
  });
}
