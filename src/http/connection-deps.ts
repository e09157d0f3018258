/** What the pages about connecting by SFTP need from the house. */

import type { ConnectionCommand } from '../core/connection-commands.ts';
import type { Actor } from './people-deps.ts';

/** Everything that a district needs to send files by SFTP. */
export type ConnectionFacts = {
  source: { id: string; name: string };
  district: { id: string; siteCode: string; name: string };
  product: { slug: string; name: string };
  host: string;
  port: number;
  /** Email address with which to sign in. */
  user: string;
  path: string;
  /** Files that are put here are checked and reported, and nothing else. */
  testPath: string;
  reportsPath: string;
  /** `SHA256:…` of the host keys, as clients show them on first contact. */
  fingerprints: { type: string; fingerprint: string }[];
  /** Lines for a known_hosts file. */
  knownHosts: string[];
  formats: { id: string; title: string }[];
  /** When files are awaited: times of day and days of the week (1 is Monday); null: at any time. */
  window: { from: string; to: string; days: number[]; timeZone: string } | null;
  /** When a delivery is due: days of the week (1 is Monday) and a local time; null: no time is set. */
  due: { days: number[]; time: string; timeZone: string } | null;
  /** The name that the last file had: it stays the same every night; null before the first. */
  fileName: string | null;
  fileLimitBytes: number;
  /** Networks from which SFTP may be reached; none: from everywhere. */
  networks: string[];
  commands: ConnectionCommand[];
};

export type ConnectionDeps = {
  /**
   * For the person who asks, or for one of the district whom they look after (`personId`); a source of another district is
   * answered like one that does not exist.
   */
  connection(actor: Actor & { email: string }, sourceId: string, personId?: string): Promise<ConnectionFacts>;
  networks(actor: Actor, district: string): Promise<string[]>;
  /** @throws Refusal `network`, `not-allowed` for viewers */
  setNetworks(actor: Actor, change: { district: string; networks: string[] }): Promise<string[]>;
};
