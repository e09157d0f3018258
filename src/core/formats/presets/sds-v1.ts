/** Microsoft School Data Sync v1 CSV: six files with SIS IDs. Facts: Microsoft Learn, "SDS V1 CSV file format". */

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

const school = (list = false): FileColumn => ({
  ...needed('School SIS ID', '101', 'SIS ID of the school.'),
  ...(list ? { list, help: 'SIS ID of the school. A person of two schools has a row for each.' } : {}),
});
const person = (email: string): FileColumn[] => [
  needed('Username', email, 'Name that the person signs in with.'),
  other('First Name', 'Mia', 'First name.'),
  other('Last Name', 'Stone', 'Last name.'),
  other('Middle Name', '', 'Middle name.'),
  other('Password', '', 'First password.', { secret: true }),
];
const unread = (names: readonly string[]) => names.map((name) => other(name, '', 'Not read.'));

export const sdsV1: Declaration = {
  id: 'sds-v1',
  title: 'Microsoft School Data Sync v1 CSV',
  about:
    'Six CSV files of School Data Sync, version 1: School, Section, Student, Teacher, StudentEnrollment and TeacherRoster. A delivery is always complete.',
  files: {
    school: {
      title: 'Schools',
      name: 'School.csv',
      need: 'required',
      match: ['school.csv'],
      mode: 'full',
      columns: [
        needed('SIS ID', '101', 'SIS ID of the school; it never changes.'),
        needed('Name', 'Hill Elementary', 'Name of the school.'),
        other('School Number', '0101', 'Number of the school.'),
        other('State ID', '', 'Id of the state.'),
        ...unread([
          'School NCES_ID',
          'Grade Low',
          'Grade High',
          'Principal SIS ID',
          'Principal Name',
          'Principal Secondary Email',
          'Address',
          'City',
          'State',
          'Country',
          'Zip',
          'Phone',
          'Zone',
        ]),
      ],
    },
    section: {
      title: 'Sections',
      name: 'Section.csv',
      need: 'required',
      match: ['section.csv'],
      mode: 'full',
      columns: [
        needed('SIS ID', '3A', 'SIS ID of the section; it never changes.'),
        school(),
        needed('Section Name', 'Room 12', 'Name as it is shown.'),
        other('Section Number', '', 'Number of the section.'),
        other('Term SIS ID', '', 'SIS ID of the term.'),
        other('Term Name', '', 'Name of the term.'),
        other('Term StartDate', '', 'First day of the term, MM/DD/YYYY.'),
        other('Term EndDate', '', 'Last day of the term, MM/DD/YYYY.'),
        other('Course SIS ID', 'M3', 'SIS ID of the course.'),
        other('Course Name', 'Mathematics 3', 'Name of the course.'),
        other('Course Number', '', 'Number of the course.'),
        other('Course Subject', 'Mathematics', 'Subject.'),
        other('Periods', '', 'Periods.'),
        ...unread(['Course Description', 'Status']),
      ],
    },
    student: {
      title: 'Students',
      name: 'Student.csv',
      need: 'required',
      match: ['student.csv'],
      mode: 'full',
      repeats: { key: 'SIS ID' },
      columns: [
        needed('SIS ID', '451', 'SIS ID of the student; it never changes.'),
        school(true),
        ...person('mia.stone@school.example'),
        other('State ID', '', 'Id of the state.'),
        other('Secondary Email', '', 'Email address.'),
        other('Student Number', '000451', 'Number of the student.'),
        other('Grade', '3', 'Grade.'),
        other('Birthdate', '4/30/2017', 'Date of birth, MM/DD/YYYY.'),
        ...unread([
          'Mailing Address',
          'Mailing City',
          'Mailing State',
          'Mailing Zip',
          'Mailing Latitude',
          'Mailing Longitude',
          'Mailing Country',
          'Residence Address',
          'Residence City',
          'Residence State',
          'Residence Zip',
          'Residence Latitude',
          'Residence Longitude',
          'Residence Country',
          'Gender',
          'ELL Status',
          'FederalRace',
          'Status',
          'Graduation Year',
          'Phone',
        ]),
      ],
    },
    teacher: {
      title: 'Teachers',
      name: 'Teacher.csv',
      need: 'required',
      match: ['teacher.csv'],
      mode: 'full',
      repeats: { key: 'SIS ID' },
      columns: [
        needed('SIS ID', '7', 'SIS ID of the teacher; it never changes.'),
        school(true),
        ...person('ana.ruiz@school.example'),
        other('State ID', '', 'Id of the state.'),
        other('Teacher Number', 'T007', 'Number of the teacher.'),
        other('Secondary Email', '', 'Email address.'),
        ...unread(['Status', 'Title', 'Qualification']),
      ],
    },
    studentEnrollment: {
      title: 'Enrollments of students',
      name: 'StudentEnrollment.csv',
      need: 'required',
      match: ['studentenrollment.csv'],
      mode: 'full',
      columns: [
        needed('Section SIS ID', '3A', 'SIS ID of the section.'),
        needed('SIS ID', '451', 'SIS ID of the student.'),
      ],
    },
    teacherRoster: {
      title: 'Teachers of sections',
      name: 'TeacherRoster.csv',
      need: 'required',
      match: ['teacherroster.csv'],
      mode: 'full',
      columns: [
        needed('Section SIS ID', '3A', 'SIS ID of the section.'),
        needed('SIS ID', '7', 'SIS ID of the teacher.'),
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
  },
  records: {
    orgs: [
      {
        from: 'school',
        fields: {
          sourcedId: 'school-{SIS ID}',
          name: '{Name}',
          type: 'school',
          identifier: { first: ['{State ID}', '{School Number}'] },
        },
      },
    ],
    academicSessions: [
      schoolYearSession,
      {
        from: 'section',
        when: termIsKnown(),
        once: true,
        fields: {
          sourcedId: 'term-{Term SIS ID}',
          title: { first: ['{Term Name}', '{Term SIS ID}'] },
          type: 'term',
          startDate: { value: '{Term StartDate}', date: birthDates },
          endDate: { value: '{Term EndDate}', date: birthDates },
          parentSourcedId: 'year-{schoolYear.endYear}',
          schoolYear: '{schoolYear.endYear}',
        },
      },
    ],
    courses: [
      {
        from: 'section',
        once: true,
        fields: {
          sourcedId: { first: ['course-{School SIS ID}-{Course SIS ID}', 'course-{SIS ID}'] },
          schoolYearSourcedId: 'year-{schoolYear.endYear}',
          title: { first: ['{Course Name}', '{Course SIS ID}', '{Section Name}'] },
          courseCode: '{Course Number}',
          orgSourcedId: 'school-{School SIS ID}',
        },
      },
    ],
    classes: [
      {
        from: 'section',
        fields: {
          sourcedId: 'section-{SIS ID}',
          title: '{Section Name}',
          courseSourcedId: { first: ['course-{School SIS ID}-{Course SIS ID}', 'course-{SIS ID}'] },
          classCode: { first: ['{Section Number}', '{SIS ID}'] },
          classType: 'scheduled',
          schoolSourcedId: 'school-{School SIS ID}',
          termSourcedIds: {
            first: [{ value: 'term-{Term SIS ID}', when: termIsKnown() }, 'year-{schoolYear.endYear}'],
          },
          subjects: '{Course Subject}',
          periods: '{Periods}',
        },
      },
    ],
    users: [
      {
        from: 'teacher',
        fields: {
          sourcedId: 'teacher-{SIS ID}',
          enabledUser: 'true',
          orgSourcedIds: { each: 'School SIS ID', value: 'school-{item}' },
          role: 'teacher',
          username: '{Username}',
          givenName: { first: ['{First Name}', '{Username}'] },
          familyName: { first: ['{Last Name}', '{Username}'] },
          middleName: '{Middle Name}',
          identifier: { first: ['{State ID}', '{Teacher Number}'] },
          email: { first: ['{Secondary Email}', '{Username}'] },
        },
      },
      {
        from: 'student',
        fields: {
          sourcedId: 'student-{SIS ID}',
          enabledUser: 'true',
          orgSourcedIds: { each: 'School SIS ID', value: 'school-{item}' },
          role: 'student',
          username: '{Username}',
          givenName: { first: ['{First Name}', '{Username}'] },
          familyName: { first: ['{Last Name}', '{Username}'] },
          middleName: '{Middle Name}',
          identifier: { first: ['{State ID}', '{Student Number}'] },
          email: '{Secondary Email}',
          grades: { value: '{Grade}', several: 'lowest', lookup: 'grades' },
          password: '{Password}',
        },
      },
    ],
    demographics: [
      {
        from: 'student',
        needs: ['Birthdate'],
        fields: { sourcedId: 'student-{SIS ID}', birthDate: { value: '{Birthdate}', date: birthDates } },
      },
    ],
    enrollments: (['student', 'teacher'] as const).map((who) => ({
      from: who === 'student' ? 'studentEnrollment' : 'teacherRoster',
      once: true,
      fields: {
        sourcedId: `section-{Section SIS ID}.${who}-{SIS ID}`,
        classSourcedId: 'section-{Section SIS ID}',
        schoolSourcedId: {
          find: { in: 'section', where: 'SIS ID', is: '{Section SIS ID}', take: 'School SIS ID' },
          value: 'school-{item}',
        },
        userSourcedId: `${who}-{SIS ID}`,
        role: who,
      },
    })),
  },
};

function termIsKnown() {
  return { all: ['{Term SIS ID}', '{Term StartDate}', '{Term EndDate}'].map((value) => ({ value, filled: true })) };
}
