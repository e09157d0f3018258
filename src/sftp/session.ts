/** One SFTP session: reads requests off its channel, lets `requests.ts` do them, and sends the answers. */

import type { ServerChannel } from 'ssh2';
import { type Answer, answerOf, status } from './answers.ts';
import { extensions, type Reply, type RequestContext, Requests } from './requests.ts';
import { requestBytes, type Traffic } from './traffic.ts';
import { FieldError, PacketReader, packets, pieceLimitBytes, type Request, readHello, readRequest } from './wire.ts';
import { cameIn } from './young-memory.ts';

export type Session = {
  /** Whether a file is open for writing, or a request is not answered. */
  busy(): boolean;
  /** Whether a request is not answered. */
  waiting(): boolean;
  lastRequestAtMs(): number;
  /** Settles when the session is over and nothing of it is open. */
  ended: Promise<void>;
};

/** A client that asks for this much and does not take it is sent away. */
const unsentLimitBytes = 16 * 1024 * 1024;
const cutOff = { status: status.badMessage, message: 'This request is cut off.' } as Answer;

/** @param hangUp ends the whole connection. */
export function serveSession(
  channel: ServerChannel,
  context: RequestContext,
  traffic: Traffic,
  hangUp: () => void,
): Session {
  const requests = new Requests(context);
  const reader = new PacketReader();
  const pending = new Set<Promise<void>>();
  let isGreeted = false;
  let lastRequestAtMs = Date.now();
  let unsent: Buffer[] = [];
  let over: Promise<void> | undefined;
  let settle: () => void;
  const ended = new Promise<void>((resolve) => {
    settle = resolve;
  });

  function take(pieces: Uint8Array[], lengthBytes: number): void {
    if (over) return;
    lastRequestAtMs = Date.now();
    if (!isGreeted) {
      readHello(pieces, lengthBytes);
      isGreeted = true;
      return send(packets.version(extensions));
    }
    const { id, read } = readRequest(pieces, lengthBytes);
    let request: Request;
    try {
      request = read();
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      return send(packetOf(id, { answer: cutOff }));
    }
    run(id, requestBytes + heldBy(request, lengthBytes), request);
  }

  function run(id: number, bytes: number, request: Request): void {
    traffic.add(bytes);
    const done = requests
      .answer(request)
      .catch((error: unknown) => ({ answer: tell(error) }))
      .then((reply) => {
        lastRequestAtMs = Date.now();
        send(packetOf(id, reply));
      })
      .finally(() => {
        pending.delete(done);
        traffic.done(bytes);
      });
    pending.add(done);
  }

  function tell(error: unknown): Answer {
    if (error instanceof FieldError) return cutOff;
    const answer = answerOf(error);
    if (answer) return answer;
    context.log.error({ err: error }, 'sftp request');
    return { status: status.failure, message: 'The server could not do this. Try again later.' } as Answer;
  }

  /** Answers of one breath leave as one packet: each costs an encryption. */
  function send(packet: Buffer): void {
    if (unsent.push(packet) === 1) setImmediate(flush);
  }

  function flush(): void {
    const answers = unsent;
    unsent = [];
    if (answers.length === 0 || !channel.writable) return;
    try {
      traffic.together(() => channel.write(answers.length === 1 ? (answers[0] as Buffer) : Buffer.concat(answers)));
    } catch {
      // The connection is gone: ssh2 throws then, and there is nobody to tell.
    }
    if (channel.writableLength > unsentLimitBytes) hangUp();
  }

  /** Ends the channel and leaves the connection: OpenSSH waits for the one, rclone needs the other. */
  function end(): void {
    over ??= (async () => {
      await Promise.all(pending);
      await requests.end();
      flush();
      try {
        // scp speaks SFTP nowadays, and takes the want of an exit status for a failure.
        channel.exit(0);
        channel.end();
        channel.close();
      } catch {
        // As above.
      }
      settle();
    })();
  }

  channel.on('data', (data: Buffer) => {
    if (over) return;
    cameIn(data.length);
    try {
      reader.push(data, take);
    } catch {
      // Bytes that are no packet: nobody knows where the next one begins.
      end();
    }
  });
  channel.on('end', end);
  channel.on('close', end);
  channel.on('error', end);
  return {
    busy: () => pending.size > 0 || requests.writing(),
    waiting: () => pending.size > 0,
    lastRequestAtMs: () => lastRequestAtMs,
    ended,
  };
}

/** What a request holds in memory until it is answered: the data that came, or that was asked for. */
const heldBy = (request: Request, lengthBytes: number): number =>
  request.type === 'read' ? Math.min(request.lengthBytes, pieceLimitBytes) : lengthBytes;

function packetOf(id: number, reply: Reply): Buffer {
  if (reply.data) return packets.data(id, reply.data);
  if (reply.handle) return packets.handle(id, reply.handle);
  if (reply.attrs) return packets.attrs(id, reply.attrs);
  if (reply.names) return packets.names(id, reply.names);
  if (reply.extended) return packets.extended(id, reply.extended);
  return packets.status(id, reply.answer?.status ?? status.ok, reply.answer?.message ?? '');
}
