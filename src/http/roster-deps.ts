/** What the routes about a roster as a whole need from the house. */

import type { RecordChange, Values } from '../core/changes.ts';
import type { Action } from '../core/plan.ts';
import type { Finding } from '../core/record.ts';
import type { Kind } from '../core/tables.ts';
import type { SyncState } from './deps.ts';
import type { RecordBy, RecordPlace, RecordView } from './record-deps.ts';

/** A change of a record, credentials hidden. */
export type TimelineChange = RecordChange & {
  id: string | null;
  at: Date;
  syncId: string | null;
  syncNumber: number | null;
  /** Who or what made it, in words. */
  cause: string;
};

/** A record with what happened to it, latest first. */
export type Timeline = {
  /** As it stands; null when it is gone, or when a moment was asked for. */
  record: (RecordView & { pointsToArchived: { field: string; sourcedId: string }[] }) | null;
  history: TimelineChange[];
  /** There are older changes than these. */
  more: boolean;
  /** The moment that was asked for, in words, and the record as it was then. */
  at: string | null;
  was: {
    kind: Kind;
    fields: Record<string, string>;
    metadata: Record<string, string>;
    status: 'active' | 'tobedeleted';
  } | null;
};

/** `status` is null for somebody who was purged. */
export type Who = { sourcedId: string; name: string; status: 'active' | 'tobedeleted' | null };
export type EnrollmentEvent = {
  at: Date;
  action: Action;
  cause: string;
  syncId: string | null;
  before: Values | null;
  after: Values | null;
};

/** Why a person is, or is not, in a class: sentences, and what they rest on. */
export type WhyAnswer = {
  user: Who;
  class: Who;
  isIn: boolean;
  sentences: string[];
  enrollments: { sourcedId: string; isNow: boolean; events: EnrollmentEvent[] }[];
  /** What the newest delivery of each source says; rows are null when its bytes are not kept any more. */
  latest: {
    sync: string;
    number: number;
    file: string | null;
    state: SyncState;
    rows: { file: string; line: number; values: Record<string, string> }[] | null;
    findings: Finding[];
  }[];
};

/** A zip of OneRoster CSV that waits on the server's disk; it is gone once it has been read or closed. */
export type ExportFile = {
  name: string;
  sizeBytes: number;
  /** Records of the roster that no strict reader would take, and that are not in it. */
  leftOut: number;
  pieces(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
};

/** Refusals are thrown as `Refusal`. */
export type RosterDeps = {
  /** @throws Refusal `record-unknown`, `time`. */
  timeline(of: RecordPlace & { at?: string | undefined; skip: number }): Promise<Timeline>;
  /** @throws Refusal `user-unknown`, `class-unknown`, `ambiguous`, `busy`. */
  why(of: { rosterId: string; user: string; class: string }): Promise<WhyAnswer>;
  /** Noted in the audit log. @throws Refusal `time`, `nothing-to-export`, `only-1.2`, `busy`. */
  exported(
    of: { rosterId: string; at?: string | undefined; to?: string | undefined },
    by: RecordBy,
  ): Promise<ExportFile>;
};
