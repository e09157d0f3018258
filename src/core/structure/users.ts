/** Rules on users beside each other: who is there twice, who is whose family, and what a student needs. */

import type { Row } from '../record.ts';
import { show } from '../show.ts';
import { fieldNames, fileOf, type Kind } from '../tables.ts';
import { thousands } from '../words.ts';
import { type Double, Doubles, hashField } from './doubles.ts';
import { Lines } from './lines.ts';
import { has, Numbers } from './numbers.ts';
import type { Observer } from './observer.ts';
import { FAMILY, roleBit, roleWords, STUDENT } from './role-bits.ts';
import { DISABLED, NO_GRADE, type Scene } from './scene.ts';

const at = (name: string) => fieldNames('users').indexOf(name);
const [enabledAt, roleAt, gradesAt, agentsAt] = [at('enabledUser'), at('role'), at('grades'), at('agentSourcedIds')];
const [givenAt, familyAt, primaryOrgAt] = [at('givenName'), at('familyName'), at('primaryOrgSourcedId')];

/** What should be a person's own, and the rule for two who share it; in this order, so that a double record is told once. */
const own = [
  ['username', 'user-username-duplicate'],
  ['userMasterIdentifier', 'user-master-identifier-duplicate'],
  ['email', 'user-email-duplicate'],
  ['identifier', 'user-identifier-duplicate'],
] as const;

/** What the users know of each other until their roles are known too. */
export type People = {
  /** Pairs of a user and an agent, one after the other. */
  agents: Numbers;
  agentCount: number;
  /** Users with the identifier of an earlier one. */
  sameIdentifier: Double[];
  /** For each user, the org that is called primary + 1. */
  primaryOrg: Numbers;
};

export const newPeople = (): People => ({
  agents: new Numbers(),
  agentCount: 0,
  sameIdentifier: [],
  primaryOrg: new Numbers(),
});

export function watchUsers(scene: Scene, people: People): Observer {
  const { roles, flags } = scene.users;
  const twins = twinFinder(scene, people);
  const passwords = passwordFinder(scene, 'users');
  return {
    texts: [givenAt, familyAt, ...own.map(([column]) => at(column))],
    expect(rows) {
      twins.expect(rows);
      for (const numbers of [roles, flags, people.primaryOrg, scene.directory.orgsOf]) numbers.reserve(rows);
    },
    see(row, index) {
      if (scene.roleUsers && scene.roleUsers.find(row.buffer, row.start[0] as number, row.end[0] as number) < 0) {
        return scene.say('user-without-role', row, 0, `roles.csv has no row for user "${scene.idOf('users', index)}"`);
      }
      const { buffer, start, end } = row;
      if (scene.version === '1.1') roles.set(index, roleBit(buffer, start[roleAt] as number, end[roleAt] as number));
      // true has four letters, false five.
      if ((end[enabledAt] as number) - (start[enabledAt] as number) === 5) flags.mark(index, DISABLED);
      if (start[gradesAt] === end[gradesAt]) flags.mark(index, NO_GRADE);
      twins.see(row, index);
      passwords.see(row);
      return false;
    },
    judge(_, index, references) {
      for (let position = 0; position < references.targetCount(agentsAt); position++) {
        const agent = references.targetAt(agentsAt, position);
        if (agent < 0) continue;
        people.agents.set(people.agentCount++, index);
        people.agents.set(people.agentCount++, agent);
      }
      people.primaryOrg.set(index, references.targetOf(primaryOrgAt) + 1);
      return false;
    },
    missed: (row) => passwords.see(row),
    finish() {
      twins.finish();
      passwords.finish();
      if (scene.version === '1.1') judgePeople(scene, people);
    },
  };
}

/** Finds people who share what should be their own, and says so at the end. */
function twinFinder(scene: Scene, people: People) {
  const { roles } = scene.users;
  const { seed } = scene.ids('users');
  const names = new Numbers();
  const columns = own.map(([column, rule]) => {
    return { field: at(column), column, rule, doubles: new Doubles(seed) };
  });

  function tell({ column, rule }: (typeof columns)[number], { index, first, text }: Double, same: boolean): void {
    const otherRole = scene.version === '1.1' && roles.get(index) !== roles.get(first);
    const whose = `${column} "${show(text)}" is also that of user ${scene.named('users', first)}`;
    const say = (id: string, message: string) =>
      scene.sayOf(id, 'users', index, { column, value: show(text), message });
    if (same && otherRole) {
      say('user-multiple-records', `${whose}, of the same name, who is ${roleWords(roles.get(first))}`);
    } else if (rule !== 'user-identifier-duplicate') {
      say(rule, same ? `${whose}, of the same name` : whose);
    } else if (scene.version === '1.2') {
      people.sameIdentifier.push({ index, first, text });
    } else if (!otherRole) say(rule, whose);
  }

  return {
    expect(rows: number): void {
      names.reserve(rows);
      for (const { doubles } of columns) doubles.reserve(rows);
    },
    see(row: Row, index: number): void {
      const { start, end, texts } = row;
      hashField(row, givenAt, seed);
      hashField(row, familyAt, seed);
      names.set(index, Math.imul(texts[givenAt * 2] as number, 31) ^ (texts[familyAt * 2] as number));
      for (let which = 0; which < columns.length; which++) {
        const { field, doubles } = columns[which] as (typeof columns)[number];
        if (start[field] !== end[field]) doubles.add(row, field, index);
      }
    },
    finish(): void {
      /** Of whom it has been told already whose double record they are. */
      const told = new Map<number, number>();
      for (const column of columns) {
        for (const double of column.doubles.found()) {
          const { index, first } = double;
          if (told.get(index) === first) continue;
          const same = names.get(index) === names.get(first);
          if (same) told.set(index, first);
          tell(column, double, same);
        }
      }
    },
  };
}

/** Says once of a file how many passwords can be read in it. */
export function passwordFinder(scene: Scene, kind: Kind) {
  const field = fieldNames(kind).indexOf('password');
  if (!scene.tally.asks('user-password-present')) return { see() {}, finish() {} };
  /** By line, because a row may be left out after it was seen. */
  const seen = new Lines();
  let count = 0;
  let line = 0;
  return {
    see(row: Row): void {
      if (row.start[field] === row.end[field] || isScrambled(row.text(field)) || !seen.add(row.line)) return;
      if (count++ === 0) line = row.line;
    },
    finish(): void {
      if (count === 0) return;
      const where = count === 1 ? `of line ${line}` : `of ${thousands(count)} rows, the first of them on line ${line},`;
      const message = `The password ${where} can be read`;
      scene.tally.add('user-password-present', { file: fileOf(kind), line, column: 'password', message });
    },
  };
}

/** The form of a hash: `$2b$…`, `{SSHA}…`, or 32 and more digits of one. */
const isScrambled = (text: string): boolean =>
  /^(\$\w+\$.|\{[\w-]+\}.|[0-9a-fA-F]{32,}$|[\w+/]{40,}={0,2}$)/.test(text);

/** Once the roles of all users are known. */
export function judgePeople(scene: Scene, people: People): void {
  const { roles, flags } = scene.users;
  scene.sayEach({
    rule: 'user-student-without-grade',
    kind: 'users',
    column: 'grades',
    among: has(roles, STUDENT),
    faulty: has(flags, NO_GRADE),
    message: (index) => `grades is blank for student "${scene.idOf('users', index)}"`,
    all: (count) => ({
      file: fileOf('users'),
      column: 'grades',
      message: `grades is blank for all ${thousands(count)} students`,
    }),
  });
  if (!scene.knowsRoles) return;
  for (let pair = 0; pair < people.agentCount; pair += 2) {
    const agent = people.agents.get(pair + 1);
    const bits = roles.get(agent);
    if (bits === 0 || bits & FAMILY) continue;
    const message = `agentSourcedIds names user ${scene.named('users', agent)}, whose role is ${roleWords(bits)}`;
    const place = { column: 'agentSourcedIds', value: scene.idOf('users', agent), message };
    scene.sayOf('user-agent-not-family', 'users', people.agents.get(pair), place);
  }
  for (const { index, first, text } of people.sameIdentifier) {
    if ((roles.get(index) & roles.get(first)) === 0) continue;
    const message = `identifier "${show(text)}" is also that of user ${scene.named('users', first)}`;
    scene.sayOf('user-identifier-duplicate', 'users', index, { column: 'identifier', value: show(text), message });
  }
}
