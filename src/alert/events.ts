/** What programs are told: an event with ids and counts, for every webhook that wants it, once. */
import type { Severity } from '../core/record.ts';
import type { Db } from '../db/db.ts';
import { newId } from '../db/ids.ts';
import { addMessage, webhooksFor } from '../db/webhooks.ts';

/** Public: names are never changed, fields are only added. */
export const events = {
  'sync.applied': 'A delivery was applied.',
  'sync.unchanged': 'A delivery changed nothing.',
  'sync.held': 'A delivery waits for a person.',
  'sync.rejected': 'A delivery could not be read.',
  'sync.failed': 'A delivery could not be processed; the fault is ours.',
  'sync.superseded': 'A newer delivery took the place of one that was held.',
  'sync.discarded': 'A person decided not to apply a delivery.',
  'sync.rolled-back': 'What a delivery did was taken back.',
  'source.late': 'Nothing arrived by the due time.',
  'source.missing': 'Nothing arrived for several due times in a row.',
  'source.identical': 'Deliveries have changed nothing for days.',
  'source.pull-failed': 'The API of a source could not be read.',
  'source.renamed': 'A delivery came under another file name than the one before.',
  'account.locked': 'An account was locked after failed sign-ins.',
  'alert.resolved': 'What an alert said is not so any more; `alert` names its kind.',
  test: 'Somebody tries out the webhook.',
} as const;
export type EventName = keyof typeof events;

export type EventFacts = {
  event: EventName;
  /** The same occasion is told once. */
  occasion: string;
  at: Date;
  district: { id: string; siteCode: string } | null;
  product?: string;
  source?: { id: string };
  sync?: {
    id: string;
    number: number;
    state: string;
    counts: { added: number; changed: number; removed: number; leftOut: number };
    findings: Partial<Record<Severity, number>>;
  };
  account?: { id: string };
  alert?: string;
  link: string;
};

/** Within the transaction of what happened. Ids and counts, no names of people, no values. */
export async function emit(db: Db, { occasion, at, ...facts }: EventFacts): Promise<void> {
  const wanting = await webhooksFor(db, facts.event, facts.district?.id ?? null);
  if (wanting.length === 0) return;
  const id = newId();
  const { event, ...rest } = facts;
  const body = JSON.stringify({ id, event, at: at.toISOString(), ...rest });
  for (const { id: webhookId } of wanting) await addMessage(db, { id, webhookId, event, occasion, body, at });
}
