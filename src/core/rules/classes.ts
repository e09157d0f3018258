/** Rules about classes: when they run, and who is in them. */

import { cell, clean, copy, text, without } from './example.ts';
import type { Example, Rule } from './rule.ts';

const summer = { sourcedId: 'term-0', title: 'First weeks', endDate: '2025-09-20' };
/** The enrollments without dates, so that a class may move to another term. */
const undated = text('enrollments.csv', (all) => all.replaceAll('2025-08-18,2026-01-17', ','));

export const classesRules: readonly Rule[] = [
  {
    id: 'class-without-teacher',
    group: 'structure',
    severity: 'warning',
    basis: 'P',
    title: 'No enrollment names a teacher of the class',
    why: 'The class is taken and its students are in it, but no teacher sees it, so nobody can give work or look at results.',
    fix: 'Assign a teacher to the class in the SIS. If it has one there, include staff in the enrollments export. If it is not taught, leave it out of the classes export.',
    bad: without('enrollments.csv', 'enr-4'),
    good: clean('enrollments.csv'),
  },
  {
    id: 'class-without-students',
    group: 'structure',
    severity: 'info',
    basis: 'P',
    title: 'No enrollment names a student of the class',
    why: 'The class is taken and stays empty. Shown because an export that leaves out some students looks like this.',
    fix: 'Nothing has to be done if the class has no students yet. If it has, widen the filter of the enrollments export; empty classes can be left out of the classes export.',
    bad: {
      ...copy('classes.csv', 'cls-7m', { sourcedId: 'cls-7n', title: 'Mathematics 7, period 4', periods: '4' }),
      ...copy('enrollments.csv', 'enr-4', { sourcedId: 'enr-7', classSourcedId: 'cls-7n' }),
    },
    good: { ...clean('classes.csv'), ...clean('enrollments.csv') },
  },
  {
    id: 'class-not-yet-started',
    group: 'structure',
    severity: 'info',
    basis: 'P',
    title: 'All terms of the class begin in the future',
    why: 'The class is taken now. Some receivers drop such classes until the first term has begun, so people may see it later than expected.',
    fix: 'Nothing has to be done if the class really begins later. If it runs already, enter the present term in termSourcedIds.',
    bad: { ...cell('classes.csv', 'cls-7m', 'termSourcedIds', 'term-2'), ...undated },
    good: { ...clean('classes.csv'), ...clean('enrollments.csv') },
  },
  {
    id: 'class-ended',
    group: 'structure',
    severity: 'info',
    basis: 'P',
    title: 'All terms of the class are over',
    why: 'The class is taken and stays open, because a class that is sent counts as active whatever its dates.',
    fix: 'If the class is to be closed, leave classes of past terms out of the export. If it still runs, enter its present term in termSourcedIds.',
    bad: {
      ...copy('academicSessions.csv', 'term-1', summer),
      ...cell('classes.csv', 'cls-7m', 'termSourcedIds', 'term-0'),
      ...undated,
    },
    good: { ...copy('academicSessions.csv', 'term-1', summer), ...clean('classes.csv'), ...undated },
  },
  {
    id: 'class-oversized',
    group: 'structure',
    severity: 'info',
    basis: 'P',
    title: 'More than 50 students are enrolled in one class',
    why: 'All of them are taken. Such classes are mostly lunch, study hall or a whole grade; some receivers stop at 50 students.',
    fix: 'Leave lunch, study hall and the like out of the classes export. If it is a class that is taught, nothing has to be done.',
    bad: crowd(49),
    good: crowd(40),
  },
];

/** So many more students in the class of student stu-4. */
function crowd(more: number): Example {
  const numbers = Array.from({ length: more }, (_, at) => String(500 + at));
  const again = (all: string, id: string, change: (line: string, number: string) => string) => {
    const line = all.split('\r\n').find((one) => one.startsWith(`${id},`)) ?? '';
    return all + numbers.map((number) => `${change(line, number)}\r\n`).join('');
  };
  const user = (line: string, number: string) =>
    line.replace('stu-4', `stu-${number}`).replaceAll('noah.tran', `noah${number}`).replace('000454', `000${number}`);
  const enrollment = (line: string, number: string) =>
    line.replace('enr-6', `enr-${number}`).replace('stu-4', `stu-${number}`);
  return {
    ...text('users.csv', (all) => again(all, 'stu-4', user)),
    ...text('enrollments.csv', (all) => again(all, 'enr-6', enrollment)),
  };
}
