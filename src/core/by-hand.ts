/** Judges a record that a person enters by the declarations that deliveries are judged by. */

import { encode } from './bytes.ts';
import { CellCheck } from './cells.ts';
import { SCRATCH_BYTES } from './csv.ts';
import { nearest } from './nearest.ts';
import { type Finding, Row } from './record.ts';
import { dateAt, dateText } from './structure/dates.ts';
import { type Field, fieldNames, type Kind, tableOf, targetOf, type Version } from './tables.ts';
import { Tally } from './tally.ts';

export type Entered = {
  /** What stands against it, a sentence each, naming the field; none when it can be saved. */
  faults: string[];
  /** What is worth knowing about it. */
  remarks: string[];
  /** The values as they are kept: spaces around them taken off, blank fields absent. */
  fields: Record<string, string>;
  metadata: Record<string, string>;
};

/** Longest value that is looked at. */
const valueLimit = 4000;
/** Fields that say how a row is meant; a record that stands in a roster has a state instead. */
const modeFields = ['status', 'dateLastModified'];

/**
 * Judges entered values, but for what needs the roster: that references lead somewhere, and that keys are free.
 * @param entered field names as OneRoster spells them, and `metadata.` columns; a blank value is no value.
 */
export function judgeEntered(kind: Kind, version: Version, entered: Record<string, string>): Entered {
  const faults: string[] = [];
  const metadata: Record<string, string> = {};
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(entered)) {
    const fault = nameFault(kind, name) ?? (value.length > valueLimit ? tooLong(name, value) : undefined);
    if (fault) faults.push(fault);
    else if (value.trim() === '') continue;
    else if (name.startsWith('metadata.')) metadata[name] = value;
    else values.set(name, value);
  }
  if (faults.length > 0) return { faults, remarks: [], fields: {}, metadata: {} };
  const row = rowOf(kind, values);
  const found: Finding[] = [];
  const cells = new CellCheck(kind, version, new Tally('default', (finding) => found.push(finding)));
  cells.checkId(row);
  cells.check(row);
  const said = (severity: (one: Finding) => boolean) => found.filter(severity).map(({ message }) => `${message}.`);
  const costs = ({ severity }: Finding) => severity === 'error' || severity === 'fatal';
  return {
    faults: [...said(costs), ...(said(costs).length === 0 ? datesReversed(kind, row) : [])],
    remarks: said((one) => !costs(one)),
    fields: fieldsOf(kind, row),
    metadata,
  };
}

function nameFault(kind: Kind, name: string): string | undefined {
  if (/^metadata\.[\w.-]{1,100}$/.test(name)) return undefined;
  if (modeFields.includes(name)) return `${name} is kept by Homeroom and cannot be entered.`;
  if (fieldNames(kind).includes(name)) return undefined;
  const near = nearest(name, fieldNames(kind));
  return `${kind} have no field ${name}${near ? ` (did you mean ${near}?)` : ''}.`;
}

const tooLong = (name: string, value: string): string => `${name} has ${value.length} characters; 255 are usual.`;

/** Behind the room in which repairs are written. */
function rowOf(kind: Kind, values: Map<string, string>): Row {
  const row = new Row(kind);
  const texts = fieldNames(kind).map((name) => encode(values.get(name) ?? ''));
  row.buffer = new Uint8Array(SCRATCH_BYTES + texts.reduce((sum, text) => sum + text.length, 0));
  let at = SCRATCH_BYTES;
  for (const [field, text] of texts.entries()) {
    row.buffer.set(text, at);
    row.start[field] = at;
    at += text.length;
    row.end[field] = at;
  }
  row.unusual = true;
  return row;
}

function fieldsOf(kind: Kind, row: Row): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [at, name] of fieldNames(kind).entries()) {
    const text = row.text(at);
    if (text !== '') fields[name] = targetOf(tableOf(kind).fields[name] as Field) ? idsIn(text).join(',') : text;
  }
  return fields;
}

/** The ids that a reference field names. */
export const idsIn = (text: string): string[] =>
  text
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');

/** An end is the first day after. */
function datesReversed(kind: Kind, row: Row): string[] {
  return Object.entries(tableOf(kind).fields).flatMap(([name, { notBefore }]) => {
    if (notBefore === undefined) return [];
    const begin = dateAt(row, fieldNames(kind).indexOf(notBefore));
    const end = dateAt(row, fieldNames(kind).indexOf(name));
    if (begin === 0 || end === 0 || end > begin) return [];
    return [
      `${name} ${dateText(end)} is not after ${notBefore} ${dateText(begin)}; it is the first day after the end.`,
    ];
  });
}

/** Whether a record of a kind cannot be without what this field names. */
export const needs = (kind: Kind, field: string): boolean => {
  const { type, required } = tableOf(kind).fields[field] as Field;
  return required.length > 0 || type === 'guid';
};

/** Fields that one version alone has, and a record that is filled in has to belong to one. */
export function versionOf(kind: Kind, entered: Record<string, string>, usual: Version): Version {
  const { versions, fields } = tableOf(kind);
  if (versions.length === 1) return versions[0] as Version;
  const only = (version: Version) =>
    Object.keys(entered).some((name) => entered[name] !== '' && fields[name]?.versions.join() === version);
  if (only('1.1')) return '1.1';
  return only('1.2') ? '1.2' : usual;
}
