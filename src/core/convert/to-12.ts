/** Turns a OneRoster 1.1 roster into one of 1.2: roles become records of their own (OneRoster 1.2 CSV, changes from 1.1). */

import type { RosterWriter } from '../formats/write-oneroster-csv.ts';
import type { Row } from '../record.ts';
import { itemsOf, textsOf } from '../row-texts.ts';
import type { Kind } from '../tables.ts';
import { counted, countedKind } from '../words.ts';
import { asMetadata, type Converter } from './converter.ts';
import type { Losses } from './losses.ts';
import { MadeIds } from './made-ids.ts';

export class To12 implements Converter {
  #writer: RosterWriter;
  #changes: Losses;
  #orgTypes = new Map<string, string>();
  #schools = new Map<string, string>();
  #roleIds = new MadeIds();
  #rolesOf = new Map<string, string[]>();

  constructor(writer: RosterWriter, changes: Losses) {
    this.#writer = writer;
    this.#changes = changes;
  }

  table(): void {}

  row(row: Row): void {
    if (row.kind === 'users') return this.#user(row);
    if (row.kind === 'lineItems') return this.#lineItem(row);
    if (row.kind === 'orgs') this.#orgTypes.set(row.text(0), textsOf(row).type ?? '');
    if (row.kind === 'classes') this.#schools.set(row.text(0), textsOf(row).schoolSourcedId ?? '');
    this.#writer.row(row);
  }

  leftOut(kind: Kind, sourcedId: string): void {
    this.#writer.leaveOut(kind, sourcedId);
    if (kind !== 'users') return;
    for (const role of this.#rolesOf.get(sourcedId) ?? []) this.#writer.leaveOut('roles', role);
  }

  finish(): void {}

  /** The first org that a user names is the primary one. */
  #user(row: Row): void {
    const { role = '', orgSourcedIds, ...user } = textsOf(row);
    const orgs = itemsOf(orgSourcedIds);
    const metadata = { ...row.metadata };
    for (const name of asMetadata) {
      const value = metadata[`metadata.${name}`];
      if (value === undefined) continue;
      user[name] = value;
      delete metadata[`metadata.${name}`];
    }
    if (orgs[0] !== undefined) user.primaryOrgSourcedId = orgs[0];
    this.#writer.record('users', user, metadata);
    const made: string[] = [];
    for (const [at, org] of orgs.entries()) {
      const sourcedId = this.#roleIds.make(user.sourcedId, org);
      made.push(sourcedId);
      this.#writer.record('roles', {
        sourcedId,
        userSourcedId: user.sourcedId,
        roleType: at === 0 ? 'primary' : 'secondary',
        role: this.#roleAt(role, org),
        orgSourcedId: org,
      });
    }
    this.#rolesOf.set(user.sourcedId, made);
    this.#changes.add(
      'roles',
      'roles',
      null,
      (count) =>
        `${countedKind(count, 'roles')} ${count === 1 ? 'was' : 'were'} made from role and orgSourcedIds of the users.`,
      orgs.length,
    );
  }

  /** 1.2 tells administrators apart by where they are one. */
  #roleAt(role: string, org: string): string {
    if (role !== 'administrator') return role;
    const type = this.#orgTypes.get(org);
    const special = type === 'school' || type === 'department' ? 'siteAdministrator' : 'districtAdministrator';
    this.#changes.add(special, 'roles', 'role', (count) => {
      const where = special === 'siteAdministrator' ? 'a school or department' : 'a district or above';
      return `administrator became ${special} for ${counted(count, 'role')} in ${where}.`;
    });
    return special;
  }

  #lineItem(row: Row): void {
    const { gradingPeriodSourcedId = '', ...item } = textsOf(row);
    const schoolSourcedId = this.#schools.get(item.classSourcedId ?? '') ?? '';
    this.#writer.record(
      'lineItems',
      { ...item, academicSessionSourcedId: gradingPeriodSourcedId, schoolSourcedId },
      row.metadata,
    );
    this.#changes.add('school', 'lineItems', 'schoolSourcedId', (count) => {
      return `schoolSourcedId of ${countedKind(count, 'lineItems')} was filled with the school of the class.`;
    });
  }
}
