/** Turns a OneRoster 1.1 roster into one of 1.2: roles become records of their own (OneRoster 1.2 CSV, changes from 1.1). */

import type { RosterWriter } from '../formats/write-oneroster-csv.ts';
import type { Row } from '../record.ts';
import { textsOf } from '../row-texts.ts';
import type { Kind } from '../tables.ts';
import { counted, countedKind } from '../words.ts';
import type { Converter } from './converter.ts';
import type { Losses } from './losses.ts';
import { MadeIds } from './made-ids.ts';
import { roleAs12, userAs12 } from './user-12.ts';

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

  #user(row: Row): void {
    const texts = textsOf(row);
    const { role = '' } = texts;
    const { user, metadata, orgs } = userAs12(texts, row.metadata);
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

  #roleAt(role: string, org: string): string {
    const special = roleAs12(role, this.#orgTypes.get(org));
    if (special === role) return role;
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
