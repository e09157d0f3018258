/** Canvas SIS CSV: accounts, terms, courses, sections, users and enrollments. Facts: Canvas documentation, "SIS Import Format". */

import type { Condition, Declaration, Expression, FileColumn } from '../declared/declaration.ts';
import { schoolYearSession } from '../traditional/traditional.ts';
import { birthDates } from '../traditional/values.ts';

const needed = (name: string, example: string, help: string): FileColumn => ({ name, need: 'required', example, help });
const other = (name: string, example: string, help: string, more: Partial<FileColumn> = {}): FileColumn => ({
  name,
  need: 'optional',
  example,
  help,
  ...more,
});
const status = (values: readonly string[]): FileColumn => ({
  ...needed('status', 'active', 'Rows that say deleted are not taken.'),
  values,
});

const isActive = { value: '{status}', not: ['deleted', 'inactive', 'suspended'] };
/** Observers and designers are in no class of a roster. */
const isRostered: Condition = {
  value: { value: '{role}', lookup: 'userRoles', otherwise: 'blank' },
  is: ['student', 'teacher', 'aide'],
};
/** The courses that a person is enrolled in, by course or by section. */
const coursesOfUser: Expression = {
  first: [
    { find: { in: 'enrollments', where: 'user_id', is: '{user_id}', take: 'course_id', all: true } },
    {
      find: {
        in: 'sections',
        where: 'section_id',
        is: { find: { in: 'enrollments', where: 'user_id', is: '{user_id}', take: 'section_id', all: true } },
        take: 'course_id',
        all: true,
      },
    },
  ],
};
/** Whoever is in no course belongs to the first account. */
const firstAccount: Expression = {
  find: { in: 'accounts', where: 'status', is: 'active', take: 'account_id' },
  value: 'account-{item}',
};
const dates = ['YYYY-MM-DD', 'YYYY-MM-DDT00:00:00Z', ...birthDates];

export const canvas: Declaration = {
  id: 'canvas-sis',
  title: 'Canvas SIS CSV',
  about:
    'The CSV files that a district sends to Canvas: accounts (schools), terms, courses, sections, users and enrollments. A delivery is always complete; rows that say deleted are read as not there.',
  files: {
    accounts: {
      title: 'Accounts',
      name: 'accounts.csv',
      need: 'required',
      match: ['accounts.csv'],
      mode: 'full',
      columns: [
        needed(
          'account_id',
          '101',
          'Id of the account: a school, or the district where it has no parent and others have it as theirs.',
        ),
        other('parent_account_id', '', 'Id of the account above it.'),
        needed('name', 'Hill Elementary', 'Name.'),
        status(['active', 'deleted']),
        other('integration_id', '', 'Not read.'),
      ],
    },
    terms: {
      title: 'Terms',
      name: 'terms.csv',
      need: 'optional',
      match: ['terms.csv'],
      mode: 'full',
      columns: [
        needed('term_id', 'fall', 'Id of the term.'),
        needed('name', 'Fall 2026', 'Name.'),
        status(['active', 'deleted']),
        other('start_date', '2026-08-20', 'First day.'),
        other('end_date', '2026-12-20', 'Last day.'),
        other('integration_id', '', 'Not read.'),
        other('date_override_enrollment_type', '', 'Not read.'),
      ],
    },
    courses: {
      title: 'Courses',
      name: 'courses.csv',
      need: 'required',
      match: ['courses.csv'],
      mode: 'full',
      columns: [
        needed('course_id', 'M3', 'Id of the course; it never changes.'),
        needed('short_name', 'MATH3', 'Short name.'),
        needed('long_name', 'Mathematics 3', 'Name.'),
        other('account_id', '101', 'Id of the account.'),
        other('term_id', 'fall', 'Id of the term.'),
        status(['active', 'deleted', 'completed', 'published']),
        ...[
          'integration_id',
          'start_date',
          'end_date',
          'course_format',
          'blueprint_course_id',
          'grade_passback_setting',
          'homeroom_course',
          'friendly_name',
        ].map((name) => other(name, '', 'Not read.')),
      ],
    },
    sections: {
      title: 'Sections',
      name: 'sections.csv',
      need: 'optional',
      match: ['sections.csv'],
      mode: 'full',
      columns: [
        needed('section_id', '3A', 'Id of the section; it never changes.'),
        needed('course_id', 'M3', 'Id of the course.'),
        needed('name', 'Room 12', 'Name as it is shown.'),
        status(['active', 'deleted']),
        ...['integration_id', 'start_date', 'end_date'].map((name) => other(name, '', 'Not read.')),
      ],
    },
    users: {
      title: 'People',
      name: 'users.csv',
      need: 'required',
      match: ['users.csv'],
      mode: 'full',
      columns: [
        needed('user_id', '451', 'Id of the person; it never changes.'),
        needed('login_id', 'mia451', 'Name that the person signs in with.'),
        other('first_name', 'Mia', 'First name.'),
        other('last_name', 'Stone', 'Last name.'),
        other('full_name', '', 'Name, where first and last name are blank.'),
        other('email', '', 'Email address.'),
        other('password', '', 'First password.', { secret: true }),
        other('sso_id', '', 'Id for single sign-on.'),
        status(['active', 'suspended', 'deleted']),
        ...[
          'integration_id',
          'authentication_provider_id',
          'ssha_password',
          'sortable_name',
          'short_name',
          'pronouns',
          'declared_user_type',
          'canvas_password_notification',
          'home_account',
        ].map((name) => other(name, '', 'Not read.')),
      ],
    },
    enrollments: {
      title: 'Enrollments',
      name: 'enrollments.csv',
      need: 'required',
      match: ['enrollments.csv'],
      mode: 'full',
      columns: [
        other('course_id', 'M3', 'Id of the course; needed where section_id is blank.'),
        other('section_id', '3A', 'Id of the section.'),
        needed('user_id', '451', 'Id of the person.'),
        needed('role', 'student', 'student, teacher, ta, observer or designer.'),
        status(['active', 'deleted', 'completed', 'inactive']),
        ...[
          'root_account',
          'start_date',
          'end_date',
          'user_integration_id',
          'role_id',
          'associated_user_id',
          'limit_section_privileges',
          'notify',
        ].map((name) => other(name, '', 'Not read.')),
      ],
    },
  },
  lookups: {
    /** What people may do in classes; who is a teacher anywhere is a teacher. */
    roles: {
      student: 'student',
      studentenrollment: 'student',
      teacher: 'teacher',
      teacherenrollment: 'teacher',
      ta: 'teacher',
      taenrollment: 'teacher',
    },
    userRoles: {
      teacher: 'teacher',
      teacherenrollment: 'teacher',
      ta: 'aide',
      taenrollment: 'aide',
      designer: 'administrator',
      designerenrollment: 'administrator',
      student: 'student',
      studentenrollment: 'student',
      observer: 'relative',
      observerenrollment: 'relative',
    },
  },
  records: {
    orgs: [
      {
        from: 'accounts',
        when: isActive,
        fields: {
          sourcedId: 'account-{account_id}',
          name: '{name}',
          type: {
            first: [
              {
                value: 'district',
                when: {
                  all: [
                    { value: '{parent_account_id}', filled: false },
                    {
                      value: {
                        find: { in: 'accounts', where: 'parent_account_id', is: '{account_id}', take: 'account_id' },
                      },
                      filled: true,
                    },
                  ],
                },
              },
              'school',
            ],
          },
          identifier: '{account_id}',
          parentSourcedId: 'account-{parent_account_id}',
        },
      },
    ],
    academicSessions: [
      schoolYearSession,
      {
        from: 'terms',
        when: { all: [isActive, { value: '{start_date}', filled: true }, { value: '{end_date}', filled: true }] },
        fields: {
          sourcedId: 'term-{term_id}',
          title: '{name}',
          type: 'term',
          startDate: { value: '{start_date}', date: dates },
          endDate: { value: '{end_date}', date: dates },
          parentSourcedId: 'year-{schoolYear.endYear}',
          schoolYear: '{schoolYear.endYear}',
        },
      },
    ],
    courses: [
      {
        from: 'courses',
        when: isActive,
        fields: {
          sourcedId: 'course-{course_id}',
          schoolYearSourcedId: 'year-{schoolYear.endYear}',
          title: '{long_name}',
          courseCode: '{short_name}',
          orgSourcedId: 'account-{account_id}',
        },
      },
    ],
    classes: [
      {
        from: 'sections',
        when: isActive,
        fields: {
          sourcedId: 'section-{section_id}',
          title: '{name}',
          courseSourcedId: 'course-{course_id}',
          classCode: '{section_id}',
          classType: 'scheduled',
          schoolSourcedId: {
            find: { in: 'courses', where: 'course_id', is: '{course_id}', take: 'account_id' },
            value: 'account-{item}',
          },
          termSourcedIds: 'year-{schoolYear.endYear}',
        },
      },
      {
        from: 'enrollments',
        when: { all: [isActive, { value: '{section_id}', filled: false }, { value: '{course_id}', filled: true }] },
        once: true,
        fields: {
          sourcedId: 'course-{course_id}',
          title: { find: { in: 'courses', where: 'course_id', is: '{course_id}', take: 'long_name' } },
          courseSourcedId: 'course-{course_id}',
          classCode: '{course_id}',
          classType: 'scheduled',
          schoolSourcedId: {
            find: { in: 'courses', where: 'course_id', is: '{course_id}', take: 'account_id' },
            value: 'account-{item}',
          },
          termSourcedIds: 'year-{schoolYear.endYear}',
        },
      },
    ],
    users: [
      {
        from: 'users',
        when: isActive,
        fields: {
          sourcedId: 'user-{user_id}',
          enabledUser: 'true',
          orgSourcedIds: {
            first: [
              {
                find: { in: 'courses', where: 'course_id', is: coursesOfUser, take: 'account_id', all: true },
                value: 'account-{item}',
              },
              firstAccount,
            ],
          },
          role: {
            first: [
              {
                find: { in: 'enrollments', where: 'user_id', is: '{user_id}', take: 'role', all: true },
                several: 'best',
                lookup: 'userRoles',
                otherwise: { value: 'student' },
              },
              'student',
            ],
          },
          username: '{login_id}',
          userIds: '{{sso:{sso_id}}',
          givenName: { first: ['{first_name}', '{full_name}', '{login_id}'] },
          familyName: { first: ['{last_name}', '{full_name}', '{login_id}'] },
          email: '{email}',
          password: '{password}',
        },
      },
    ],
    enrollments: [
      {
        from: 'enrollments',
        when: { all: [isActive, isRostered, { value: '{section_id}', filled: true }] },
        once: true,
        fields: {
          sourcedId: 'section-{section_id}.user-{user_id}',
          classSourcedId: 'section-{section_id}',
          schoolSourcedId: {
            find: {
              in: 'courses',
              where: 'course_id',
              is: { find: { in: 'sections', where: 'section_id', is: '{section_id}', take: 'course_id' } },
              take: 'account_id',
            },
            value: 'account-{item}',
          },
          userSourcedId: 'user-{user_id}',
          role: { value: '{role}', lookup: 'roles' },
        },
      },
      {
        from: 'enrollments',
        when: { all: [isActive, isRostered, { value: '{section_id}', filled: false }] },
        once: true,
        fields: {
          sourcedId: 'course-{course_id}.user-{user_id}',
          classSourcedId: 'course-{course_id}',
          schoolSourcedId: {
            find: { in: 'courses', where: 'course_id', is: '{course_id}', take: 'account_id' },
            value: 'account-{item}',
          },
          userSourcedId: 'user-{user_id}',
          role: { value: '{role}', lookup: 'roles' },
        },
      },
    ],
  },
};
