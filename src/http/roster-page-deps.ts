/** What the pages that look through a roster need from the house. */

import type { Action } from '../core/plan.ts';
import type { Kind, Version } from '../core/tables.ts';
import type { DistrictFacts } from './deps.ts';
import type { RecordPlace } from './record-deps.ts';

export type RosterFacts = {
  id: string;
  district: DistrictFacts;
  /** Name of the IANA database: in it days of this roster are meant. */
  timeZone: string;
  product: { slug: string; name: string };
  /** Active records by kind. */
  counts: Partial<Record<Kind, number>>;
  /** Schools, by name; the first 500. */
  schools: { sourcedId: string; name: string }[];
  roles: Partial<Record<Kind, string[]>>;
  /** The version by which a record without fields of its own version is judged. */
  version: Version;
};

export type RosterSearch = {
  rosterId: string;
  kind: Kind;
  /** A day or time in the district's time zone. */
  at?: string | undefined;
  words?: string | undefined;
  role?: string | undefined;
  school?: string | undefined;
  byHand?: boolean | undefined;
  archived?: boolean | undefined;
  limit: number;
  offset: number;
};

export type RosterRow = {
  sourcedId: string;
  /** Credentials hidden. */
  fields: Record<string, string>;
  /** `manual`, or the source that sends it; null for an earlier day. */
  owner: { name: string | null } | 'manual' | null;
};

/** A record that another one names. */
export type NamedFacts = { kind: Kind; sourcedId: string; name: string; status: 'active' | 'tobedeleted' };

/** What stands around a record: what it names, and for people and classes their enrollments. */
export type Around = {
  names: NamedFacts[];
  /** The first 500; `other` is the class of a person, and the person of a class. */
  enrollments: { sourcedId: string; role: string; other: NamedFacts; byHand: boolean; begin: string; end: string }[];
  enrolled: number;
  /** What happened to these enrollments and to former ones that are still kept, latest first. */
  joined: {
    at: Date;
    enrollment: string;
    action: Action;
    other: NamedFacts;
    syncId: string | null;
    /** Who or what did it, in words. */
    cause: string;
  }[];
};

/** Refusals are thrown as `Refusal`. */
export type RosterPageDeps = {
  facts(rosterId: string): Promise<RosterFacts>;
  /** @throws Refusal `time`. */
  page(search: RosterSearch): Promise<{ total: number; rows: RosterRow[]; at: string | null }>;
  /** @throws Refusal `time`. */
  around(of: RecordPlace & { at?: string | undefined }): Promise<Around>;
};
