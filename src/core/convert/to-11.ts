/** Turns a OneRoster 1.2 roster into one of 1.1: a user row for each role that a person has. */

import type { RosterWriter } from '../formats/write-oneroster-csv.ts';
import type { Row } from '../record.ts';
import { RowStore } from '../row-store.ts';
import { itemsOf, textsOf } from '../row-texts.ts';
import { type Kind, tableOf } from '../tables.ts';
import { counted, countedKind } from '../words.ts';
import { asMetadata, type Converter, Fitting } from './converter.ts';
import { isAre, type Losses, peopleHave } from './losses.ts';
import { MadeIds } from './made-ids.ts';

type Role = { id: string; role: string; org: string; isPrimary: boolean };
/** A user row of 1.1: one role of a person, with the orgs in which they have it. */
type Part = { id: string; role: string; orgs: string[] };

/** Roles of 1.2 that 1.1 calls otherwise; `ext:` roles have no name in 1.1. */
const rolesOf11: Record<string, string> = {
  counselor: 'aide',
  districtAdministrator: 'administrator',
  principal: 'administrator',
  siteAdministrator: 'administrator',
  systemAdministrator: 'administrator',
};
const familyRoles = ['parent', 'guardian', 'relative'];
/** Kinds that come after users and before anything that points to the rows that are made of them. */
const heldKinds: readonly Kind[] = ['users', 'userProfiles', 'roles'];
const handled = [
  'users.primaryOrgSourcedId',
  'lineItems.academicSessionSourcedId',
  ...asMetadata.map((name) => `users.${name}`),
];

export class To11 implements Converter {
  #writer: RosterWriter;
  #losses: Losses;
  #changes: Losses;
  #fitting: Fitting;
  #users = new RowStore('users');
  #userIds = new MadeIds();
  #roles = new Map<string, Role[]>();
  #rolesLeftOut = new Set<string>();
  #parts = new Map<string, Part[]>();
  #isUsersWritten = false;

  constructor(writer: RosterWriter, losses: Losses, changes: Losses) {
    this.#writer = writer;
    this.#losses = losses;
    this.#changes = changes;
    this.#fitting = new Fitting('1.1', losses, handled);
  }

  table(kind: Kind): void {
    if (kind !== 'users' && this.#users.size > 0 && !heldKinds.includes(kind)) this.#writeUsers();
  }

  row(row: Row): void {
    const { kind } = row;
    if (kind === 'users') {
      this.#userIds.take(row.text(0));
      this.#users.push(row);
    } else if (kind === 'roles') this.#role(row);
    else if (!tableOf(kind).versions.includes('1.1')) this.#losses.record(kind);
    else {
      this.#fitting.fit(row);
      this.#other(row);
    }
  }

  leftOut(kind: Kind, sourcedId: string): void {
    if (kind === 'roles') this.#rolesLeftOut.add(sourcedId);
    if (!tableOf(kind).versions.includes('1.1')) return;
    this.#writer.leaveOut(kind, sourcedId);
    if (kind === 'users') for (const part of this.#parts.get(sourcedId) ?? []) this.#writer.leaveOut(kind, part.id);
  }

  finish(): void {
    this.#writeUsers();
  }

  #role(row: Row): void {
    const { sourcedId, userSourcedId = '', role = '', orgSourcedId = '', roleType, ...more } = textsOf(row);
    for (const name of ['beginDate', 'endDate', 'userProfileSourcedId'])
      if (more[name] !== undefined)
        this.#losses.add('role', 'roles', name, (count) => {
          return `${name} of ${countedKind(count, 'roles')} ${isAre(count)} not carried: in OneRoster 1.1 a role is a word in users.csv.`;
        });
    this.#changes.add('moved', 'roles', null, (count) => {
      return `${countedKind(count, 'roles')} ${count === 1 ? 'stands' : 'stand'} in role and orgSourcedIds of the users.`;
    });
    const roles = this.#roles.get(userSourcedId) ?? [];
    roles.push({ id: sourcedId, role, org: orgSourcedId, isPrimary: roleType === 'primary' });
    this.#roles.set(userSourcedId, roles);
  }

  #writeUsers(): void {
    if (this.#isUsersWritten) return;
    this.#isUsersWritten = true;
    for (const row of this.#users.rows()) this.#parts.set(row.text(0), this.#partsOf(row.text(0)));
    for (const row of this.#users.rows()) {
      this.#fitting.fit(row);
      this.#writeUser(row);
    }
  }

  /** Primary roles first; the first part keeps the id of the person. */
  #partsOf(user: string): Part[] {
    const roles = (this.#roles.get(user) ?? []).filter(({ id }) => !this.#rolesLeftOut.has(id));
    const parts: Part[] = [];
    for (const { role, org } of roles.toSorted((a, b) => Number(b.isPrimary) - Number(a.isPrimary))) {
      const name = this.#nameOf11(role);
      if (name === undefined) continue;
      const part = parts.find((one) => one.role === name);
      if (!part)
        parts.push({ id: parts.length === 0 ? user : this.#userIds.make(user, name), role: name, orgs: [org] });
      else if (!part.orgs.includes(org)) part.orgs.push(org);
    }
    return parts;
  }

  #nameOf11(role: string): string | undefined {
    if (role.startsWith('ext:')) {
      this.#losses.add(role, 'roles', 'role', (count) => {
        return `${countedKind(count, 'roles')} ${role} ${isAre(count)} not carried: OneRoster 1.1 has no such role.`;
      });
      return undefined;
    }
    const name = rolesOf11[role];
    if (name)
      this.#changes.add(role, 'roles', 'role', (count) => `${role} became ${name} for ${counted(count, 'role')}.`);
    return name ?? role;
  }

  #writeUser(row: Row): void {
    const { primaryOrgSourcedId, agentSourcedIds, ...user } = textsOf(row);
    const parts = this.#parts.get(user.sourcedId) ?? [];
    const metadata: Record<string, string> = { ...row.metadata };
    for (const name of asMetadata) {
      const value = user[name];
      if (value === undefined) continue;
      metadata[`metadata.${name}`] = value;
      this.#changes.add('metadata', 'users', name, (count) => {
        return `${name} of ${countedKind(count, 'users')} stands in the extension column metadata.${name}.`;
      });
    }
    if (agentSourcedIds)
      user.agentSourcedIds = itemsOf(agentSourcedIds)
        .map((id) => this.#partOf(id, familyRoles))
        .join(',');
    if (parts.length === 0) return this.#withoutRole(user.sourcedId);
    if (primaryOrgSourcedId && !parts.some(({ orgs }) => orgs.includes(primaryOrgSourcedId)))
      this.#losses.add('primary', 'users', 'primaryOrgSourcedId', (count) => {
        return `primaryOrgSourcedId of ${countedKind(count, 'users')} ${isAre(count)} not carried: the user has no role in that org.`;
      });
    for (const { id, role, orgs } of parts) {
      const sorted = orgs.toSorted((a, b) => Number(b === primaryOrgSourcedId) - Number(a === primaryOrgSourcedId));
      const { grades, ...rest } = user;
      const own = role === 'student' || parts.length === 1 ? user : rest;
      this.#writer.record('users', { ...own, sourcedId: id, role, orgSourcedIds: sorted.join(',') }, metadata);
    }
    if (parts.length > 1)
      this.#changes.add('parts', 'users', 'role', (count) => {
        return `${peopleHave(count)} more than one role: each further role is a user row of its own, with the role at the end of its sourcedId.`;
      });
  }

  #withoutRole(user: string): void {
    this.#writer.leaveOut('users', user);
    this.#losses.leftOut('without role', 'users', 'role', (count) => {
      return `${countedKind(count, 'users')} ${isAre(count)} left out: no role of theirs has a name in OneRoster 1.1, which needs one.`;
    });
  }

  /** The user row of a person that has one of these roles, or the first one. */
  #partOf(user: string, roles: readonly string[]): string {
    const parts = this.#parts.get(user) ?? [];
    return (parts.find(({ role }) => roles.includes(role)) ?? parts[0])?.id ?? user;
  }

  #other(row: Row): void {
    const { kind, metadata } = row;
    if (kind === 'enrollments') {
      const record = textsOf(row);
      record.userSourcedId = this.#partOf(record.userSourcedId ?? '', [record.role ?? '']);
      this.#writer.record(kind, record, metadata);
    } else if (kind === 'demographics') {
      const record = textsOf(row);
      this.#writer.record(kind, { ...record, sourcedId: this.#partOf(record.sourcedId, ['student']) }, metadata);
    } else if (kind === 'results') {
      const record = textsOf(row);
      record.studentSourcedId = this.#partOf(record.studentSourcedId ?? '', ['student']);
      this.#writer.record(kind, record, metadata);
    } else if (kind === 'lineItems') {
      const { academicSessionSourcedId = '', ...record } = textsOf(row);
      this.#writer.record(kind, { ...record, gradingPeriodSourcedId: academicSessionSourcedId }, metadata);
    } else this.#writer.row(row);
  }
}
