/** Rules on the gradebook and on resources: scores within their limits, and people, classes and schools that agree. */

import { Items } from '../lists.ts';
import { fieldNames, type Kind } from '../tables.ts';
import { dateAt, dateText } from './dates.ts';
import { AS_STUDENT } from './enrollments.ts';
import { Numbers } from './numbers.ts';
import type { Observer } from './observer.ts';
import { roleBit, roleWords, STUDENT } from './role-bits.ts';
import type { Scene } from './scene.ts';

const at = (kind: Kind, name: string) => fieldNames(kind).indexOf(name);
const [minAt, maxAt] = [at('lineItems', 'resultValueMin'), at('lineItems', 'resultValueMax')];
const [assignAt, dueAt, itemClassAt] = [
  at('lineItems', 'assignDate'),
  at('lineItems', 'dueDate'),
  at('lineItems', 'classSourcedId'),
];
const [itemAt, studentAt, scoreAt, resultClassAt] = [
  at('results', 'lineItemSourcedId'),
  at('results', 'studentSourcedId'),
  at('results', 'score'),
  at('results', 'classSourcedId'),
];
const weightAt = at('categories', 'weight');
const resourceRolesAt = at('resources', 'roles');
const [userAt, orgAt, classAt, resourceAt] = [
  at('userResources', 'userSourcedId'),
  at('userResources', 'orgSourcedId'),
  at('userResources', 'classSourcedId'),
  at('userResources', 'resourceSourcedId'),
];

/** What results have to agree with, by line item: its limits (absent: none) and its class + 1. */
export type LineItems = { min: Map<number, number>; max: Map<number, number>; classOf: Numbers };
export const newLineItems = (): LineItems => ({ min: new Map(), max: new Map(), classOf: new Numbers() });

export function watchCategories(scene: Scene): Observer {
  return {
    see(row) {
      if (row.start[weightAt] === row.end[weightAt]) return false;
      const weight = Number(row.text(weightAt));
      if (weight >= 0 && weight <= 100) return false;
      return scene.say('category-weight-invalid', row, weightAt, `weight is ${weight}, outside 0 to 100`);
    },
  };
}

export function watchLineItems(scene: Scene, items: LineItems): Observer {
  return {
    see(row, index) {
      const min = row.start[minAt] === row.end[minAt] ? undefined : Number(row.text(minAt));
      const max = row.start[maxAt] === row.end[maxAt] ? undefined : Number(row.text(maxAt));
      if (min !== undefined && max !== undefined && min > max) {
        const message = `resultValueMin ${min} is above resultValueMax ${max}`;
        return scene.say('line-item-range-reversed', row, minAt, message);
      }
      if (min !== undefined) items.min.set(index, min);
      if (max !== undefined) items.max.set(index, max);
      const [assigned, due] = [dateAt(row, assignAt), dateAt(row, dueAt)];
      if (due >= assigned || due === 0) return false;
      const message = `dueDate ${dateText(due)} is before assignDate ${dateText(assigned)}`;
      return scene.say('line-item-due-before-assign', row, dueAt, message);
    },
    judge(_, index, references) {
      items.classOf.set(index, references.targetOf(itemClassAt) + 1);
      return false;
    },
  };
}

export function watchResults(scene: Scene, items: LineItems): Observer {
  return {
    judge(row, _, references) {
      const [item, student] = [references.targetOf(itemAt), references.targetOf(studentAt)];
      const own = references.targetOf(resultClassAt);
      if (item < 0) return false;
      const inClass = items.classOf.get(item) - 1;
      if (own >= 0 && inClass >= 0 && own !== inClass) {
        const message = `The class is not "${scene.idOf('classes', inClass)}", that of line item ${scene.named('lineItems', item)}`;
        return scene.say('result-class-mismatch', row, resultClassAt, message);
      }
      if (row.start[scoreAt] !== row.end[scoreAt]) {
        const score = Number(row.text(scoreAt));
        const [min, max] = [items.min.get(item), items.max.get(item)];
        if ((min !== undefined && score < min) || (max !== undefined && score > max)) {
          const limits = `${min ?? 'any'} to ${max ?? 'any'}`;
          const message = `score ${score} is outside ${limits}, the limits of line item ${scene.named('lineItems', item)}`;
          return scene.say('result-score-out-of-range', row, scoreAt, message);
        }
      }
      if (student < 0) return false;
      const bits = scene.users.roles.get(student);
      if (scene.knowsRoles && bits !== 0 && (bits & STUDENT) === 0) {
        const message = `User "${scene.idOf('users', student)}" is ${roleWords(bits)}, not a student`;
        return scene.say('result-student-not-student', row, studentAt, message);
      }
      if (inClass < 0 || !scene.isWhole('enrollments') || scene.enrolled.has(student, inClass, AS_STUDENT))
        return false;
      const message = `Student "${scene.idOf('users', student)}" is not enrolled in "${scene.idOf('classes', inClass)}", the class of line item ${scene.named('lineItems', item)}`;
      return scene.say('result-student-not-enrolled', row, studentAt, message);
    },
  };
}

/** @param rolesOf gets the role bits of those for whom a resource is. */
export function watchResources(rolesOf: Numbers): Observer {
  const items = new Items();
  return {
    judge(row, index) {
      items.cut(row.buffer, row.start[resourceRolesAt] as number, row.end[resourceRolesAt] as number);
      for (let item = 0; item < items.count; item++)
        rolesOf.mark(index, roleBit(row.buffer, items.start[item] as number, items.end[item] as number));
      return false;
    },
  };
}

export function watchUserResources(scene: Scene, rolesOf: Numbers): Observer {
  const { schoolOf } = scene.directory;
  return {
    judge(row, _, references) {
      const [user, org] = [references.targetOf(userAt), references.targetOf(orgAt)];
      const [inClass, resource] = [references.targetOf(classAt), references.targetOf(resourceAt)];
      if (org >= 0 && schoolOf.has(inClass) && !schoolOf.includes(inClass, org)) {
        const message = `The org is not the school of class ${scene.named('classes', inClass)}`;
        scene.say('user-resource-org-mismatch', row, orgAt, message);
      }
      const bits = user < 0 ? 0 : scene.users.roles.get(user);
      const meant = resource < 0 ? 0 : rolesOf.get(resource);
      if (bits === 0 || meant === 0 || bits & meant || !scene.knowsRoles) return false;
      const message = `User "${scene.idOf('users', user)}" is ${roleWords(bits)}, and resource ${scene.named('resources', resource)} is for ${roleWords(meant)}`;
      scene.say('resource-role-mismatch', row, resourceAt, message);
      return false;
    },
  };
}
