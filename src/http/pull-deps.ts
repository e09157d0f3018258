/** What the pages about APIs need from the house: connections, probes of them, and pulls. */

import type { SourceMode } from './deps.ts';
import type { Actor } from './people-deps.ts';

export type ApiGiven = {
  address?: string;
  tokenUrl?: string | null;
  clientId?: string;
  preset?: string | null;
  settings?: Record<string, unknown>;
};

export type ApiFacts = {
  address: string;
  tokenUrl: string | null;
  clientId: string;
  preset: string | null;
  changedAt: Date;
  /** Each with its value, its default and its words; the secret is never among them. */
  settings: {
    name: string;
    value: unknown;
    shown: string;
    default: string;
    isSet: boolean;
    looks: string;
    doc: string;
  }[];
};

export type ProbeStepFacts = {
  id: string;
  title: string;
  state: 'running' | 'ok' | 'odd' | 'not offered' | 'failed';
  words: string;
  count?: number | null;
};

export type ProbeReportFacts = {
  isReady: boolean;
  version: '1.1' | '1.2' | null;
  preset: { id: string; title: string; hints: readonly string[] } | null;
  /** What a source is set up with. */
  connection: {
    address: string;
    tokenUrl: string | null;
    clientId: string;
    preset: string | null;
    settings: Record<string, unknown>;
  } | null;
  collections: {
    name: string;
    state: 'ok' | 'not offered' | 'not permitted' | 'failed';
    count: number | null;
    rows: number;
    words: string;
    /** The first record, letters and digits masked. */
    sample: unknown;
  }[];
  abilities: {
    pageLimit: number | null;
    totals: boolean;
    links: boolean;
    offset: string;
    sort: string;
    filter: string;
    changes: string;
  } | null;
  remarks: { rule: string; collection: string; words: string }[];
  trouble: string | null;
  said: string | null;
};

export type ProbeFacts = {
  id: string;
  state: 'running' | 'done';
  steps: readonly ProbeStepFacts[];
  report: ProbeReportFacts | null;
};

export type PullFacts = {
  id: string;
  scope: 'full' | 'changes';
  state: 'waiting' | 'pulling' | 'done' | 'failed';
  askedBy: string | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  nextAt: Date | null;
  attempts: number;
  /** By collection, in the order of reading. */
  progress: { collection: string; state: string; rows: number; total: number | null }[];
  /** One sentence; what the server said stands beside it. */
  trouble: { sentence: string; said: string | null; collection: string | null } | null;
  syncId: string | null;
};

export type PullHttpDeps = {
  presets(): { id: string; title: string; hints: readonly string[] }[];
  startProbe(
    actor: Actor,
    asked: {
      sourceId?: string;
      address?: string;
      tokenUrl?: string;
      clientId?: string;
      secret?: string;
      settings?: Record<string, unknown>;
    },
  ): Promise<ProbeFacts>;
  probe(actor: Actor, id: string): ProbeFacts;
  addApi(
    actor: Actor,
    api: {
      districtId: string;
      productId: string;
      name?: string;
      mode?: SourceMode;
      trustFirst?: boolean;
      connection: ApiGiven;
      secret: string;
    },
  ): Promise<{ id: string }>;
  api(actor: Actor, sourceId: string): Promise<ApiFacts>;
  changeApi(actor: Actor, change: ApiGiven & { sourceId: string; secret?: string }): Promise<ApiFacts>;
  ask(actor: Actor & { email: string }, asked: { sourceId: string; full: boolean }): Promise<PullFacts>;
  /** Newest first. */
  pulls(actor: Actor, sourceId: string): Promise<PullFacts[]>;
  pull(actor: Actor, id: string): Promise<PullFacts>;
};
