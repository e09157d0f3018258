/** Rules about the gradebook and resources: scores within their limits, and people, classes and schools that agree. */

import { added, lineItem } from './example.ts';
import type { Rule } from './rule.ts';

const leftOut = 'The row is left out.';
type Cells = Record<string, string>;

/** A delivery with one result. */
const result = (changes: Cells = {}, start: '1.1' | '1.2' = '1.1') =>
  lineItem({}, start, {
    results: [
      {
        sourcedId: 'res-1',
        lineItemSourcedId: 'item-1',
        studentSourcedId: 'stu-3',
        scoreStatus: 'fully graded',
        score: '88',
        scoreDate: '2025-09-15',
        ...changes,
      },
    ],
  });

/** A delivery with one resource, given to one student. */
const resource = (changes: { resource?: Cells; link?: Cells }) =>
  added(
    {
      resources: [{ sourcedId: 'rsc-1', vendorResourceId: 'book-1', title: 'Mathematics 7', ...changes.resource }],
      userResources: [
        {
          sourcedId: 'link-1',
          userSourcedId: 'stu-3',
          orgSourcedId: 'org-20',
          classSourcedId: 'cls-7m',
          resourceSourcedId: 'rsc-1',
          ...changes.link,
        },
      ],
    },
    '1.2',
  );

export const gradebookRules: readonly Rule[] = [
  {
    id: 'line-item-range-reversed',
    group: 'gradebook',
    severity: 'error',
    basis: 'P',
    title: 'The lowest score of a line item is above the highest',
    why: 'No score can be within these limits. The row is left out, and so are the results that need it.',
    fix: 'Swap resultValueMin and resultValueMax, or correct them in the gradebook of the SIS.',
    bad: lineItem({ resultValueMin: '100', resultValueMax: '0' }),
    good: lineItem(),
  },
  {
    id: 'line-item-due-before-assign',
    group: 'gradebook',
    severity: 'warning',
    basis: 'P',
    title: 'A line item is due before it is assigned',
    why: 'The line item is taken. Products show it as late from the first day.',
    fix: 'Correct dueDate or assignDate in the gradebook of the SIS.',
    bad: lineItem({ assignDate: '2025-09-12', dueDate: '2025-09-08' }),
    good: lineItem(),
  },
  {
    id: 'result-score-out-of-range',
    group: 'gradebook',
    severity: 'error',
    basis: 'S',
    title: 'A score is outside the limits of its line item',
    why: `A score of 120 of 100 makes averages wrong. ${leftOut}`,
    fix: 'Correct the score, or the limits of the line item. Where extra credit is given, raise resultValueMax.',
    bad: result({ score: '120' }),
    good: result(),
  },
  {
    id: 'result-student-not-student',
    group: 'gradebook',
    severity: 'warning',
    basis: 'S',
    title: 'A result is that of somebody who is not a student',
    why: 'The result is taken. No student has it, and the person in whose name it stands is shown with a grade.',
    fix: 'Enter the student in studentSourcedId; the export may have filled in the teacher who gave the grade.',
    bad: result({ studentSourcedId: 'tch-2' }),
    good: result(),
  },
  {
    id: 'result-student-not-enrolled',
    group: 'gradebook',
    severity: 'warning',
    basis: 'P',
    title: 'A result is that of a student who is not in the class',
    why: 'The result is taken. It does not appear in the list of the class.',
    fix: 'If the student has left the class, nothing has to be done. If not, add the enrollment, or correct the line item or the student of the result.',
    bad: result({ studentSourcedId: 'stu-1' }),
    good: result(),
  },
  {
    id: 'result-class-mismatch',
    group: 'gradebook',
    severity: 'error',
    basis: 'P',
    versions: ['1.2'],
    title: 'The class of a result is not the class of its line item',
    why: `One of the two is wrong, so the result may belong to other work. ${leftOut}`,
    fix: 'Enter the class of the line item in classSourcedId, or leave it blank. If the class is right, correct lineItemSourcedId.',
    bad: result({ classSourcedId: 'cls-3a' }, '1.2'),
    good: result({ classSourcedId: 'cls-7m' }, '1.2'),
    exampleVersion: '1.2',
  },
  {
    id: 'category-weight-invalid',
    group: 'gradebook',
    severity: 'warning',
    basis: 'P',
    versions: ['1.2'],
    title: 'The weight of a category is outside 0 to 100, or has a percent sign',
    why: 'The category is taken. A percent sign is dropped; a weight outside 0 to 100 makes final grades wrong.',
    fix: 'Write the share of the final grade as a whole number without a sign: 80 for 80 percent.',
    bad: lineItem({}, '1.2', { categories: [{ sourcedId: 'cat-1', title: 'Quizzes', weight: '80%' }] }),
    good: lineItem({}, '1.2', { categories: [{ sourcedId: 'cat-1', title: 'Quizzes', weight: '80' }] }),
    exampleVersion: '1.2',
  },
  {
    id: 'user-resource-org-mismatch',
    group: 'gradebook',
    severity: 'warning',
    basis: 'P',
    versions: ['1.2'],
    title: 'A resource is given at another school than that of the class',
    why: 'The row is taken with both. Whether the school or the class counts differs from one receiver to the next.',
    fix: 'Enter the school of the class in orgSourcedId, or leave one of the two blank.',
    bad: resource({ link: { orgSourcedId: 'org-10' } }),
    good: resource({}),
    exampleVersion: '1.2',
  },
  {
    id: 'resource-role-mismatch',
    group: 'gradebook',
    severity: 'info',
    basis: 'P',
    versions: ['1.2'],
    title: 'A resource is given to somebody for whom it is not meant',
    why: 'The row is taken: the person gets the resource, although its roles do not name theirs.',
    fix: 'Check whether the person is meant, for example a student with the edition for teachers. If so, add the role to roles of the resource.',
    bad: resource({ resource: { roles: 'teacher' } }),
    good: resource({ resource: { roles: 'student,teacher' } }),
    exampleVersion: '1.2',
  },
];
