/** What the acts of operators need from the house, and how each of them is noted. */
import type { Webhooks } from '../alert/webhook.ts';
import type { Limits } from '../core/bundle.ts';
import { audit } from '../db/audit.ts';
import type { Db, Pool } from '../db/db.ts';
import type { SftpPlace } from '../doors/connection.ts';
import type { PeopleDeps } from '../people/deps.ts';
import type { Pulls } from '../pull/pulls.ts';
import type { Archive } from '../sync/archive.ts';
import type { Inbox } from '../sync/inbox.ts';
import type { Rotated } from '../sync/rotate.ts';
import type { Vault } from '../vault.ts';

export type ActsDeps = {
  db: Pool;
  inbox: Inbox;
  archive: Archive;
  /** How much a delivery may unpack to. */
  limits: Limits;
  enqueue(rosterId: string): Promise<void>;
  /** First part of every upload path. */
  vendor: string;
  /** Largest file that is taken. */
  uploadLimitBytes: number;
  /** Most files of one set. */
  filesLimit: number;
  /** Address of the console, without a slash at the end. */
  consoleUrl(): string;
  people: PeopleDeps;
  /** Without one, mails are kept in the outbox folder, and links are told to whoever calls. */
  hasMailServer: boolean;
  rotateKeys(): Promise<Rotated>;
  pulls: Pulls;
  /** Has the pull of a source looked at soon. */
  pullSoon(sourceId: string): Promise<void>;
  /** Seals the secrets of webhooks and APIs. */
  vault: Vault;
  /** Tries one message to a webhook at once. */
  tellWebhook: Webhooks['tryNow'];
  /** The SFTP server as districts reach it; undefined while it does not run here. */
  sftpPlace(): SftpPlace | undefined;
  /** What runs here, for `status`. */
  status(): Record<string, unknown>;
  now(): Date;
};

/** Stands for the person in what is noted about an act of the command line. */
export const operator = 'command line' as const;

/** Writes an act of the command line into the audit log. */
export const noted = (db: Db, act: string, object: string, detail: Record<string, unknown> = {}) =>
  audit(db, { act, object, detail: { ...detail, by: operator } });
