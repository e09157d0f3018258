/** Microsoft School Data Sync v2.1 CSV: orgs, users, roles, and classes with their enrollments. Facts: Microsoft Learn, "SDS V2.1 CSV file format". */

import type { Declaration, FileColumn } from '../declared/declaration.ts';
import { schoolYearSession } from '../traditional/traditional.ts';
import { birthDates, literacyGrades } from '../traditional/values.ts';

const needed = (name: string, example: string, help: string): FileColumn => ({ name, need: 'required', example, help });
const other = (name: string, example: string, help: string, more: Partial<FileColumn> = {}): FileColumn => ({
  name,
  need: 'optional',
  example,
  help,
  ...more,
});

export const sdsV2: Declaration = {
  id: 'sds-v2.1',
  title: 'Microsoft School Data Sync v2.1 CSV',
  about:
    'CSV files of School Data Sync, version 2.1: orgs, users and roles, with classes, enrollments, courses and academic sessions where they are sent. Unlike OneRoster there is no manifest. A delivery is always complete.',
  files: {
    orgs: {
      title: 'Organizations',
      name: 'orgs.csv',
      need: 'required',
      match: ['orgs.csv'],
      mode: 'full',
      columns: [
        needed('sourcedId', '101', 'Id of the organization; it never changes.'),
        needed('name', 'Hill Elementary', 'Name.'),
        needed('type', 'school', 'Type, from the list of types of School Data Sync.'),
        other('parentSourcedId', '', 'Id of the organization above it.'),
      ],
    },
    users: {
      title: 'People',
      name: 'users.csv',
      need: 'required',
      match: ['users.csv'],
      mode: 'full',
      columns: [
        needed('sourcedId', '451', 'Id of the person; it never changes.'),
        needed('username', 'mia.stone@school.example', 'Name that the person signs in with.'),
        other('givenName', 'Mia', 'First name.'),
        other('familyName', 'Stone', 'Last name.'),
        other('password', '', 'First password.', { secret: true }),
        other('activeDirectoryMatchId', '', 'Not read.'),
        other('email', '', 'Email address.'),
        other('phone', '', 'Not read.'),
        other('sms', '', 'Not read.'),
      ],
    },
    roles: {
      title: 'Roles of people',
      name: 'roles.csv',
      need: 'required',
      match: ['roles.csv'],
      mode: 'full',
      repeats: { key: 'userSourcedId' },
      columns: [
        needed('userSourcedId', '451', 'Id of the person.'),
        { ...needed('orgSourcedId', '101', 'Id of the organization.'), list: true },
        { ...needed('role', 'student', 'Role of the person there.'), list: true },
        { ...other('sessionSourcedId', '', 'Id of the session.'), list: true },
        { ...other('grade', '3', 'Grade of a student.'), list: true },
        { ...other('isPrimary', '', 'true or false.'), list: true },
        { ...other('roleStartDate', '', 'First day.'), list: true },
        { ...other('roleEndDate', '', 'Last day.'), list: true },
      ],
    },
    classes: {
      title: 'Classes',
      name: 'classes.csv',
      need: 'optional',
      match: ['classes.csv'],
      mode: 'full',
      columns: [
        needed('sourcedId', '3A', 'Id of the class; it never changes.'),
        needed('orgSourcedId', '101', 'Id of the school.'),
        needed('title', 'Room 12', 'Name as it is shown.'),
        { ...other('sessionSourcedIds', '', 'Ids of its sessions.'), list: true },
        other('courseSourcedId', '', 'Id of the course.'),
        other('code', '', 'Code.'),
      ],
    },
    enrollments: {
      title: 'Enrollments',
      name: 'enrollments.csv',
      need: 'optional',
      match: ['enrollments.csv'],
      mode: 'full',
      columns: [
        needed('classSourcedId', '3A', 'Id of the class.'),
        needed('userSourcedId', '451', 'Id of the person.'),
        needed('role', 'student', 'student or teacher.'),
      ],
    },
    courses: {
      title: 'Courses',
      name: 'courses.csv',
      need: 'optional',
      match: ['courses.csv'],
      mode: 'full',
      columns: [
        needed('sourcedId', 'M3', 'Id of the course.'),
        needed('orgSourcedId', '101', 'Id of the school or district.'),
        needed('title', 'Mathematics 3', 'Name.'),
        other('code', '', 'Code.'),
        { ...other('subject', '', 'Subject.'), list: true },
        { ...other('grade', '', 'Grades.'), list: true },
        { ...other('sessionSourcedId', '', 'Id of the session.'), list: true },
      ],
    },
    academicSessions: {
      title: 'Academic sessions',
      name: 'academicSessions.csv',
      need: 'optional',
      match: ['academicsessions.csv'],
      mode: 'full',
      columns: [
        needed('sourcedId', 'fall', 'Id of the session.'),
        needed('title', 'Fall 2026', 'Name.'),
        needed('type', 'term', 'schoolYear, term, semester or gradingPeriod.'),
        needed('schoolYear', '2027', 'Year in which the school year ends.'),
        needed('startDate', '2026-08-20', 'First day.'),
        needed('endDate', '2026-12-20', 'Last day.'),
        other('parentSourcedId', '', 'Id of the session above it.'),
      ],
    },
  },
  lookups: {
    grades: {
      ...literacyGrades,
      '13': '13',
      ps: 'PS',
      ps1: 'PS',
      ps2: 'PS',
      ps3: 'PS',
      ps4: 'PS',
      ug: 'UG',
      other: 'Other',
    },
    orgTypes: {
      school: 'school',
      district: 'district',
      local: 'local',
      state: 'state',
      national: 'national',
      department: 'department',
      region: 'local',
      university: 'school',
      college: 'school',
    },
    roles: {
      student: 'student',
      teacher: 'teacher',
      faculty: 'teacher',
      professor: 'teacher',
      lecturer: 'teacher',
      adjunct: 'teacher',
      instructor: 'teacher',
      substitute: 'teacher',
      aide: 'aide',
      teacherassistant: 'aide',
      administrator: 'administrator',
      principal: 'administrator',
      districtadministrator: 'administrator',
      siteadministrator: 'administrator',
      systemadministrator: 'administrator',
      proctor: 'proctor',
      parent: 'parent',
      guardian: 'guardian',
      relative: 'relative',
    },
    sessionTypes: {
      schoolyear: 'schoolYear',
      term: 'term',
      semester: 'semester',
      gradingperiod: 'gradingPeriod',
      quarter: 'gradingPeriod',
      trimester: 'term',
    },
  },
  records: {
    orgs: [
      {
        from: 'orgs',
        fields: {
          sourcedId: '{sourcedId}',
          name: '{name}',
          type: { value: '{type}', lookup: 'orgTypes', otherwise: { value: 'department' } },
          parentSourcedId: '{parentSourcedId}',
        },
      },
    ],
    academicSessions: [
      schoolYearSession,
      {
        from: 'academicSessions',
        fields: {
          sourcedId: '{sourcedId}',
          title: '{title}',
          type: { value: '{type}', lookup: 'sessionTypes', otherwise: { value: 'term' } },
          startDate: { value: '{startDate}', date: birthDates },
          endDate: { value: '{endDate}', date: birthDates },
          parentSourcedId: '{parentSourcedId}',
          schoolYear: '{schoolYear}',
        },
      },
    ],
    courses: [
      {
        from: 'courses',
        fields: {
          sourcedId: '{sourcedId}',
          title: '{title}',
          courseCode: '{code}',
          orgSourcedId: '{orgSourcedId}',
          subjects: { each: 'subject' },
          grades: { each: 'grade', lookup: 'grades', otherwise: 'blank' },
        },
      },
      {
        from: 'classes',
        when: { value: '{courseSourcedId}', filled: false },
        fields: {
          sourcedId: 'course-{sourcedId}',
          schoolYearSourcedId: 'year-{schoolYear.endYear}',
          title: '{title}',
          orgSourcedId: '{orgSourcedId}',
        },
      },
    ],
    classes: [
      {
        from: 'classes',
        fields: {
          sourcedId: '{sourcedId}',
          title: '{title}',
          courseSourcedId: { first: ['{courseSourcedId}', 'course-{sourcedId}'] },
          classCode: '{code}',
          classType: 'scheduled',
          schoolSourcedId: '{orgSourcedId}',
          termSourcedIds: { first: [{ each: 'sessionSourcedIds' }, 'year-{schoolYear.endYear}'] },
        },
      },
    ],
    users: [
      {
        from: 'users',
        fields: {
          sourcedId: '{sourcedId}',
          enabledUser: 'true',
          orgSourcedIds: {
            find: { in: 'roles', where: 'userSourcedId', is: '{sourcedId}', take: 'orgSourcedId', all: true },
          },
          role: {
            find: { in: 'roles', where: 'userSourcedId', is: '{sourcedId}', take: 'role' },
            several: 'first',
            lookup: 'roles',
          },
          username: '{username}',
          givenName: { first: ['{givenName}', '{username}'] },
          familyName: { first: ['{familyName}', '{username}'] },
          email: { first: ['{email}', { value: '{username}', when: { value: '{username}', contains: '@' } }] },
          grades: {
            find: { in: 'roles', where: 'userSourcedId', is: '{sourcedId}', take: 'grade' },
            several: 'lowest',
            lookup: 'grades',
          },
          password: '{password}',
        },
      },
    ],
    enrollments: [
      {
        from: 'enrollments',
        once: true,
        fields: {
          sourcedId: '{classSourcedId}.{userSourcedId}',
          classSourcedId: '{classSourcedId}',
          schoolSourcedId: {
            find: { in: 'classes', where: 'sourcedId', is: '{classSourcedId}', take: 'orgSourcedId' },
          },
          userSourcedId: '{userSourcedId}',
          role: { value: '{role}', lookup: 'roles' },
        },
      },
    ],
  },
};
