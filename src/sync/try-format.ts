/** Says what another version of a format would do to the live roster, with the last delivery that went through; nothing changes. */

import type { Limits } from '../core/bundle.ts';
import type { AskedFormat } from '../core/formats/recognise.ts';
import { hashRow } from '../core/hash.ts';
import type { ProductProfile } from '../core/profiles/product.ts';
import type { Severity } from '../core/record.ts';
import { Refusal } from '../core/refusal.ts';
import { type Kind, rosterKinds } from '../core/tables.ts';
import type { Pool } from '../db/db.ts';
import type { SourceRow } from '../db/districts.ts';
import { neighboursOf } from '../db/neighbours.ts';
import { liveIds } from '../db/roster.ts';
import { isRosterKind } from '../db/roster-sql.ts';
import { liveHashes } from '../db/staging.ts';
import type { Delivery } from '../db/syncs.ts';
import type { Archive } from './archive.ts';
import { checkFor, knownTo } from './checking.ts';
import { LiveSet } from './live-set.ts';
import { openDelivery } from './open.ts';

export type TriedKind = {
  kind: Kind;
  added: number;
  changed: number;
  removed: number;
  unchanged: number;
  leftOut: number;
  examples: string[];
};
export type Tried = {
  kinds: TriedKind[];
  findings: Record<Severity, number>;
  /** `before`: how often the delivery had it when it was read. */
  rules: { rule: string; severity: Severity; count: number; before?: number }[];
};

type Deps = { db: Pool; archive: Archive; limits: Limits; now(): Date };

const EXAMPLES = 5;

export async function tryFormat(
  source: SourceRow,
  delivery: Delivery,
  { format, profile }: { format: AskedFormat; profile: ProductProfile | undefined },
  deps: Deps,
): Promise<Tried> {
  if (delivery.archiveKey === null)
    throw new Refusal('expired', 410, 'The bytes of the last delivery have expired; send it again.');
  const ctx = { rosterId: source.rosterId, sourceId: source.id, syncId: '' };
  const found = new Map<Kind, Comparing>();
  const file = await deps.archive.openFile(delivery.archiveKey);
  try {
    const bundle = await openDelivery(file.path, deps.limits, delivery.name);
    try {
      const halves = new Int32Array(2);
      let own: Comparing | undefined;
      const result = await checkFor(profile, bundle, {
        profile: source.profile,
        format,
        known: knownTo(deps.db, source.rosterId),
        live: (kind) => liveIds(deps.db, source.rosterId, kind, source.id),
        neighbours: await neighboursOf(deps.db, ctx),
        now: deps.now(),
        sink: {
          async table(kind, mode) {
            own = undefined;
            if (!isRosterKind(kind)) return;
            const { pieces } = await liveHashes(deps.db, ctx, kind);
            const ids = new Set(pieces.flatMap((piece) => (piece.ids === '' ? [] : piece.ids.split('\n'))));
            own = new Comparing(kind, mode, new LiveSet(pieces), ids);
            found.set(kind, own);
          },
          row(row) {
            if (row.kind !== own?.kind) return;
            hashRow(row, halves);
            own.row(row.text(0), row.text(1), halves[0] as number, halves[1] as number);
          },
          leftOut: (kind, id) => found.get(kind)?.leftOut(id),
          drain() {},
          tableDone() {},
        },
      });
      const fatal = result.counts.fatal > 0;
      const kinds = rosterKinds.flatMap((kind) => {
        const tried = fatal
          ? undefined
          : found.get(kind)?.finish(result.tables.find((table) => table.kind === kind)?.unidentified ?? 0);
        return tried ? [tried] : [];
      });
      const rules = Object.entries(result.rules).map(([rule, { severity, count }]) => ({ rule, severity, count }));
      return { kinds, findings: result.counts, rules };
    } finally {
      await bundle.close();
    }
  } finally {
    await file.close();
  }
}

/** One kind of a delivery beside what is live of it. */
class Comparing {
  readonly kind: Kind;
  #mode: 'bulk' | 'delta';
  #live: LiveSet;
  #ids: Set<string>;
  #present = new Set<string>();
  #deleted = new Set<string>();
  #out = new Set<string>();
  #added = 0;
  #changed = 0;
  #unchanged = 0;
  #examples: string[] = [];

  constructor(kind: Kind, mode: 'bulk' | 'delta', live: LiveSet, ids: Set<string>) {
    this.kind = kind;
    this.#mode = mode;
    this.#live = live;
    this.#ids = ids;
  }

  row(id: string, status: string, high: number, low: number): void {
    if (status === 'tobedeleted') {
      if (this.#ids.has(id)) this.#deleted.add(id);
      return;
    }
    this.#present.add(id);
    if (this.#live.see(high, low)) this.#unchanged++;
    else if (this.#ids.has(id)) {
      this.#changed++;
      this.#example(`~ ${id}`);
    } else {
      this.#added++;
      this.#example(`+ ${id}`);
    }
  }

  leftOut(id: string): void {
    this.#out.add(id);
  }

  finish(unidentified: number): TriedKind {
    const gone =
      this.#mode === 'delta'
        ? [...this.#deleted]
        : unidentified > 0
          ? []
          : [...this.#ids].filter((id) => !this.#present.has(id) && !this.#out.has(id));
    for (const id of gone) this.#example(`- ${id}`);
    return {
      kind: this.kind,
      added: this.#added,
      changed: this.#changed,
      removed: gone.length,
      unchanged: this.#unchanged,
      leftOut: this.#out.size,
      examples: this.#examples,
    };
  }

  #example(text: string): void {
    if (this.#examples.length < EXAMPLES) this.#examples.push(text);
  }
}
