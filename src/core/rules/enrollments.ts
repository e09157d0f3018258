/** Rules about enrollments beside each other: who is there twice, when, and as what. */

import { cell, clean, copy } from './example.ts';
import type { Rule } from './rule.ts';

const leftOut = 'The row is left out, and what is live of it stays as it was.';
const bothSchools = cell('users.csv', 'tch-2', 'orgSourcedIds', 'org-10,org-20');
const secondTeacher = { sourcedId: 'enr-7', userSourcedId: 'tch-2' };

export const enrollmentsRules: readonly Rule[] = [
  {
    id: 'enrollment-duplicate',
    group: 'structure',
    severity: 'warning',
    basis: 'P',
    title: 'The same person is in the same class twice, in the same role and at the same time',
    why: 'Both rows are taken, under two ids. The person stands in lists of the class twice, or stays in it when one of the two ends.',
    fix: 'Have the export write each person once a class. Two rows mostly come from a class that meets in several periods or terms; dates that do not overlap are fine.',
    bad: copy('enrollments.csv', 'enr-6', { sourcedId: 'enr-7' }),
    good: clean('enrollments.csv'),
  },
  {
    id: 'enrollment-role-not-permitted',
    group: 'structure',
    severity: 'error',
    basis: 'S',
    title: 'The role of an enrollment is one that only users have, such as parent or aide',
    why: `In a class there are students, teachers, administrators and proctors; family belongs to the student, in agentSourcedIds. ${leftOut}`,
    fix: 'Leave parents, guardians and relatives out of the enrollments export. For staff, write teacher, administrator or proctor.',
    bad: copy('enrollments.csv', 'enr-2', { sourcedId: 'enr-7', userSourcedId: 'par-1', role: 'parent' }),
    good: clean('enrollments.csv'),
  },
  {
    id: 'enrollment-role-conflict',
    group: 'structure',
    severity: 'warning',
    basis: 'P',
    title: 'A student is enrolled as teacher, or a teacher as student',
    why: 'The enrollment is taken as it is: in this class the person has the rights of the role in the enrollment, whatever they are elsewhere.',
    fix: 'Correct the role in the class or that of the person. If both are true, give the person a second role: in 1.1 a second user row, in 1.2 a second row of roles.csv.',
    bad: copy('enrollments.csv', 'enr-2', { sourcedId: 'enr-7', userSourcedId: 'tch-1' }),
    good: clean('enrollments.csv'),
  },
  {
    id: 'enrollment-primary-not-teacher',
    group: 'structure',
    severity: 'warning',
    basis: 'S',
    title: 'primary is true for somebody who is not a teacher of the class',
    why: 'The enrollment is taken, and primary means nothing there. If it was meant for the teacher, the class has no main teacher.',
    fix: 'Write true in primary for the main teacher of a class only, and false or nothing for everybody else.',
    bad: cell('enrollments.csv', 'enr-5', 'primary', 'true'),
    good: clean('enrollments.csv'),
  },
  {
    id: 'enrollment-multiple-primary',
    group: 'structure',
    severity: 'warning',
    basis: 'S',
    title: 'A class has more than one primary teacher at the same time',
    why: 'All of them are taken. Receivers that show one teacher choose one of them by chance, and may choose another one next time.',
    fix: 'Keep true in primary for the main teacher and write false for the others. If one followed the other, fill beginDate and endDate.',
    bad: { ...copy('enrollments.csv', 'enr-1', secondTeacher), ...bothSchools },
    good: { ...copy('enrollments.csv', 'enr-1', { ...secondTeacher, primary: 'false' }), ...bothSchools },
  },
  {
    id: 'enrollment-no-primary',
    group: 'structure',
    severity: 'info',
    basis: 'P',
    title: 'A class has teachers, and none of them is primary',
    why: 'The class and its teachers are taken. Receivers that show one teacher have to choose one by chance.',
    fix: 'Write true in primary for the main teacher of the class. If no class has one, connect the column to the field of the SIS that says who is the teacher of record.',
    bad: cell('enrollments.csv', 'enr-4', 'primary', 'false'),
    good: clean('enrollments.csv'),
  },
  {
    id: 'enrollment-dates-reversed',
    group: 'structure',
    severity: 'error',
    basis: 'P',
    title: 'An enrollment ends before it begins, or on the day on which it begins',
    why: `There is no day on which the person is in the class. ${leftOut}`,
    fix: 'Correct the dates in the SIS; endDate is the first day after. Students who were entered and taken out again on one day can be left out of the export.',
    bad: cell('enrollments.csv', 'enr-5', 'endDate', '2025-08-18'),
    good: clean('enrollments.csv'),
  },
  {
    id: 'enrollment-dates-outside-term',
    group: 'structure',
    severity: 'warning',
    basis: 'S',
    title: 'An enrollment has days outside the terms of its class',
    why: 'The enrollment is taken with its dates. Receivers that go by dates show the person in a class that does not run, or not at all.',
    fix: 'Fill the dates of the enrollment from the term of the class, or leave them blank if the person is there the whole time. If they are right, correct the terms of the class.',
    bad: cell('enrollments.csv', 'enr-5', 'endDate', '2026-06-13'),
    good: clean('enrollments.csv'),
  },
];
