/** What people do to records themselves: add, edit, archive, reactivate, and take them out of a source's care. */

import { type Entered, idsIn, judgeEntered, needs, versionOf } from '../core/by-hand.ts';
import { Refusal } from '../core/refusal.ts';
import { type Field, type Kind, rosterKinds, tableOf, type Version } from '../core/tables.ts';
import { countedKind, kindWord } from '../core/words.ts';
import { audit } from '../db/audit.ts';
import {
  archiveByHand,
  type Cause,
  dependentsOf,
  handBack,
  insertByHand,
  keysTaken,
  reactivateByHand,
  releaseByHand,
  renamedTo,
  type Standing,
  standing,
  targetsOf,
  updateByHand,
} from '../db/by-hand.ts';
import type { Db } from '../db/db.ts';
import { newId } from '../db/ids.ts';
import { type LiveRecord, listRecords, recordOf } from '../db/roster.ts';
import { references } from '../db/roster-sql.ts';
import { touchRoster } from '../db/roster-version.ts';
import { formerIdHint, shownRecord } from './record-facts.ts';

/** Who does it, from where, to which record, and when. */
export type ByHand = {
  rosterId: string;
  kind: Kind;
  /** Null for the command line. */
  accountId: string | null;
  /** What stands for the person in the audit log, where there is no account. */
  by?: string;
  /** Network address. */
  address?: string | null;
  at: Date;
};
/** Field names as OneRoster spells them, and `metadata.` columns. A blank value is no value. */
export type Values = Record<string, string>;
/** What has become of the record, credentials hidden. */
export type Done = { record: LiveRecord; remarks: string[] };

/**
 * Adds a record that no source sends. Without a sourcedId it is given one.
 * @throws Refusal `record-invalid`, `id-taken`, `key-taken`.
 */
export function addRecord(db: Db, act: ByHand, values: Values): Promise<Done> {
  return changing(db, act, 'record added', async (tx, cause) => {
    const given = values.sourcedId?.trim();
    const sourcedId = given || madeId(act.kind);
    const entered = await judged(tx, act, { ...values, sourcedId });
    await refuseTakenId(tx, act, sourcedId);
    await refuseTakenKeys(tx, act, entered.fields);
    await insertByHand(tx, cause, act.kind, entered);
    return { sourcedId, remarks: entered.remarks, detail: { fields: Object.keys(entered.fields) } };
  });
}

/**
 * Changes the values that are given and leaves the others.
 * @param seen the `dateLastModified` of the state that the person looked at; without it, whatever is there is changed.
 * @throws Refusal `record-unknown`, `record-synced`, `record-archived`, `record-changed`, `record-invalid`, `key-taken`.
 */
export function editRecord(db: Db, act: ByHand, sourcedId: string, values: Values, seen?: Date): Promise<Done> {
  return changing(db, act, 'record edited', async (tx, cause) => {
    const found = await manualRecord(tx, act, sourcedId, 'edited');
    if (found.status !== 'active') throw archived(act.kind, sourcedId);
    refuseChanged(found, seen);
    if (values.sourcedId !== undefined && values.sourcedId.trim() !== sourcedId) {
      throw new Refusal('record-invalid', 422, 'The sourcedId of a record never changes. Add another record instead.');
    }
    const entered = await judged(tx, act, { ...found.fields, ...found.metadata, ...values, sourcedId });
    await refuseTakenKeys(tx, act, entered.fields);
    await updateByHand(tx, cause, act.kind, entered);
    return { sourcedId, remarks: entered.remarks, detail: { fields: Object.keys(values) } };
  });
}

/** @throws Refusal `record-unknown`, `record-synced`, `record-archived`, `record-changed`, `record-needed`. */
export function archiveRecord(db: Db, act: ByHand, sourcedId: string, seen?: Date): Promise<Done> {
  return changing(db, act, 'record archived', async (tx, cause) => {
    const found = await manualRecord(tx, act, sourcedId, 'archived');
    if (found.status !== 'active') throw archived(act.kind, sourcedId);
    refuseChanged(found, seen);
    await refuseNeeded(tx, act, sourcedId);
    await archiveByHand(tx, cause, act.kind, sourcedId);
    return { sourcedId };
  });
}

/** @throws Refusal `record-unknown`, `record-synced`, `record-active`, `record-invalid`, `key-taken`. */
export function reactivateRecord(db: Db, act: ByHand, sourcedId: string): Promise<Done> {
  return changing(db, act, 'record reactivated', async (tx, cause) => {
    const found = await manualRecord(tx, act, sourcedId, 'reactivated');
    if (found.status === 'active')
      throw new Refusal('record-active', 409, `${recordName(act.kind, sourcedId)} is active.`);
    const entered = await judged(tx, act, { ...found.fields, ...found.metadata });
    await reactivateByHand(tx, cause, act.kind, sourcedId);
    return { sourcedId, remarks: entered.remarks };
  });
}

/**
 * Takes a record out of its source's care. It is manual from then on: deliveries that still name it leave it as it is.
 * @throws Refusal `record-unknown`, `record-manual`, `record-changed`.
 */
export function releaseRecord(db: Db, act: ByHand, sourcedId: string, seen?: Date): Promise<Done> {
  return changing(db, act, 'record released', async (tx, cause) => {
    const found = await knownRecord(tx, act, sourcedId);
    if (found.sourceId === null) {
      throw new Refusal('record-manual', 409, `${recordName(act.kind, sourcedId)} is in no source's care.`);
    }
    refuseChanged(found, seen);
    await releaseByHand(tx, cause, act.kind, sourcedId);
    return { sourcedId, detail: { source: found.sourceId } };
  });
}

/**
 * Takes a release back: the next delivery that names the record takes it over.
 * @throws Refusal `record-unknown`, `record-not-released`.
 */
export function handBackRecord(db: Db, act: ByHand, sourcedId: string): Promise<Done> {
  return changing(db, act, 'record handed back', async (tx, cause) => {
    const found = await knownRecord(tx, act, sourcedId);
    if (found.releasedFrom === null) {
      const name = recordName(act.kind, sourcedId);
      throw new Refusal('record-not-released', 409, `${name} was not taken out of a source's care.`);
    }
    await handBack(tx, cause, act.kind, sourcedId);
    return { sourcedId };
  });
}

type Outcome = { sourcedId: string; remarks?: string[]; detail?: Record<string, unknown> };

/** One act: under the roster's lock, with its entry in the audit log, whole or not at all. */
function changing(db: Db, act: ByHand, name: string, work: (tx: Db, cause: Cause) => Promise<Outcome>): Promise<Done> {
  const { rosterId, kind, accountId, address = null, by, at } = act;
  return db.tx(async (tx) => {
    await touchRoster(tx, rosterId);
    const { sourcedId, remarks = [], detail = {} } = await work(tx, { rosterId, accountId, at });
    const more = { rosterId, ...detail, ...(by === undefined ? {} : { by }) };
    await audit(tx, { accountId, address, act: name, object: `${kind}/${sourcedId}`, detail: more });
    return { record: shownRecord((await recordOf(tx, rosterId, kind, sourcedId)) as LiveRecord), remarks };
  });
}

function madeId(kind: Kind): string {
  if (kind !== 'demographics') return newId();
  throw invalid(kind, ['Demographics stand under the sourcedId of their user; name it.']);
}

const recordName = (kind: Kind, sourcedId: string): string => `The ${kindWord(kind, 1)} ${sourcedId}`;
const archived = (kind: Kind, sourcedId: string) =>
  new Refusal('record-archived', 409, `${recordName(kind, sourcedId)} is archived. Reactivate it first.`);
const invalid = (kind: Kind, faults: string[]) =>
  new Refusal('record-invalid', 422, `This ${kindWord(kind, 1)} cannot be saved. ${faults.join(' ')}`);

async function knownRecord(tx: Db, { rosterId, kind }: ByHand, sourcedId: string): Promise<Standing> {
  const found = await standing(tx, rosterId, kind, sourcedId);
  if (found) return found;
  const hint = await formerIdHint(tx, rosterId, kind, sourcedId);
  throw new Refusal('record-unknown', 404, `There is no record ${sourcedId} among the ${kind} of this roster.${hint}`);
}

async function manualRecord(tx: Db, act: ByHand, sourcedId: string, done: string): Promise<Standing> {
  const found = await knownRecord(tx, act, sourcedId);
  if (found.sourceId === null) return found;
  throw new Refusal(
    'record-synced',
    409,
    `${recordName(act.kind, sourcedId)} is managed by the SIS: the source ${found.sourceName ?? 'that is gone'} sends it, and its next delivery would undo what is done here. Change it in the SIS, or release it to manual first; until then it is not ${done}.`,
  );
}

function refuseChanged(found: Standing, seen: Date | undefined): void {
  if (seen === undefined || seen.getTime() === found.dateLastModified.getTime()) return;
  throw new Refusal(
    'record-changed',
    409,
    'The record has changed since you looked at it. Look again, and then decide.',
  );
}

/** @throws Refusal `record-invalid` with every fault. */
async function judged(tx: Db, { rosterId, kind }: ByHand, values: Values): Promise<Entered> {
  const usual: Version = (await listRecords(tx, rosterId, 'roles', { limit: 1 })).length > 0 ? '1.2' : '1.1';
  const version = versionOf(kind, values, usual);
  const entered = judgeEntered(kind, version, values);
  const faults = [
    ...entered.faults,
    ...(entered.faults.length > 0 ? [] : await badReferences(tx, rosterId, kind, entered)),
  ];
  if (faults.length > 0) throw invalid(kind, faults);
  return entered;
}

/** References of a manual record lead to active records of its roster, of the type that the field asks for. */
async function badReferences(tx: Db, rosterId: string, kind: Kind, { fields }: Entered): Promise<string[]> {
  const faults: string[] = [];
  for (const { field, to } of references(kind)) {
    const ids = idsIn(fields[field] ?? '');
    if (ids.length === 0) continue;
    const { only } = tableOf(kind).fields[field] as Field;
    const found = await targetsOf(tx, rosterId, to, ids);
    for (const id of ids) {
      const target = found.find((each) => each.sourcedId === id);
      if (!target) {
        const hint = await formerIdHint(tx, rosterId, to, id);
        faults.push(`${field} "${id}" is not among the ${to} of this roster.${hint}`);
      } else if (target.status !== 'active') faults.push(`${field} "${id}" is archived.`);
      else if (kind === to && id === fields.sourcedId) faults.push(`${field} points to the record itself.`);
      else if (only && !only.includes(target.type ?? '') && !target.type?.startsWith('ext:')) {
        faults.push(`${field} "${id}" is not of type ${only.join(' or ')}.`);
      }
    }
  }
  return faults;
}

async function refuseTakenId(tx: Db, { rosterId, kind }: ByHand, sourcedId: string): Promise<void> {
  const found = await standing(tx, rosterId, kind, sourcedId);
  if (found) {
    const state = found.status === 'active' ? 'There is' : 'An archived record keeps its id for a while: there is';
    throw new Refusal(
      'id-taken',
      409,
      `${state} a record with the sourcedId ${sourcedId} among the ${kind} of this roster.`,
    );
  }
  const now = await renamedTo(tx, rosterId, kind, sourcedId);
  if (now === undefined) return;
  throw new Refusal('id-taken', 409, `The sourcedId ${sourcedId} belonged to a record that is ${now} now.`);
}

async function refuseTakenKeys(tx: Db, { rosterId, kind }: ByHand, fields: Values): Promise<void> {
  const taken = await keysTaken(tx, rosterId, kind, fields);
  if (taken.length === 0) return;
  const sentences = taken.map(({ field, sourcedId, status }) => {
    const whose = `the ${kindWord(kind, 1)} ${sourcedId}`;
    return status === 'active'
      ? `${field} "${fields[field]}" is that of ${whose}.`
      : `${field} "${fields[field]}" is that of ${whose}, who is archived and keeps it until the record is purged.`;
  });
  throw new Refusal('key-taken', 409, `This ${kindWord(kind, 1)} cannot be saved. ${sentences.join(' ')}`);
}

/** What others cannot be without stays, for nothing may refer to a record that is gone. */
async function refuseNeeded(tx: Db, { rosterId, kind }: ByHand, sourcedId: string): Promise<void> {
  const found = await dependentsOf(tx, rosterId, kind, sourcedId, needs, rosterKinds);
  if (found.length === 0) return;
  const who = found.map((each) => countedKind(each.count, each.kind)).join(', ');
  throw new Refusal('record-needed', 409, `${recordName(kind, sourcedId)} is needed by ${who}. Archive those first.`);
}
