/** Traditional Literacy and Traditional Math: organizations, classes, staff and students in four files, with class lists in the rows of people. */

import type { Declaration, Expression, RecordRule } from '../declared/declaration.ts';
import { classColumns, organizationColumns, type Suite, studentColumns, userColumns } from './columns.ts';
import { birthDates, languageWords, literacyGrades, mathGrades, orgTypes, sexes, staffRoles, yesNo } from './values.ts';

/** Students and staff may have the same numbers, so that their ids say which they are. */
export const studentId = 'student-{StudentNumber}';
export const staffId = 'staff-{UserNumber}';

/** The school of a class as the class file has it, or else the first one of the row. */
const schoolOfClass: Expression = {
  first: [
    { find: { in: 'class', where: 'ClassNumber', is: '{item}', take: 'OrganizationNumber' } },
    { value: '{OrganizationNumber}', several: 'first' },
  ],
};

function traditional(suite: Suite, title: string): Declaration {
  return {
    id: `traditional-${suite}`,
    title,
    about:
      'Four files: organizations, classes, staff and students. They come loose or in one zip, as CSV or as Excel workbooks. The kind of file stands in its name, columns are found by name, and a file with <DeleteUnlistedRecords> in its header is complete: what it does not list is removed.',
    product: suite,
    keysIgnoreCase: true,
    files: {
      organization: {
        title: 'Organizations',
        name: 'Organization.csv',
        need: 'optional',
        words: ['organization', 'organizations', 'org', 'orgs'],
        marks: ['OrganizationNumber', 'OrganizationName'],
        mode: 'directive',
        repeats: { key: 'OrganizationNumber' },
        columns: organizationColumns,
      },
      class: {
        title: 'Classes',
        name: 'Class.csv',
        need: 'optional',
        words: ['class', 'classes'],
        marks: ['ClassNumber', 'ClassName'],
        mode: 'directive',
        repeats: { key: 'ClassNumber' },
        columns: classColumns(suite),
      },
      user: {
        title: 'Staff',
        name: 'User.csv',
        need: 'optional',
        words: ['user', 'users', 'staff', 'teacher', 'teachers', 'educator', 'educators'],
        marks: ['UserNumber', 'Role'],
        mode: 'directive',
        repeats: { key: 'UserNumber' },
        columns: userColumns,
      },
      student: {
        title: 'Students',
        name: 'Student.csv',
        need: 'optional',
        words: ['student', 'students'],
        marks: ['StudentNumber'],
        mode: 'directive',
        repeats: { key: 'StudentNumber' },
        columns: studentColumns(suite),
      },
    },
    lookups: {
      grades: suite === 'math' ? mathGrades : literacyGrades,
      languages: languageWords,
      roles: staffRoles,
      orgTypes,
      yesNo,
      sexes,
    },
    records: {
      orgs: [organizations],
      academicSessions: [schoolYearSession],
      courses: [courseOfClass],
      classes: [classes],
      users: [staff, student(suite)],
      demographics: [demographics],
      enrollments: [studentInClass, teacherInClass, teacherOfClass],
    },
  };
}

const organizations: RecordRule = {
  from: 'organization',
  fields: {
    sourcedId: '{OrganizationNumber}',
    name: '{OrganizationName}',
    type: { first: [{ value: '{OrganizationType}', lookup: 'orgTypes' }, 'school'] },
    identifier: '{OrganizationNumber}',
    parentSourcedId: '{ParentOrganizationNumber}',
    'metadata.timeZone': '{TimeZone}',
    'metadata.zipCode': '{ZipCode}',
  },
};

export const schoolYearSession: RecordRule = {
  from: 'schoolYear',
  fields: {
    sourcedId: 'year-{endYear}',
    title: '{startYear}-{endYear}',
    type: 'schoolYear',
    startDate: '{startDate}',
    endDate: '{endDate}',
    schoolYear: '{endYear}',
  },
};

/** The format has no courses: each class has one of its own. */
const courseOfClass: RecordRule = {
  from: 'class',
  fields: {
    sourcedId: 'course-{ClassNumber}',
    schoolYearSourcedId: 'year-{schoolYear.endYear}',
    title: '{ClassName}',
    orgSourcedId: '{OrganizationNumber}',
  },
};

const classes: RecordRule = {
  from: 'class',
  fields: {
    sourcedId: '{ClassNumber}',
    title: '{ClassName}',
    grades: { each: 'GradeLevel', lookup: 'grades', otherwise: 'blank' },
    courseSourcedId: 'course-{ClassNumber}',
    classCode: '{ClassNumber}',
    classType: 'scheduled',
    schoolSourcedId: '{OrganizationNumber}',
    termSourcedIds: 'year-{schoolYear.endYear}',
  },
};

const staff: RecordRule = {
  from: 'user',
  fields: {
    sourcedId: staffId,
    enabledUser: 'true',
    orgSourcedIds: { each: 'OrganizationNumber' },
    role: { value: '{Role}', lookup: 'roles' },
    username: '{Username}',
    userIds: '{{sso:{SSOID}}',
    givenName: '{FirstName}',
    familyName: '{LastName}',
    middleName: '{MiddleName}',
    identifier: '{AlternateUserNumber}',
    email: '{Username}',
  },
};

function student(suite: Suite): RecordRule {
  const language = (column: string): Expression => ({
    value: `{${column}}`,
    lookup: 'languages',
    otherwise: { value: 'English' },
  });
  const flag = (column: string): Expression => ({
    value: `{${column}}`,
    lookup: 'yesNo',
    otherwise: { value: 'false' },
  });
  return {
    from: 'student',
    fields: {
      sourcedId: studentId,
      enabledUser: 'true',
      orgSourcedIds: { each: 'OrganizationNumber' },
      role: 'student',
      username: '{Username}',
      userIds: '{{sso:{SSOID}}',
      givenName: '{FirstName}',
      familyName: '{LastName}',
      middleName: '{MiddleName}',
      identifier: '{AlternateStudentNumber}',
      grades: { value: '{GradeLevel}', several: 'lowest', lookup: 'grades' },
      password: '{Password}',
      ...(suite === 'math'
        ? {
            'metadata.secondLanguage': language('SecondLanguage'),
            'metadata.iep': flag('IEP'),
            'metadata.ell': flag('ELL'),
          }
        : { 'metadata.language': language('FirstLanguage') }),
    },
  };
}

const isAmong = (...words: string[]): Expression => ({ value: 'true', when: { value: '{Ethnicity}', is: words } });
const demographics: RecordRule = {
  from: 'student',
  needs: ['Birthdate', 'Gender', 'Ethnicity'],
  fields: {
    sourcedId: studentId,
    birthDate: { value: '{Birthdate}', date: birthDates },
    sex: { value: '{Gender}', lookup: 'sexes', otherwise: 'blank' },
    americanIndianOrAlaskaNative: isAmong(
      'American Indian',
      'American Indian or Alaska Native',
      'Alaska Native',
      'Native American',
    ),
    asian: isAmong('Asian'),
    blackOrAfricanAmerican: isAmong('Black', 'African American', 'Black or African American'),
    nativeHawaiianOrOtherPacificIslander: isAmong(
      'Pacific Islander',
      'Native Hawaiian',
      'Native Hawaiian or Other Pacific Islander',
    ),
    white: isAmong('White', 'Caucasian'),
    demographicRaceTwoOrMoreRaces: isAmong('Two or more', 'Two or more races', 'Multiracial'),
    hispanicOrLatinoEthnicity: isAmong('Hispanic', 'Latino', 'Hispanic or Latino', 'Hispanic/Latino'),
  },
};

const studentInClass: RecordRule = {
  from: 'student',
  each: 'ClassNumber',
  once: true,
  replaces: true,
  fields: {
    sourcedId: '{item}.student-{StudentNumber}',
    classSourcedId: '{item}',
    schoolSourcedId: schoolOfClass,
    userSourcedId: studentId,
    role: 'student',
  },
};

const teacherInClass: RecordRule = {
  from: 'user',
  when: { value: { value: '{Role}', lookup: 'roles' }, is: ['teacher'] },
  each: 'ClassNumber',
  once: true,
  fields: {
    sourcedId: '{item}.staff-{UserNumber}',
    classSourcedId: '{item}',
    schoolSourcedId: schoolOfClass,
    userSourcedId: staffId,
    role: 'teacher',
  },
};

const teacherOfClass: RecordRule = {
  from: 'class',
  each: 'UserNumber',
  once: true,
  fields: {
    sourcedId: '{ClassNumber}.staff-{item}',
    classSourcedId: '{ClassNumber}',
    schoolSourcedId: '{OrganizationNumber}',
    userSourcedId: 'staff-{item}',
    role: 'teacher',
  },
};

export const traditionalLiteracy: Declaration = traditional('literacy', 'Traditional Literacy');
export const traditionalMath: Declaration = traditional('math', 'Traditional Math');
