/** The states of a sync, and which may follow which. */

export type SyncState =
  | 'received'
  | 'checking'
  | 'comparing'
  | 'applying'
  | 'applied'
  | 'rejected'
  | 'unchanged'
  | 'held'
  | 'superseded'
  | 'discarded'
  | 'failed'
  | 'rolled back';

/** States with which the work on a sync ends. After `failed` it may begin again. */
export const endStates: readonly SyncState[] = [
  'applied',
  'rejected',
  'unchanged',
  'superseded',
  'discarded',
  'failed',
  'rolled back',
];

/** From which states each may follow. A step that runs again after a crash finds its own state, so that is allowed. */
export const statesBefore: Record<SyncState, readonly SyncState[]> = {
  received: ['received', 'checking', 'comparing', 'applying', 'held', 'failed'],
  checking: ['received', 'checking', 'comparing', 'applying', 'held', 'failed'],
  comparing: ['received', 'checking', 'comparing', 'applying', 'held', 'failed'],
  applying: ['comparing', 'applying', 'held', 'failed'],
  applied: ['applying', 'applied', 'rolled back'],
  rejected: ['received', 'checking', 'rejected'],
  unchanged: ['received', 'checking', 'comparing', 'applying', 'held', 'unchanged'],
  held: ['comparing', 'applying', 'held'],
  superseded: ['received', 'held', 'failed', 'superseded'],
  // From comparing: a dry run.
  discarded: ['received', 'comparing', 'held', 'failed', 'discarded'],
  failed: ['received', 'checking', 'comparing', 'applying', 'failed'],
  'rolled back': ['applied', 'rolled back'],
};
