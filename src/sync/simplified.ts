/** Adds the educators and students of Simplified workbooks as records of the people's own: all of them, or none. */

import type { Limits } from '../core/bundle.ts';
import { check } from '../core/check.ts';
import type { Finding } from '../core/record.ts';
import { Refusal } from '../core/refusal.ts';
import { textsOf } from '../core/row-texts.ts';
import { type Kind, kinds } from '../core/tables.ts';
import { counted } from '../core/words.ts';
import { standing } from '../db/by-hand.ts';
import type { Db } from '../db/db.ts';
import { ensureRoster } from '../db/districts.ts';
import { listRecords } from '../db/roster.ts';
import { addRecord, type ByHand } from './by-hand.ts';
import { openDelivery } from './open.ts';

type Made = { kind: Kind; values: Record<string, string> };
export type Added = { added: Partial<Record<Kind, number>>; known: Partial<Record<Kind, number>>; remarks: string[] };

const FAULTS_TOLD = 20;
const RECORDS_LIMIT = 20_000;

/** Whose workbooks they are, and who adds them. The roster of a product that nothing was sent for yet begins with them. */
export type SimplifiedBy = Omit<ByHand, 'kind' | 'rosterId'> & {
  districtId: string;
  product: { id: string; profile: string | null };
};

/**
 * @param given.isTrial all is done and taken back: what would be added.
 * @throws Refusal `simplified-faulty` with what is wrong, `simplified-schools`, and what adding a record throws.
 */
export async function addSimplified(
  db: Db,
  { districtId, product, ...by }: SimplifiedBy,
  { paths, isTrial = false }: { paths: readonly string[]; isTrial?: boolean },
  limits: Limits,
): Promise<Added> {
  const suite = product.profile === 'math' ? 'math' : 'literacy';
  const { made, remarks } = await readWorkbooks({ paths, product: suite }, limits, by.at);
  const schools = made.filter(({ kind }) => kind === 'orgs').length;
  if (schools !== 1)
    throw new Refusal(
      'simplified-schools',
      422,
      `The workbooks are for one school, and name ${counted(schools, 'school')}. Send a set for each school.`,
    );
  const added: Added = { added: {}, known: {}, remarks };
  const adding = db.tx(async (tx) => {
    const act = { ...by, rosterId: (await ensureRoster(tx, districtId, product.id)).id };
    Object.assign(added, { added: {}, known: {} });
    const renamed = await schoolThere(tx, act.rosterId, made);
    for (const kind of kinds) {
      for (const one of made.filter((record) => record.kind === kind)) {
        const values = inSchool(one.values, renamed);
        const id = values.sourcedId ?? '';
        // The school, the year and classes may be there from another set.
        const isThere = kind !== 'users' && (await standing(tx, act.rosterId, kind, id))?.status === 'active';
        const target = isThere ? added.known : added.added;
        if (!isThere) await addRecord(tx, { ...act, kind }, values);
        target[kind] = (target[kind] ?? 0) + 1;
      }
    }
    if (isTrial) throw new Trial();
  });
  await adding.catch((error: unknown) => {
    if (!(error instanceof Trial)) throw error;
  });
  return added;
}

/** Takes a trial back. */
class Trial extends Error {}

async function readWorkbooks(
  { paths, product }: { paths: readonly string[]; product: string },
  limits: Limits,
  now: Date,
): Promise<{ made: Made[]; remarks: string[] }> {
  const made: Made[] = [];
  const found: Finding[] = [];
  const bundle = await openDelivery(paths, limits);
  try {
    const result = await check(bundle, {
      profile: 'default',
      format: `simplified-${product}`,
      now,
      report: (finding) => void found.push(finding),
      sink: {
        table() {},
        row(row) {
          if (made.length < RECORDS_LIMIT) made.push({ kind: row.kind, values: { ...textsOf(row), ...row.metadata } });
        },
        leftOut() {},
        drain() {},
        tableDone() {},
      },
    });
    const bad = found.filter(({ severity }) => severity === 'fatal' || severity === 'error');
    if (bad.length > 0) throw faulty(bad);
    if (made.length >= RECORDS_LIMIT || result.tables.length === 0)
      throw new Refusal(
        'simplified-faulty',
        422,
        'The workbooks hold more than can be added at once. Use Traditional files for so many.',
      );
  } finally {
    await bundle.close();
  }
  return { made, remarks: found.filter(({ severity }) => severity === 'warning').map(placed) };
}

const placed = ({ file, line, message }: Finding): string =>
  `${[file, line === undefined ? '' : `line ${line}`].filter(Boolean).join(' ')}: ${message}.`;

function faulty(bad: readonly Finding[]): Refusal {
  const more = bad.length - FAULTS_TOLD;
  const told = bad.slice(0, FAULTS_TOLD).map(placed);
  const rest = more > 0 ? ` And ${counted(more, 'more fault')}.` : '';
  return new Refusal(
    'simplified-faulty',
    422,
    `Nothing was added, because the workbooks have faults. ${told.join(' ')}${rest}`,
  );
}

/** A school of the same name that the roster has already takes the place of the one in the workbooks. */
async function schoolThere(
  tx: Db,
  rosterId: string,
  made: readonly Made[],
): Promise<[from: string, to: string] | undefined> {
  const own = made.find(({ kind }) => kind === 'orgs')?.values;
  const orgs = await listRecords(tx, rosterId, 'orgs', { limit: 10_000 });
  const same = orgs.find(
    ({ fields }) => fields.type === 'school' && fields.name?.toLowerCase() === own?.name?.toLowerCase(),
  );
  return same && own?.sourcedId ? [own.sourcedId, same.sourcedId] : undefined;
}

const namesSchool = ['sourcedId', 'orgSourcedId', 'schoolSourcedId', 'orgSourcedIds'];
const inSchool = (values: Record<string, string>, renamed: [string, string] | undefined): Record<string, string> =>
  renamed
    ? Object.fromEntries(
        Object.entries(values).map(([name, text]) => [
          name,
          namesSchool.includes(name) && text === renamed[0] ? renamed[1] : text,
        ]),
      )
    : values;
