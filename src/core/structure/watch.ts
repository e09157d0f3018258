/** Which observer watches which kind. */

import type { Kind } from '../tables.ts';
import { watchClasses } from './classes.ts';
import { watchEnrollments } from './enrollments.ts';
import {
  newLineItems,
  watchCategories,
  watchLineItems,
  watchResources,
  watchResults,
  watchUserResources,
} from './gradebook.ts';
import { Numbers } from './numbers.ts';
import type { Observer } from './observer.ts';
import { watchOrgs } from './orgs.ts';
import { watchDemographics, watchProfiles, watchRoles } from './roles.ts';
import type { Scene } from './scene.ts';
import { watchSessions } from './sessions.ts';
import { newPeople, watchUsers } from './users.ts';

/** Gives each kind's observer, made when it is asked for; to be asked once a kind, in the order of loading. */
export function watch(scene: Scene): (kind: Kind) => Required<Observer> {
  const people = newPeople();
  const profileUsers = new Numbers();
  const items = newLineItems();
  const resourceRoles = new Numbers();
  const makers: Partial<Record<Kind, () => Observer>> = {
    orgs: () => watchOrgs(scene),
    academicSessions: () => watchSessions(scene),
    classes: () => watchClasses(scene),
    users: () => watchUsers(scene, people),
    userProfiles: () => watchProfiles(scene, profileUsers),
    roles: () => watchRoles(scene, people, profileUsers),
    demographics: () => watchDemographics(scene),
    enrollments: () => watchEnrollments(scene),
    resources: () => watchResources(resourceRoles),
    userResources: () => watchUserResources(scene, resourceRoles),
    categories: () => watchCategories(scene),
    lineItems: () => watchLineItems(scene, items),
    results: () => watchResults(scene, items),
  };
  // All of one shape, so that the code that calls them is compiled once.
  return (kind) => ({ ...blind, ...makers[kind]?.() });
}

const blind: Required<Observer> = {
  texts: [],
  expect() {},
  see: () => false,
  parents() {},
  judge: () => false,
  missed() {},
  finish() {},
};
