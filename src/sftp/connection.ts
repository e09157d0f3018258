/** One client's connection: signing in, a few SFTP sessions, and nothing else. */

import type { Socket } from 'node:net';
import type { Connection as Ssh } from 'ssh2';
import type { AuditEntry, Folder, SftpAccount, SftpDeps, SftpLimits } from './deps.ts';
import type { Dropbox } from './dropbox.ts';
import { prepareKeys } from './prepared-keys.ts';
import { type Session, serveSession } from './session.ts';
import { signingIn } from './signing-in.ts';
import { Traffic } from './traffic.ts';

export type ConnectionContext = Pick<SftpDeps, 'signIn' | 'keysOf' | 'signInWithKey' | 'foldersOf' | 'log'> & {
  limits: SftpLimits;
  dropboxOf(sourceId: string): Promise<Dropbox>;
  audit(entry: AuditEntry): void;
  /** No more sessions: the server is being stopped. */
  stopping(): boolean;
};

export type Connection = {
  /** Who is signed in; undefined before. */
  accountId(): string | undefined;
  busy(): boolean;
  /** Whether nothing was asked for longer than `idleMs`. */
  idle(nowMs: number, idleMs: number): boolean;
  end(): void;
  /** Settles when all sessions are over; call it once the socket is closed. */
  ended(): Promise<void>;
};

const sessionsLimit = 8;
const foldersFreshMs = 5000;
const deniedAuditLimit = 100;

export function serveConnection(ssh: Ssh, socket: Socket, context: ConnectionContext): Connection {
  const address = socket.remoteAddress ?? '';
  prepareKeys(ssh);
  const traffic = new Traffic(socket);
  const sessions = new Set<Session>();
  let account: SftpAccount | undefined;
  let lastActAtMs = Date.now();

  const end = () => {
    ssh.end();
  };
  ssh.on(
    'authentication',
    signingIn({
      ...context,
      address,
      end,
      welcome(signedIn) {
        account = signedIn;
        lastActAtMs = Date.now();
      },
    }),
  );
  ssh.on('session', (accept, reject) => {
    if (!account || sessions.size >= sessionsLimit || context.stopping()) return reject();
    const who = { accountId: account.id, address };
    const requestContext = {
      ...who,
      folders: cachedFolders(() => context.foldersOf(who)),
      dropboxOf: context.dropboxOf,
      audit: onceEach(context.audit),
      log: context.log,
    };
    // The bare channel: with a listener for 'sftp', ssh2 would read the packets itself, in smaller pieces.
    accept().on('subsystem', (acceptChannel, rejectChannel, { name }) => {
      if (name !== 'sftp') return rejectChannel?.();
      lastActAtMs = Date.now();
      const session = serveSession(acceptChannel(), requestContext, traffic, () => socket.destroy());
      sessions.add(session);
      void session.ended.then(() => {
        sessions.delete(session);
        lastActAtMs = Date.now();
      });
    });
  });

  return {
    accountId: () => account?.id,
    busy: () => [...sessions].some((session) => session.busy()),
    idle(nowMs, idleMs) {
      if ([...sessions].some((session) => session.waiting())) return false;
      const last = Math.max(lastActAtMs, ...[...sessions].map((session) => session.lastRequestAtMs()));
      return nowMs - last > idleMs;
    },
    end,
    async ended() {
      await Promise.all([...sessions].map((session) => session.ended));
    },
  };
}

/** Folders are asked for again every few seconds, so that what is taken from a person is gone while they are connected. */
function cachedFolders(ask: () => Promise<Folder[]>): () => Promise<Folder[]> {
  let asked: Promise<Folder[]> | undefined;
  let askedAtMs = 0;
  return () => {
    if (!asked || Date.now() - askedAtMs > foldersFreshMs) {
      askedAtMs = Date.now();
      const asking = ask();
      asking.catch(() => {
        if (asked === asking) asked = undefined;
      });
      asked = asking;
    }
    return asked;
  };
}

/** A client that asks for the same forbidden thing again and again is noted once, and one that tries many not for ever. */
function onceEach(audit: (entry: AuditEntry) => void): (entry: AuditEntry) => void {
  const told = new Set<string>();
  return (entry) => {
    if (entry.act === 'sftp denied') {
      const key = entry.object ?? '';
      if (told.has(key) || told.size >= deniedAuditLimit) return;
      told.add(key);
    }
    audit(entry);
  };
}
