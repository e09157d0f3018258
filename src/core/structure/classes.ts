/** Rules on classes: when they run, and, once the enrollments are known, who teaches and who learns in them. */

import { fieldNames, fileOf } from '../tables.ts';
import { counted, thousands } from '../words.ts';
import { dateText } from './dates.ts';
import { has, lacks } from './numbers.ts';
import type { Observer } from './observer.ts';
import { HAS_PRIMARY, NAMES_STUDENT, NAMES_TEACHER, type Scene } from './scene.ts';

/** Some receivers take no more students than this in a class. */
const SIZE_LIMIT = 50;
const termsAt = fieldNames('classes').indexOf('termSourcedIds');

export function watchClasses(scene: Scene): Observer {
  const { sessions, classes } = scene;
  return {
    judge(_, index, references) {
      if (references.isCut(termsAt)) return false;
      let start = 0;
      let end = 0;
      for (let position = 0; position < references.targetCount(termsAt); position++) {
        const term = references.targetAt(termsAt, position);
        // A term of which the delivery does not say when it is: neither is it known of the class.
        if (term < 0 || sessions.end.get(term) === 0) return false;
        const first = sessions.start.get(term);
        const last = sessions.end.get(term);
        if (start === 0 || first < start) start = first;
        if (last > end) end = last;
      }
      classes.start.set(index, start);
      classes.end.set(index, end);
      return false;
    },
    finish() {
      if (scene.today > 0) judgeDays(scene);
    },
  };
}

function judgeDays(scene: Scene): void {
  const { today } = scene;
  const { start, end } = scene.classes;
  const column = 'termSourcedIds';
  const all = (what: string) => (count: number) => ({
    file: fileOf('classes'),
    column,
    message: `The terms of all ${thousands(count)} classes ${what}`,
  });
  scene.sayEach({
    rule: 'class-not-yet-started',
    kind: 'classes',
    column,
    faulty: (index) => start.get(index) > today,
    message: (index) => `The terms of class "${scene.idOf('classes', index)}" begin on ${dateText(start.get(index))}`,
    all: all('begin in the future'),
  });
  scene.sayEach({
    rule: 'class-ended',
    kind: 'classes',
    column,
    faulty: (index) => end.get(index) > 0 && end.get(index) <= today,
    message: (index) => `The terms of class "${scene.idOf('classes', index)}" were over on ${dateText(end.get(index))}`,
    all: all('are over'),
  });
}

/** Once all enrollments are known: says of which classes somebody is missing, and which are very large. */
export function judgeClasses(scene: Scene): void {
  const { flags, students } = scene.classes;
  const name = (index: number) => `class "${scene.idOf('classes', index)}"`;
  const enrollments = fileOf('enrollments');
  scene.sayEach({
    rule: 'class-without-teacher',
    kind: 'classes',
    faulty: lacks(flags, NAMES_TEACHER),
    message: (index) => `No row of ${enrollments} names a teacher of ${name(index)}`,
    all: (count) => ({
      file: enrollments,
      message: `No row names a teacher: all ${thousands(count)} classes are without`,
    }),
  });
  scene.sayEach({
    rule: 'class-without-students',
    kind: 'classes',
    faulty: lacks(flags, NAMES_STUDENT),
    message: (index) => `No row of ${enrollments} names a student of ${name(index)}`,
    all: (count) => ({
      file: enrollments,
      message: `No row names a student: all ${thousands(count)} classes are empty`,
    }),
  });
  scene.sayEach({
    rule: 'enrollment-no-primary',
    kind: 'classes',
    among: has(flags, NAMES_TEACHER),
    faulty: lacks(flags, HAS_PRIMARY),
    message: (index) => `No teacher of ${name(index)} is marked as primary`,
    all: (count) => ({
      file: enrollments,
      column: 'primary',
      message: `primary is true for no teacher of ${thousands(count)} classes`,
    }),
  });
  scene.sayEach({
    rule: 'class-oversized',
    kind: 'classes',
    faulty: (index) => students.get(index) > SIZE_LIMIT,
    message: (index) => `${counted(students.get(index), 'student')} are enrolled in ${name(index)}`,
    all: (count) => ({
      file: fileOf('classes'),
      message: `All ${thousands(count)} classes have more than ${SIZE_LIMIT} students`,
    }),
  });
}
