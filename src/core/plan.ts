/** What a sync would change, in counts: what the guard judges, a hold shows and an approval remembers. */

import type { Kind } from './tables.ts';

export type Action =
  | 'create'
  | 'update'
  | 'archive'
  | 'reactivate'
  /** A source has a record from now on that people added, or that it sends again after a person took it away. */
  | 'take over'
  /** A person took a record out of its source's care, or a take over was undone; handed it back, so that the next delivery may take it over. */
  | 'release'
  | 'hand back'
  | 'purge';

/** Counts of one kind that the delivery carries. */
export type KindPlan = {
  create: number;
  update: number;
  archive: number;
  reactivate: number;
  /** Manual records that become the source's. */
  takeOver: number;
  /** Records of the delivery that belong to another source; they are not touched. */
  conflict: number;
  /** Taken records of the delivery that change nothing. */
  unchanged: number;
  /** Rows that are present but faulty: what is live of them stays as it is. */
  leftOut: number;
  /** Active records of this source before the sync: what removals are measured against. */
  live: number;
  /** The roster has no record of the kind yet, so that everything that is staged is a create. */
  fresh: boolean;
  /** Absence removes nothing, because there are rows whose record could not be told. */
  removalsSuspended: boolean;
};

/** Counts of one school within a kind; while nobody has to look at the plan, only of kinds that would lose something. */
export type SchoolPlan = {
  kind: Kind;
  /** sourcedId of the org that the records name. */
  school: string;
  /** Its name in the roster, when it is there. */
  name?: string;
  archive: number;
  /** Created and reactivated, updated and taken over; counted when a person has to look at the plan. */
  added?: number;
  changed?: number;
  /** Active records of this source at the school before the sync. */
  live: number;
};

/** Schools of a kind that a plan counts: those that lose most. */
export const schoolsShown = 500;

/** Plain data, kept with the sync. Kinds that are absent from the delivery are absent here. */
export type Plan = { kinds: Partial<Record<Kind, KindPlan>>; schools: SchoolPlan[] };
