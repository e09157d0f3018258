/** What the pages about rollbacks and school-year resets need from the house. */

import type { RecordChange } from '../core/changes.ts';
import type { Kept, KeptReason } from '../core/kept.ts';
import type { KindPlan, SchoolPlan } from '../core/plan.ts';
import type { Kind } from '../core/tables.ts';
import type { ResetVariant } from '../core/year-reset.ts';

export type SeenCounts = { added: number; changed: number; removed: number };

/** What one of these would do to the roster as it is now. */
export type UndoPreview = {
  counts: SeenCounts;
  kinds: Partial<Record<Kind, KindPlan>>;
  schools: SchoolPlan[];
  /** Records that are left as they are: how many for each reason, and the first of them. */
  kept: { counts: Partial<Record<KeptReason, number>>; first: Kept[] };
  /** The first changes of each kind; credentials hidden. */
  changes: RecordChange[];
};

/** Who asks, what they saw, and why. */
export type UndoAsked = {
  accountId: string;
  by: string;
  address: string;
  counts: SeenCounts;
  reason: string | null;
};

export type RollbackFacts = { syncId: string; back: boolean };
export type ResetFacts = { rosterId: string; variant: ResetVariant };

/** Refusals are thrown as `Refusal`; what is asked for is done by the worker soon after. */
export type UndoDeps = {
  previewRollback(of: RollbackFacts): Promise<UndoPreview>;
  rollback(of: RollbackFacts, asked: UndoAsked): Promise<{ sync: string; number: number }>;
  previewReset(of: ResetFacts): Promise<UndoPreview>;
  resetYear(of: ResetFacts, asked: UndoAsked): Promise<{ sync: string; number: number }>;
};
