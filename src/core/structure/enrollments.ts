/** Rules on enrollments beside each other: who is there twice, when, as what; and who is left without a class. */

import { IdSet, KNOWN, LEFT_OUT } from '../id-set.ts';
import type { Row } from '../record.ts';
import { fieldNames, fileOf } from '../tables.ts';
import { counted, thousands } from '../words.ts';
import { judgeClasses } from './classes.ts';
import { dateAt, dateText, overlap } from './dates.ts';
import { has, lacks, Numbers } from './numbers.ts';
import type { Observer } from './observer.ts';
import { roleWords, STUDENT, TEACHER } from './role-bits.ts';
import {
  CURRENT,
  DISABLED,
  ENROLLED,
  HAS_PRIMARY,
  LOSES,
  LOSES_CLASS,
  NAMED,
  NAMES_STUDENT,
  NAMES_TEACHER,
  type Scene,
  TAUGHT,
} from './scene.ts';

const at = (name: string) => fieldNames('enrollments').indexOf(name);
const [classAt, userAt, roleAt, primaryAt] = [at('classSourcedId'), at('userSourcedId'), at('role'), at('primary')];
const [beginAt, endAt] = [at('beginDate'), at('endDate')];

/** Roles in a class, as `Enrolled` has them. */
export const AS_STUDENT = 0;
const AS_TEACHER = 1;
const AS_ADMINISTRATOR = 2;
const AS_PROCTOR = 3;

/** With how many others of the same person in a class, or of its main teachers, an enrollment is compared. */
const COMPARED_LIMIT = 64;

export function watchEnrollments(scene: Scene): Observer {
  const { classes, users, enrolled, today } = scene;
  const spans = { begin: new Numbers(), end: new Numbers() };
  const isDuplicate = duplicateFinder(scene, spans);
  const primaries = primaryFinder(scene, spans);
  const losses = lossCounter(scene);

  function judgeDates(row: Row, inClass: number, begin: number, end: number): boolean {
    const [start, last] = [classes.start.get(inClass), classes.end.get(inClass)];
    if (last === 0) return false;
    const early = begin !== 0 && (begin < start || begin >= last);
    if (!early && (end === 0 || (end <= last && end > start))) return false;
    const field = early ? beginAt : endAt;
    const message = `${early ? 'beginDate' : 'endDate'} ${dateText(early ? begin : end)} is not within the terms of class "${scene.idOf('classes', inClass)}", ${dateText(start)} to ${dateText(last)}`;
    return scene.say('enrollment-dates-outside-term', row, field, message);
  }

  return {
    expect: (rows) => enrolled.reserve(rows),
    see(row) {
      scene.enrollmentRows++;
      const begin = dateAt(row, beginAt);
      const end = dateAt(row, endAt);
      if (begin !== 0 && end !== 0 && end <= begin) {
        const message = `endDate ${dateText(end)} is not after beginDate ${dateText(begin)}`;
        return scene.say('enrollment-dates-reversed', row, endAt, message);
      }
      // true has four letters, false five.
      const isPrimary = (row.end[primaryAt] as number) - (row.start[primaryAt] as number) === 4;
      if (!isPrimary || roleOf(row) === AS_TEACHER) return false;
      const message = `primary is true for a ${row.text(roleAt)}`;
      return scene.say('enrollment-primary-not-teacher', row, primaryAt, message);
    },
    judge(row, index, references) {
      const inClass = references.targetOf(classAt);
      const user = references.targetOf(userAt);
      if (inClass < 0 || user < 0) return false;
      const begin = dateAt(row, beginAt);
      const end = dateAt(row, endAt);
      if ((begin !== 0 || end !== 0) && judgeDates(row, inClass, begin, end)) return true;
      spans.begin.set(index, begin);
      spans.end.set(index, end);
      const role = roleOf(row);
      judgeRole(scene, row, user, role);
      const again = role >= 0 && isDuplicate(row, index, user, inClass, role);
      if (role === AS_TEACHER) {
        classes.flags.mark(inClass, TAUGHT | NAMES_TEACHER);
        const isPrimary = (row.end[primaryAt] as number) - (row.start[primaryAt] as number) === 4;
        if (isPrimary) {
          classes.flags.mark(inClass, HAS_PRIMARY);
          if (!again && primaries(row, index, user, inClass)) return true;
        }
      } else if (role === AS_STUDENT) {
        classes.flags.mark(inClass, NAMES_STUDENT);
        if (!again) classes.students.add(inClass, 1);
      }
      const from = begin === 0 ? classes.start.get(inClass) : begin;
      const until = end === 0 ? classes.end.get(inClass) : end;
      const runs = today === 0 || (from <= today && (until === 0 || until > today));
      users.flags.mark(user, ENROLLED | NAMED | (runs ? CURRENT : 0));
      return false;
    },
    missed(row) {
      scene.enrollmentRows++;
      const [inClass, user] = [scene.find('classes', row, classAt), scene.find('users', row, userAt)];
      const text = row.text(roleAt).trim().toLowerCase();
      const role = text === 'student' ? AS_STUDENT : text === 'teacher' ? AS_TEACHER : -1;
      if (user >= 0) users.flags.mark(user, NAMED);
      if (inClass >= 0 && role === AS_TEACHER) {
        const isPrimary = /^(true|1|yes)$/i.test(row.text(primaryAt).trim());
        classes.flags.mark(inClass, isPrimary ? NAMES_TEACHER | HAS_PRIMARY : NAMES_TEACHER);
      }
      if (role === AS_STUDENT) {
        if (inClass >= 0) classes.flags.mark(inClass, NAMES_STUDENT);
        losses(row, inClass, user);
      }
      if (inClass >= 0 && user >= 0 && role >= 0) enrolled.addLeftOut(user, inClass, role);
    },
    finish() {
      if (scene.enrollmentRows > 0 && scene.isWhole('enrollments')) {
        judgeClasses(scene);
        judgeStudents(scene);
      }
      judgeDisabled(scene);
    },
  };
}

/** The role in a cell that has been judged already, so that its first letter and its length tell; -1 for an own one. */
function roleOf({ buffer, start, end }: Row): number {
  const from = start[roleAt] as number;
  const first = buffer[from];
  if (first === 0x65) return -1;
  if ((end[roleAt] as number) - from !== 7) return AS_ADMINISTRATOR;
  return first === 0x73 ? AS_STUDENT : first === 0x74 ? AS_TEACHER : AS_PROCTOR;
}

/** A student who teaches, or a teacher who learns, is often a role taken from the wrong column. */
function judgeRole(scene: Scene, row: Row, user: number, role: number): void {
  const bits = scene.users.roles.get(user);
  const conflict =
    role === AS_TEACHER
      ? (bits & STUDENT) !== 0 && (bits & TEACHER) === 0
      : role === AS_STUDENT && (bits & TEACHER) !== 0 && (bits & STUDENT) === 0;
  if (!conflict || !scene.knowsRoles) return;
  const message = `User "${scene.idOf('users', user)}" is enrolled as ${row.text(roleAt)}, and is a ${roleWords(bits)}`;
  scene.say('enrollment-role-conflict', row, roleAt, message);
}

type Spans = { begin: Numbers; end: Numbers };

/** Finds enrollments of the same user in the same class and role that share a day. */
function duplicateFinder(scene: Scene, { begin, end }: Spans) {
  const { enrolled } = scene;
  /** By the first enrollment: those that followed it at other times. */
  const later = new Map<number, number[]>();
  return (row: Row, index: number, user: number, inClass: number, role: number): boolean => {
    const first = enrolled.add(user, inClass, role, index);
    if (first < 0) return false;
    const shares = (other: number) => overlap(begin.get(index), end.get(index), begin.get(other), end.get(other));
    const others = later.get(first) ?? [];
    const twin = shares(first) ? first : others.find(shares);
    if (twin === undefined) {
      if (others.length < COMPARED_LIMIT) others.push(index);
      later.set(first, others);
      return true;
    }
    const line = scene.ids('enrollments').lines[twin];
    const message = `User "${scene.idOf('users', user)}" is enrolled in class "${scene.idOf('classes', inClass)}" as ${row.text(roleAt)} on line ${line} already`;
    scene.say('enrollment-duplicate', row, userAt, message);
    return true;
  };
}

/** Finds second primary teachers of a class. */
function primaryFinder(scene: Scene, { begin, end }: Spans) {
  /** By class, the last enrollment of a primary teacher + 1; by enrollment, the one before it. */
  const last = new Numbers();
  const before = new Numbers();
  const userOf = new Numbers();
  return (row: Row, index: number, user: number, inClass: number): boolean => {
    let other = last.get(inClass) - 1;
    let left = COMPARED_LIMIT;
    while (
      other >= 0 &&
      (userOf.get(other) === user || !overlap(begin.get(index), end.get(index), begin.get(other), end.get(other)))
    )
      other = left-- > 0 ? before.get(other) - 1 : -1;
    if (other >= 0) {
      const line = scene.ids('enrollments').lines[other];
      const message = `Class "${scene.idOf('classes', inClass)}" has a primary teacher at this time on line ${line} already`;
      if (scene.say('enrollment-multiple-primary', row, primaryAt, message)) return true;
    }
    before.set(index, last.get(inClass));
    last.set(inClass, index + 1);
    userOf.set(index, user);
    return false;
  };
}

/** Counts who loses what by enrollments of students that are left out. */
function lossCounter(scene: Scene) {
  const { users, classes } = scene;
  /** Users who are named, but are nowhere. */
  const strangers = new IdSet(scene.directory.seed);
  const isOut = (kind: 'users' | 'classes', index: number) =>
    ((scene.ids(kind).flags[index] as number) & LEFT_OUT) !== 0;
  return (row: Row, inClass: number, user: number): void => {
    if (inClass < 0 || (user >= 0 && isOut('users', user))) return;
    if (isOut('classes', inClass)) {
      if (user >= 0) users.flags.mark(user, LOSES_CLASS);
      return;
    }
    classes.flags.mark(inClass, LOSES);
    if (user >= 0) users.flags.mark(user, LOSES);
    else if (strangers.add(row.buffer, row.start[userAt] as number, row.end[userAt] as number, 0, KNOWN) >= 0)
      scene.strangers++;
  };
}

function judgeStudents(scene: Scene): void {
  const { roles, flags } = scene.users;
  scene.sayEach({
    rule: 'user-student-without-enrollment',
    kind: 'users',
    among: has(roles, STUDENT),
    faulty: lacks(flags, NAMED),
    message: (index) => `No row of ${fileOf('enrollments')} names student "${scene.idOf('users', index)}"`,
    all: (count) => ({ file: fileOf('enrollments'), message: `No row names any of ${thousands(count)} students` }),
  });
}

function judgeDisabled(scene: Scene): void {
  const { flags } = scene.users;
  scene.sayEach({
    rule: 'user-disabled-but-enrolled',
    kind: 'users',
    column: 'enabledUser',
    among: has(flags, CURRENT),
    faulty: has(flags, DISABLED),
    message: (index) => `enabledUser is false for user "${scene.idOf('users', index)}", who is in a class`,
    all: (count) => ({
      file: fileOf('users'),
      column: 'enabledUser',
      message: `enabledUser is false for all ${counted(count, 'user')} who are in classes`,
    }),
  });
}
