/** What the SFTP door needs from the house: facts and acts in its own words, so that the door can be tested alone. */

import type { Log } from '../log.ts';
import type { HostKey } from './host-keys.ts';

export type SftpAccount = { id: string };

/** A public key that lets a person in. */
export type SftpKey = {
  id: string;
  accountId: string;
  /** As SSH sends it: what stands in base64 in a `.pub` file. */
  publicKey: Buffer;
  /** `SHA256:…` */
  fingerprint: string;
};

/** A source that takes files by SFTP. */
export type Folder = {
  sourceId: string;
  /** Absolute, no slash at the end: `/imagine/1234567-lakeview/literacy`. */
  path: string;
  /** Folder on disk whose files are shown, read only, as `reports/`; may not exist yet. */
  reportsDir?: string;
  /** What is put here is checked and reported, and changes nothing. */
  isTest?: true;
};

/** A file that the house begins to keep while it still comes. */
export type Following = {
  /** So many bytes from the start are in the file, and do not change any more. */
  upTo(sizeBytes: number): void;
  /** What is kept is the house's affair. */
  finish(sizeBytes: number): Promise<{ key: string; sha256: string; sizeBytes: number }>;
  giveUp(): void;
};

/** One file of an upload, whole and on disk. Whoever receives it finishes `following`, or gives it up. */
export type UploadedFile = { name: string; path: string; sizeBytes: number; following?: Following | undefined };

/** What becomes one delivery. */
export type Upload = {
  sourceId: string;
  /** Name of the one file; `loose files` for a set. */
  name: string;
  files: UploadedFile[];
  accountId: string;
  address: string;
};

/** A delivery that was received and is not processed yet. */
export type ReceivedFile = { name: string; sizeBytes: number; receivedAt: Date };

/** An act for the audit log. `object` may hold a path, so that an entry never goes to the program's own log. */
export type AuditEntry = {
  accountId: string;
  address: string;
  act: 'sftp sign in' | 'sftp denied' | 'sftp test file' | 'sftp remove' | 'sftp set aside' | 'sftp upload cut off';
  object?: string;
  detail?: Record<string, string | number>;
};

export type SftpLimits = {
  /** Largest file. */
  fileBytes: number;
  /** Most bytes that wait in one folder. */
  folderBytes: number;
  /** Most files that wait in one folder. */
  folderFiles: number;
  connections: number;
  connectionsPerAddress: number;
  newConnectionsPerMinute: number;
  /** Passwords tried on one connection. */
  attempts: number;
  /** From connecting to being signed in. */
  signInMs: number;
  idleMs: number;
};

export type SftpDeps = {
  host: string;
  /** 0 takes a free one. */
  port: number;
  hostKeys: HostKey[];
  /** Holds one folder per source with what waits; belongs to this door alone. */
  stagingDir: string;
  limits?: Partial<SftpLimits>;
  /** A set of loose files is complete when nothing came for this long. */
  quietMs: number;
  /** A received file stays listed at least this long, as clients look for what they have just put. Default 60 s. */
  lingerMs?: number;
  /** For how long `close` waits for uploads under way. Default 10 s. */
  graceMs?: number;
  log: Log;
  /** @throws Refusal when the person may not come in. */
  signIn(email: string, password: string, address: string): Promise<SftpAccount>;
  /** The keys of the person who has this email address; none for somebody unknown. */
  keysOf(email: string): Promise<SftpKey[]>;
  /** The client has proved to have the private half. @throws Refusal when the person may not come in. */
  signInWithKey(key: SftpKey, address: string): Promise<SftpAccount>;
  /** The person's own sources that may be reached from this address; asked again every few seconds. */
  foldersOf(who: { accountId: string; address: string }): Promise<Folder[]>;
  /**
   * Makes a delivery. It is durable when this resolves, and only then does the client hear success; the files may not be
   * on the disk before. They may be moved away; what is left of them is removed afterwards.
   * @throws Refusal whose sentence is shown to the person.
   */
  receive(upload: Upload): Promise<unknown>;
  /** Begins to keep a file that is being sent; without it, files are kept when they are whole. */
  follow?(path: string): Following;
  /**
   * Takes a file that is sent for a test: it is checked, a report is written, and nothing else becomes of it. The files
   * may be moved away; the check need not be over when this resolves.
   * @throws Refusal whose sentence is shown to the person.
   */
  receiveTest(upload: Upload): Promise<unknown>;
  /** Deliveries of a source that are received but not processed: they stay listed. */
  unprocessedOf?(sourceId: string): Promise<ReceivedFile[]>;
  audit(entry: AuditEntry): void | Promise<void>;
};

const GiB = 1024 ** 3;

export const defaultLimits: SftpLimits = {
  fileBytes: 2 * GiB,
  folderBytes: 8 * GiB,
  folderFiles: 200,
  connections: 200,
  connectionsPerAddress: 100,
  newConnectionsPerMinute: 300,
  attempts: 6,
  signInMs: 60_000,
  idleMs: 600_000,
};
