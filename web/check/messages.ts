/** What the page and its checker say to each other. */

import type { CheckResult, Finding, Severity } from '../../src/core/record.ts';
import type { Profile } from '../../src/core/rules/rule.ts';

/** `product`: the id of a product profile, where its rules are asked for as well. */
export type Task = { files: File[]; name: string; profile: Profile; product?: string };

export type Asked = { check: Task } | { rows: { ask: number; rule: string; page: number } };

/** How far the reading is, by file. */
export type Progress = { name: string; sizeBytes: number; readBytes: number }[];

/** Findings of one rule: its words, how many there are, and the first of them. */
export type Group = {
  rule: string;
  severity: Severity;
  count: number;
  title: string;
  why: string;
  fix: string;
  rows: Finding[];
};

export type Outcome = Pick<CheckResult, 'counts' | 'tables'> & {
  /** The sentence that matters. */
  verdict: string;
  /** What it comes to for people, in sentences. */
  summary: string[];
  /** What the delivery was taken for. */
  format: string;
  groups: Group[];
  total: number;
  /** All findings, as `homeroom check --output csv` prints them. */
  csv: Blob;
};

export type Rows = { pageSize: number; rows: Finding[] };

export type Said = { progress: Progress } | { done: Outcome } | { failed: string } | { rows: Rows & { ask: number } };
