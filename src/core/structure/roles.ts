/** Rules on what OneRoster 1.2 puts beside a user: roles and profiles; and on demographics, which only make sense with a role. */

import { fieldNames, fileOf } from '../tables.ts';
import { counted, thousands } from '../words.ts';
import { dateAt, dateText, yearsBetween } from './dates.ts';
import { has, lacks, type Numbers } from './numbers.ts';
import type { Observer } from './observer.ts';
import { PairTable } from './pair-table.ts';
import { roleBit, STUDENT } from './role-bits.ts';
import { PRIMARY_ROLE, type Scene, SECONDARY_ROLE } from './scene.ts';
import { judgePeople, type People, passwordFinder } from './users.ts';

const at = (name: string) => fieldNames('roles').indexOf(name);
const [userAt, typeAt, roleAt, orgAt] = [at('userSourcedId'), at('roleType'), at('role'), at('orgSourcedId')];
const [beginAt, endAt, profileAt] = [at('beginDate'), at('endDate'), at('userProfileSourcedId')];
const profileUserAt = fieldNames('userProfiles').indexOf('userSourcedId');
const birthAt = fieldNames('demographics').indexOf('birthDate');

/** Ages, in full years, that are usual for a student, and for anybody. */
const STUDENT_AGES = [2, 25] as const;
const AGES = [0, 110] as const;

/** From a profile to the index of its user + 1. */
export type ProfileUsers = Numbers;

export function watchProfiles(scene: Scene, userOf: ProfileUsers): Observer {
  const passwords = passwordFinder(scene, 'userProfiles');
  return {
    judge(row, index, references) {
      userOf.set(index, references.targetOf(profileUserAt) + 1);
      passwords.see(row);
      return false;
    },
    missed: (row) => passwords.see(row),
    finish: () => passwords.finish(),
  };
}

export function watchRoles(scene: Scene, people: People, profileUsers: ProfileUsers): Observer {
  const { roles, flags } = scene.users;
  const primary = new PairTable();
  const ids = scene.ids('roles');
  return {
    see(row) {
      const [begin, end] = [dateAt(row, beginAt), dateAt(row, endAt)];
      if (begin === 0 || end === 0 || end > begin) return false;
      const message = `endDate ${dateText(end)} is not after beginDate ${dateText(begin)}`;
      return scene.say('role-dates-reversed', row, endAt, message);
    },
    judge(row, index, references) {
      const [user, org] = [references.targetOf(userAt), references.targetOf(orgAt)];
      const profile = references.targetOf(profileAt);
      const { buffer, start, end } = row;
      if (user < 0) return false;
      const holder = profile < 0 ? 0 : profileUsers.get(profile);
      if (holder > 0 && holder !== user + 1) {
        const message = `The profile is that of user ${scene.named('users', holder - 1)}, not of "${scene.idOf('users', user)}"`;
        scene.say('role-profile-user-mismatch', row, profileAt, message);
        end[profileAt] = start[profileAt] as number;
      }
      roles.mark(user, roleBit(buffer, start[roleAt] as number, end[roleAt] as number));
      // primary begins with p, secondary with s.
      if (buffer[start[typeAt] as number] !== 112) {
        flags.mark(user, SECONDARY_ROLE);
        return false;
      }
      flags.mark(user, PRIMARY_ROLE);
      const first = org < 0 ? -1 : primary.add(user, org, index);
      if (first < 0) return false;
      const message = `User "${scene.idOf('users', user)}" has a primary role in org "${scene.idOf('orgs', org)}" on line ${ids.lines[first]} already`;
      return scene.say('role-multiple-primary', row, typeAt, message);
    },
    missed(row) {
      const [user, org] = [scene.find('users', row, userAt), scene.find('orgs', row, orgAt)];
      if (user < 0) return;
      roles.mark(user, roleBit(row.buffer, row.start[roleAt] as number, row.end[roleAt] as number));
      flags.mark(user, row.text(typeAt).toLowerCase() === 'secondary' ? SECONDARY_ROLE : PRIMARY_ROLE);
      if (org >= 0) scene.directory.orgsOf.add(user, org);
    },
    finish() {
      judgePeople(scene, people);
      if (scene.isWhole('roles')) judgeRoles(scene, people);
    },
  };
}

/** Whom roles.csv gives a role, but none that is primary, or none where they mainly are. */
function judgeRoles(scene: Scene, people: People): void {
  const { flags } = scene.users;
  const { orgsOf } = scene.directory;
  scene.sayEach({
    rule: 'role-no-primary',
    kind: 'users',
    among: has(flags, PRIMARY_ROLE | SECONDARY_ROLE),
    faulty: lacks(flags, PRIMARY_ROLE),
    message: (index) => `No role of user "${scene.idOf('users', index)}" is primary`,
    all: (count) => ({
      file: fileOf('roles'),
      column: 'roleType',
      message: `roleType is primary in no row: none of ${thousands(count)} users has a primary role`,
    }),
  });
  const { size } = scene.ids('users');
  for (let user = 0; user < size; user++) {
    const org = people.primaryOrg.get(user) - 1;
    if (org < 0 || !orgsOf.has(user) || orgsOf.includes(user, org) || !scene.isTaken('users', user)) continue;
    const name = scene.idOf('orgs', org);
    scene.sayOf('role-primary-org-without-role', 'users', user, {
      column: 'primaryOrgSourcedId',
      value: name,
      message: `User "${scene.idOf('users', user)}" has no role in primaryOrgSourcedId "${name}"`,
    });
  }
}

export function watchDemographics(scene: Scene): Observer {
  const { today } = scene;
  return {
    judge(row, _, references) {
      const birth = dateAt(row, birthAt);
      if (today === 0 || birth === 0) return false;
      const user = references.targetOf(0);
      const isStudent = user >= 0 && scene.users.roles.has(user, STUDENT);
      const age = yearsBetween(birth, today);
      const [least, most] = isStudent ? STUDENT_AGES : AGES;
      if (birth <= today && age >= least && age <= most) return false;
      const who = isStudent ? 'this student' : 'this person';
      const message =
        birth > today ? 'birthDate lies in the future' : `birthDate makes ${who} ${counted(age, 'year')} old`;
      scene.say('demographics-unusual-birth-date', row, birthAt, message);
      return false;
    },
  };
}
