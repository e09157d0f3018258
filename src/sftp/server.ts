/** The SFTP door: listens, lets people in, and hands what they put to the house. */

import { mkdir, readdir } from 'node:fs/promises';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { admission } from './admission.ts';
import { algorithms } from './algorithms.ts';
import { type Connection, type ConnectionContext, serveConnection } from './connection.ts';
import { defaultLimits, type SftpDeps, type SftpLimits } from './deps.ts';
import { Dropbox } from './dropbox.ts';
import { sourceOf } from './paths.ts';

export type SftpServer = {
  /** The port that was taken. */
  port: number;
  /** Host keys as OpenSSH shows them. */
  fingerprints: { type: string; fingerprint: string }[];
  /** Ends every connection of an account at once, uploads under way too: it may not come in any more. */
  disconnect(accountId: string): void;
  /** Lets uploads under way finish, for a bounded time, then ends everything. */
  close(): Promise<void>;
};

/**
 * Opens the door. What a former run left waiting in the staging folder is picked up again.
 * @throws when the port is taken.
 */
export async function startSftp(deps: SftpDeps): Promise<SftpServer> {
  const limits = { ...defaultLimits, ...deps.limits };
  const dropboxes = await openDropboxes(deps, limits);
  const open = new Map<Socket, Connection | undefined>();
  let stopping = false;
  const context: ConnectionContext = {
    signIn: deps.signIn,
    keysOf: deps.keysOf,
    signInWithKey: deps.signInWithKey,
    foldersOf: deps.foldersOf,
    log: deps.log,
    limits,
    dropboxOf: dropboxes.of,
    audit: auditOf(deps),
    stopping: () => stopping,
  };
  const ssh = new ssh2.Server({
    hostKeys: deps.hostKeys.map(({ privateKey }) => privateKey),
    algorithms,
    ident: 'Homeroom',
  });
  const ending = new Set<Promise<void>>();
  const listener = listen(ssh, limits, open, ending, context);
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(deps.port, deps.host, () => {
      listener.off('error', reject);
      resolve();
    });
  }).catch(async (error) => {
    await dropboxes.close();
    throw error;
  });
  listener.on('error', (error) => deps.log.error({ err: error }, 'sftp listener'));
  const watch = setInterval(() => endIdle(open, limits), Math.max(50, Math.min(15_000, limits.idleMs / 4)));
  const sweep = setInterval(() => {
    dropboxes.sweep().catch((error) => deps.log.error({ err: error }, 'sftp sweep'));
  }, 3_600_000);

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    stopping = true;
    clearInterval(watch);
    clearInterval(sweep);
    const closed = new Promise((resolve) => listener.close(resolve));
    await finishUploads(open, deps.graceMs ?? 10_000);
    const connections = [...open.values()];
    for (const [socket, connection] of open) hangUp(socket, connection);
    await closed;
    await Promise.all([...connections.map((connection) => connection?.ended()), ...ending]);
    await dropboxes.close();
  }

  return {
    port: (listener.address() as { port: number }).port,
    fingerprints: deps.hostKeys.map(({ type, fingerprint }) => ({ type, fingerprint })),
    disconnect(accountId) {
      for (const [socket, connection] of open) if (connection?.accountId() === accountId) socket.destroy();
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

/**
 * Every socket passes here first, so that those which never say a word are bounded and timed too.
 * @param ending is given the connections whose socket is gone, while what they sent is still put away.
 */
function listen(
  ssh: InstanceType<typeof ssh2.Server>,
  limits: SftpLimits,
  open: Map<Socket, Connection | undefined>,
  ending: Set<Promise<void>>,
  context: ConnectionContext,
): NetServer {
  const gate = admission(limits);
  const sockets = new Map<string, Socket>();
  ssh.on('connection', (client, info) => {
    // Malformed packets and broken connections are the client's affair: ssh2 ends the connection itself.
    client.on('error', () => {});
    const socket = sockets.get(`${info.ip} ${info.port}`);
    if (!socket) return void client.end();
    client.once('ready', () => clearTimeout(timers.get(socket)));
    open.set(socket, serveConnection(client, socket, context));
  });
  const timers = new WeakMap<Socket, NodeJS.Timeout>();
  return createServer({ noDelay: true }, (socket) => {
    const address = socket.remoteAddress ?? '';
    // ssh2 listens too, but only from the moment it has the socket.
    socket.on('error', () => {});
    const refused = context.stopping() ? 'The server is being stopped.' : gate.enter(address, Date.now());
    if (refused) {
      socket.end(`${refused}\r\n`);
      socket.setTimeout(1000, () => socket.destroy());
      socket.resume();
      return;
    }
    const key = `${socket.remoteAddress} ${socket.remotePort}`;
    sockets.set(key, socket);
    open.set(socket, undefined);
    const timer = setTimeout(() => socket.destroy(), limits.signInMs);
    timers.set(socket, timer);
    socket.once('close', () => {
      clearTimeout(timer);
      gate.leave(address);
      sockets.delete(key);
      const ended = open.get(socket)?.ended();
      open.delete(socket);
      if (!ended) return;
      ending.add(ended);
      ended.finally(() => ending.delete(ended)).catch(() => {});
    });
    ssh.injectSocket(socket);
  });
}

type Dropboxes = {
  of(sourceId: string): Promise<Dropbox>;
  sweep(): Promise<void>;
  close(): Promise<void>;
};

async function openDropboxes(deps: SftpDeps, limits: SftpLimits): Promise<Dropboxes> {
  const open = new Map<string, Promise<Dropbox>>();
  const audit = auditOf(deps);
  const of = (sourceId: string): Promise<Dropbox> => {
    // The id becomes the name of a folder.
    if (!/^[\w-]{1,64}$/.test(sourceId)) return Promise.reject(new Error('A source id that cannot name a folder.'));
    const found = open.get(sourceId);
    if (found) return found;
    const { isTest, ...whose } = sourceOf(sourceId);
    const opening = Dropbox.open({
      ...whose,
      dir: join(deps.stagingDir, sourceId),
      limits,
      quietMs: deps.quietMs,
      lingerMs: deps.lingerMs ?? 60_000,
      log: deps.log,
      receive: isTest ? deps.receiveTest : deps.receive,
      follow: isTest ? undefined : deps.follow,
      unprocessedOf: isTest ? async () => [] : (deps.unprocessedOf ?? (async () => [])),
      audit,
    });
    open.set(sourceId, opening);
    opening.catch(() => open.delete(sourceId));
    return opening;
  };
  await mkdir(deps.stagingDir, { recursive: true, mode: 0o700 });
  for (const entry of await readdir(deps.stagingDir, { withFileTypes: true })) {
    if (entry.isDirectory()) await of(entry.name);
  }
  const all = () => Promise.all([...open.values()]);
  return {
    of,
    async sweep() {
      for (const box of await all()) await box.sweep();
    },
    async close() {
      await Promise.all((await all()).map((box) => box.close()));
    },
  };
}

/** The audit log never keeps a request from its answer; that it fails is a fault of ours. */
function auditOf(deps: SftpDeps): ConnectionContext['audit'] {
  return (entry) => {
    Promise.resolve()
      .then(() => deps.audit(entry))
      .catch((error) => deps.log.error({ err: error }, 'sftp audit'));
  };
}

function endIdle(open: Map<Socket, Connection | undefined>, limits: SftpLimits): void {
  for (const [socket, connection] of open) {
    if (connection?.idle(Date.now(), limits.idleMs)) hangUp(socket, connection);
  }
}

async function finishUploads(open: Map<Socket, Connection | undefined>, graceMs: number): Promise<void> {
  const endAtMs = Date.now() + graceMs;
  const busy = () => [...open.values()].some((connection) => connection?.busy());
  while (busy() && Date.now() < endAtMs) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Says goodbye, and does not wait long for the answer. */
function hangUp(socket: Socket, connection: Connection | undefined): void {
  connection?.end();
  if (!connection) socket.destroy();
  else socket.setTimeout(500, () => socket.destroy());
}
