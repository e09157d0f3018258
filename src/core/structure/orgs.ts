/** Rules on orgs beside each other: who stands above whom, and whether there is a district. */

import { Codes } from '../bytes.ts';
import { LEFT_OUT } from '../id-set.ts';
import type { Row } from '../record.ts';
import { fieldNames, fileOf } from '../tables.ts';
import { thousands } from '../words.ts';
import { Numbers } from './numbers.ts';
import type { Observer } from './observer.ts';
import type { Scene } from './scene.ts';

const [NATIONAL, STATE, LOCAL, DISTRICT, SCHOOL, DEPARTMENT] = [1, 2, 3, 4, 5, 6];
const types = { national: NATIONAL, state: STATE, local: LOCAL, district: DISTRICT, school: SCHOOL };
const codes = new Codes({ ...types, department: DEPARTMENT } as Record<string, number>);
const names = ['', 'national', 'state', 'local', 'district', 'school', 'department'];
const typeAt = fieldNames('orgs').indexOf('type');
const parentAt = fieldNames('orgs').indexOf('parentSourcedId');

/** Whether an org of one type may stand under one of another. Own types (0) may stand anywhere. */
function fits(child: number, parent: number): boolean {
  if (child === 0 || parent === 0) return true;
  if (child === DEPARTMENT) return parent !== NATIONAL;
  if (parent === DEPARTMENT) return child !== NATIONAL && child !== STATE;
  return parent <= child;
}

export function watchOrgs(scene: Scene): Observer {
  const type = new Numbers();
  const hasParent = new Numbers();
  let parents: ReadonlyMap<number, number> = new Map();
  let rows = 0;
  let hasDistrict = false;
  const typeOf = (row: Row) =>
    Math.max(0, codes.of(row.buffer, row.start[typeAt] as number, row.end[typeAt] as number));
  const note = (row: Row): number => {
    const own = typeOf(row);
    rows++;
    if (own === DISTRICT || own === LOCAL) hasDistrict = true;
    return own;
  };
  return {
    see(row, index) {
      type.set(index, note(row));
      if (row.start[parentAt] !== row.end[parentAt]) hasParent.set(index, 1);
      return false;
    },
    missed: (row) => void note(row),
    parents(parentOf) {
      parents = parentOf;
    },
    judge(row, index) {
      const parent = parents.get(index);
      if (parent === undefined || (scene.ids('orgs').flags[parent] as number) & LEFT_OUT) return false;
      const [own, above] = [type.get(index), type.get(parent)];
      if (fits(own, above)) return false;
      const message = `A ${names[own]} stands under ${scene.named('orgs', parent)}, a ${names[above]}`;
      return scene.say('org-hierarchy-order', row, parentAt, message);
    },
    finish() {
      if (!hasDistrict) {
        const message = `None of ${thousands(rows)} orgs is of type district or local`;
        if (rows > 0 && scene.isWhole('orgs')) scene.tally.add('org-no-district', { file: fileOf('orgs'), message });
        return;
      }
      scene.sayEach({
        rule: 'org-school-without-parent',
        kind: 'orgs',
        column: 'parentSourcedId',
        among: (index) => type.get(index) === SCHOOL,
        faulty: (index) => hasParent.get(index) === 0,
        message: (index) => `School "${scene.idOf('orgs', index)}" has no parentSourcedId`,
        all: (count) => ({
          file: fileOf('orgs'),
          column: 'parentSourcedId',
          message: `parentSourcedId is blank for all ${thousands(count)} schools`,
        }),
      });
    },
  };
}
