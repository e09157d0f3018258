/** What the routes about records of a roster need from the house. */

import type { Kind } from '../core/tables.ts';

export type RecordPlace = { rosterId: string; kind: Kind; sourcedId: string };

/** Credentials hidden. */
export type RecordView = {
  kind: Kind;
  sourcedId: string;
  fields: Record<string, string>;
  metadata: Record<string, string>;
  status: 'active' | 'tobedeleted';
  /** An edit names it, so that it covers only the state that was seen. */
  dateLastModified: Date;
  owner: { sourceId: string; name: string | null } | 'manual';
  /** A person took it out of its source's care. */
  released: boolean;
};
export type RecordDone = { record: RecordView; remarks: string[] };

export type RecordBy = { accountId: string; address: string };
type Seen = { seen: Date };
type Set = { values: Record<string, string> };

/** Refusals are thrown as `Refusal`. Each act is noted in the audit log. */
export type RecordDeps = {
  /** Undefined when there is none with this id, or the id is not one. */
  roster(id: string): Promise<{ id: string; districtId: string } | undefined>;
  read(
    of: RecordPlace,
  ): Promise<(RecordView & { pointsToArchived: { field: string; sourcedId: string }[] }) | undefined>;
  add(of: Omit<RecordPlace, 'sourcedId'> & Set, by: RecordBy): Promise<RecordDone>;
  edit(of: RecordPlace & Set & Seen, by: RecordBy): Promise<RecordDone>;
  archive(of: RecordPlace & Seen, by: RecordBy): Promise<RecordDone>;
  reactivate(of: RecordPlace, by: RecordBy): Promise<RecordDone>;
  release(of: RecordPlace & Seen, by: RecordBy): Promise<RecordDone>;
  handBack(of: RecordPlace, by: RecordBy): Promise<RecordDone>;
};
