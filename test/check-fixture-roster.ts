/** The roster beside which a marked fixture is checked: records of people, of other sources, and of the source's own. */

import type { HandRecord, Neighbours } from '../src/core/neighbours.ts';
import { type Kind, kinds } from '../src/core/tables.ts';

type Stands = { who: string; kind: Kind; record: HandRecord };

/** Lines as `by hand users m-1 | username=noah.tran | archived`; also `released`, `another source` and `its own`. */
export function readRoster(lines: readonly string[]): Neighbours {
  const all = lines.filter((line) => line.trim() !== '').map(readLine);
  const of = (kind: Kind, ...who: string[]) =>
    all.filter((one) => one.kind === kind && who.includes(one.who)).map(({ record }) => record);
  return {
    byHand: async (kind) => of(kind, 'by hand', 'released'),
    ofOthers: (kind) =>
      all.some(({ who }) => who === 'another source') ? each(of(kind, 'another source')) : undefined,
    synced: async (kind, ids) =>
      of(kind, 'its own', 'another source')
        .map(({ sourcedId }) => sourcedId)
        .filter((id) => ids.includes(id)),
  };
}

async function* each(records: HandRecord[]): AsyncGenerator<HandRecord> {
  yield* records;
}

function readLine(line: string): Stands {
  const [, who = '', kind = '', sourcedId = '', rest = ''] =
    /^(by hand|released|another source|its own) (\w+) (\S+)(?: \| (.*))?$/.exec(line.trimEnd()) ?? [];
  if (!(kinds as readonly string[]).includes(kind)) throw new Error(`This stands in no roster: ${line}`);
  const facts = rest.split(' | ');
  const key = (name: string) => facts.find((fact) => fact.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  const record = {
    sourcedId,
    username: key('username'),
    identifier: key('identifier'),
    isActive: !facts.includes('archived'),
    isReleased: who === 'released',
  };
  return { who, kind: kind as Kind, record };
}
