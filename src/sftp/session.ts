/** One SFTP session: takes requests off the channel, lets `requests.ts` do them, and sends the answers. */

import type { SFTPWrapper } from 'ssh2';
import { type Answer, answerOf, status } from './answers.ts';
import { type Reply, type RequestContext, Requests } from './requests.ts';
import { requestBytes, type Traffic } from './traffic.ts';

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

/** @param hangUp ends the whole connection. */
export function serveSession(
  sftp: SFTPWrapper,
  context: RequestContext,
  traffic: Traffic,
  hangUp: () => void,
): Session {
  const requests = new Requests(context);
  const pending = new Set<Promise<void>>();
  let lastRequestAtMs = Date.now();
  let unsentBytes = 0;
  let over: Promise<void> | undefined;
  let settle: () => void;
  const ended = new Promise<void>((resolve) => {
    settle = resolve;
  });

  function run(id: number, bytes: number, work: () => Promise<Reply>): void {
    if (over) return;
    lastRequestAtMs = Date.now();
    traffic.add(bytes);
    const done = work()
      .catch((error: unknown) => ({ answer: tell(error) }))
      .then((reply) => {
        lastRequestAtMs = Date.now();
        send(id, reply);
      })
      .finally(() => {
        pending.delete(done);
        traffic.done(bytes);
      });
    pending.add(done);
  }

  function tell(error: unknown): Answer {
    const answer = answerOf(error);
    if (answer) return answer;
    context.log.error({ err: error }, 'sftp request');
    return { status: status.failure, message: 'The server could not do this. Try again later.' } as Answer;
  }

  function send(id: number, reply: Reply): void {
    const { window } = inner(sftp).outgoing;
    unsentBytes = window > 0 ? 0 : unsentBytes + (reply.data?.length ?? 0) + requestBytes;
    if (unsentBytes > unsentLimitBytes) return hangUp();
    traffic.gather();
    try {
      if (reply.data) sftp.data(id, Buffer.from(reply.data.buffer, reply.data.byteOffset, reply.data.byteLength));
      else if (reply.handle) sftp.handle(id, reply.handle);
      else if (reply.attrs) sftp.attrs(id, reply.attrs);
      else if (reply.names) sftp.name(id, reply.names);
      else sftp.status(id, reply.answer?.status ?? status.ok, reply.answer?.message ?? '');
    } catch {
      // The connection is gone: ssh2 throws then, and there is nobody to tell.
    }
  }

  /** Ends the channel and leaves the connection: OpenSSH waits for the one, rclone needs the other. */
  function end(): void {
    over ??= (async () => {
      await Promise.all(pending);
      await requests.end();
      try {
        // scp speaks SFTP nowadays, and takes the want of an exit status for a failure.
        inner(sftp)._protocol?.exitStatus?.(inner(sftp).outgoing.id, 0);
        sftp.end();
      } catch {
        // As above.
      }
      settle();
    })();
  }

  sftp.on('end', end);
  sftp.on('close', end);
  sftp.on('error', end);
  listen(sftp, requests, run);
  return {
    busy: () => pending.size > 0 || requests.writing(),
    waiting: () => pending.size > 0,
    lastRequestAtMs: () => lastRequestAtMs,
    ended,
  };
}

/** What ssh2 does not show: how much the client takes at the moment, and the exit status of a channel. */
function inner(sftp: SFTPWrapper) {
  return sftp as unknown as {
    outgoing: { id: number; window: number };
    _protocol?: { exitStatus?(channel: number, code: number): void };
  };
}

type Run = (id: number, bytes: number, work: () => Promise<Reply>) => void;

/** Paths may be undefined whatever the types say: ssh2 passes on what a malformed packet leaves. */
function listen(sftp: SFTPWrapper, requests: Requests, run: Run): void {
  sftp.on('OPEN', (id, path, flags) => run(id, requestBytes, () => requests.open(path, flags)));
  sftp.on('CLOSE', (id, handle) => run(id, requestBytes, () => requests.close(handle)));
  sftp.on('READ', (id, handle, offset, length) => {
    run(id, requestBytes + Math.min(length, 65_536), () => requests.read(handle, offset, length));
  });
  sftp.on('WRITE', (id, handle, offset, data) => {
    run(id, requestBytes + data.length, () => requests.write(handle, offset, data));
  });
  sftp.on('STAT', (id, path) => run(id, requestBytes, () => requests.stat(path)));
  sftp.on('LSTAT', (id, path) => run(id, requestBytes, () => requests.stat(path)));
  sftp.on('FSTAT', (id, handle) => run(id, requestBytes, () => requests.fstat(handle)));
  sftp.on('SETSTAT', (id, path, attrs) => run(id, requestBytes, () => requests.setstat(path, attrs)));
  sftp.on('FSETSTAT', (id, handle, attrs) => run(id, requestBytes, () => requests.fsetstat(handle, attrs)));
  sftp.on('OPENDIR', (id, path) => run(id, requestBytes, () => requests.opendir(path)));
  sftp.on('READDIR', (id, handle) => run(id, requestBytes, () => requests.readdir(handle)));
  sftp.on('REALPATH', (id, path) => run(id, requestBytes, () => requests.realpath(path)));
  sftp.on('REMOVE', (id, path) => run(id, requestBytes, () => requests.remove(path)));
  sftp.on('RENAME', (id, from, to) => run(id, requestBytes, () => requests.rename(from, to)));
  sftp.on('MKDIR', (id, path) => run(id, requestBytes, () => requests.mkdir(path)));
  sftp.on('RMDIR', (id, path) => run(id, requestBytes, () => requests.refuse(path, 'Folders cannot be removed here.')));
  sftp.on('SYMLINK', (id, _target, path) =>
    run(id, requestBytes, () => requests.refuse(path, 'There are no links here.')),
  );
  sftp.on('READLINK', (id, path) => run(id, requestBytes, () => requests.readlink(path)));
  sftp.on('EXTENDED', (id: number, name: string, data: Buffer | undefined) => {
    run(id, requestBytes, () => requests.extended(name, data));
  });
}
