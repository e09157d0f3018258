/** What the page about trends needs from the house. */

import type { Kind } from '../core/tables.ts';
import type { SyncState } from './deps.ts';

export type TrendPoint = {
  id: string;
  number: number;
  at: Date;
  state: SyncState;
  /** Active records of the source after it, by kind; null when it changed nothing and said nothing about them. */
  records: Partial<Record<Kind, number>> | null;
  added: number;
  changed: number;
  removed: number;
  /** Rows of the delivery, and how many of them were left out. */
  rows: number;
  leftOut: number;
  /** Minutes between the nearest due time and its arrival: below zero when it came before; null without a schedule. */
  dueMinutes: number | null;
};

export type Trend = {
  /** When something is due, as people type it; null when nothing is expected. */
  due: string | null;
  timeZone: string;
  points: TrendPoint[];
  /** Due times of the span by which nothing had come. */
  missed: Date[];
};

export type TrendDeps = { of(source: { id: string; rosterId: string }, days: number): Promise<Trend> };
