/** What a user of an API says beside plain fields: roles in orgs, and profiles with credentials, which CSV has as records. */

import { roleNames } from '../tables.ts';
import type { Attached } from './record.ts';
import { dateOf, type Note, refOf, refsOf, textOf, wordOf } from './values.ts';

type Json = Record<string, unknown>;

type Tuple = { roleType: string; role: string; org: string; begin: string; end: string; profile: string };

type RoleWords = ReadonlyMap<string, string> | undefined;

export function tuplesOf(json: Json, note: Note, roleWords?: RoleWords): Tuple[] {
  const given = Array.isArray(json.roles) ? json.roles : json.roles ? [json.roles] : [];
  return given.flatMap((each) => {
    if (typeof each !== 'object' || each === null) return [];
    const { roleType, role, org, beginDate, endDate, userProfile } = each as Json;
    const word = wordOf(role, 'roles', roleNames, note, roleWords);
    if (word === '') return [];
    return [
      {
        roleType: wordOf(roleType, 'roles', ['primary', 'secondary'], note),
        role: word,
        org: refOf(org, 'roles', note),
        begin: dateOf(beginDate, 'roles', note),
        end: dateOf(endDate, 'roles', note),
        profile: textOf(userProfile, 'roles', note),
      },
    ];
  });
}

/** A user of 1.1 among those of 1.2: the role in each org, of which each is the primary one there. */
export function from11(json: Json, note: Note, roleWords?: RoleWords): Tuple[] {
  const role = wordOf(json.role, 'role', roleNames, note, roleWords);
  if (role === '') return [];
  const orgs = refsOf(json.orgs, 'orgs', note)
    .split(',')
    .filter((org) => org !== '');
  note('api-value-form', 'roles');
  return orgs.map((org) => ({ roleType: 'primary', role, org, begin: '', end: '', profile: '' }));
}

const ranks = [/^teacher$/, /administrator|principal/i, /^student$/, /^(guardian|parent|relative)$/];

export function from12(tuples: Tuple[], primaryOrg: string): { role: string; orgs: string } {
  const rank = ({ role }: Tuple) => {
    const found = ranks.findIndex((words) => words.test(role));
    return found < 0 ? ranks.length : found;
  };
  const best = tuples.reduce((first, each) => (rank(each) < rank(first) ? each : first));
  const role = /administrator|principal/i.test(best.role)
    ? 'administrator'
    : best.role === 'counselor'
      ? 'aide'
      : best.role;
  const orgs = [...new Set([primaryOrg, ...tuples.map(({ org }) => org)])].filter((org) => org !== '');
  return { role, orgs: orgs.join(',') };
}

export function rolesOf(tuples: Tuple[], user: string, profiles: Map<string, string>): Attached[] {
  const seen = new Map<string, number>();
  return tuples.map(({ roleType, role, org, begin, end, profile }) => {
    const key = `${role}\n${org}\n${roleType}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    const sourcedId = partId(user, count === 1 ? key : `${key}\n${count}`);
    return { kind: 'roles', sourcedId, cells: [user, roleType, role, begin, end, org, profiles.get(profile) ?? ''] };
  });
}

export function profilesOf(value: unknown, user: string, note: Note): { rows: Attached[]; byId: Map<string, string> } {
  const rows: Attached[] = [];
  const byId = new Map<string, string>();
  for (const each of Array.isArray(value) ? value : []) {
    if (typeof each !== 'object' || each === null) continue;
    const { profileId, profileType, vendorId, applicationId, description, credentials } = each as Json;
    const text = (given: unknown) => textOf(given, 'userProfiles', note);
    for (const credential of Array.isArray(credentials) ? credentials : []) {
      if (typeof credential !== 'object' || credential === null) continue;
      const { type, username } = credential as Json;
      const sourcedId = partId(user, `${text(profileId)}\n${text(type)}\n${text(username)}`);
      const shared = [user, text(profileType), text(vendorId), text(applicationId), text(description)];
      // A password is never taken over.
      rows.push({ kind: 'userProfiles', sourcedId, cells: [...shared, text(type), text(username), ''] });
      if (!byId.has(text(profileId))) byId.set(text(profileId), sourcedId);
    }
  }
  return { rows, byId };
}

/** The id of a record that JSON has within a user: the user's, and a fingerprint of what it says. */
export const partId = (user: string, content: string): string => `${user}.${fingerprint(content)}`;

/** 64 bits as 16 digits. */
export function fingerprint(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let at = 0; at < text.length; at++) {
    a = Math.imul(a ^ text.charCodeAt(at), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(at), 0x5bd1e995);
    b ^= b >>> 15;
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
