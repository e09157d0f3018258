/**
 * Clever's files for secure sync over SFTP: schools, students, teachers, sections and enrollments, with staff besides.
 * Facts: Clever, "SFTP data format" (column names and what is required).
 */

import type { Declaration, FileColumn } from '../declared/declaration.ts';
import { schoolYearSession } from '../traditional/traditional.ts';
import { birthDates, literacyGrades, sexes } from '../traditional/values.ts';

const needed = (name: string, example: string, help: string): FileColumn => ({ name, need: 'required', example, help });
const other = (name: string, example: string, help: string, more: Partial<FileColumn> = {}): FileColumn => ({
  name,
  need: 'optional',
  example,
  help,
  ...more,
});

const school = needed('School_id', '101', 'Id of the school in schools.csv.');
const grades = [
  ...Array.from({ length: 13 }, (_, at) => String(at + 1)),
  'Kindergarten',
  'PreKindergarten',
  'TransitionalKindergarten',
  'InfantToddler',
  'Preschool',
  'PostGraduate',
  'Ungraded',
  'Other',
];

const name = [
  needed('First_name', 'Mia', 'First name.'),
  needed('Last_name', 'Stone', 'Last name.'),
  other('Middle_name', '', 'Middle name.'),
];

/** Further teachers of a section, beside its first. */
const teacherColumns = Array.from({ length: 10 }, (_, at) => `Teacher_${at + 1}_id`.replace('_1_', '_'));

export const clever: Declaration = {
  id: 'clever-sftp',
  title: 'Clever SFTP files',
  about:
    'The CSV files that a district sends to Clever: schools, students, teachers, sections and enrollments; staff too where there are any. A delivery is always complete.',
  files: {
    schools: {
      title: 'Schools',
      name: 'schools.csv',
      need: 'required',
      match: ['schools.csv'],
      mode: 'full',
      columns: [
        needed('School_id', '101', 'Id of the school; it never changes.'),
        needed('School_name', 'Hill Elementary', 'Name of the school.'),
        needed('School_number', '0101', 'Number of the school in the district.'),
        other('State_id', '', 'Id of the state.'),
        other('Low_grade', 'Kindergarten', 'Lowest grade.', { values: grades }),
        other('High_grade', '5', 'Highest grade.', { values: grades }),
        other('Principal', '', 'Not read.'),
        other('Principal_email', '', 'Not read.'),
        other('School_address', '', 'Not read.'),
        other('School_city', '', 'Not read.'),
        other('School_state', '', 'Not read.'),
        other('School_zip', '', 'Not read.'),
        other('School_phone', '', 'Not read.'),
      ],
    },
    students: {
      title: 'Students',
      name: 'students.csv',
      need: 'required',
      match: ['students.csv'],
      mode: 'full',
      repeats: { key: 'Student_id' },
      columns: [
        { ...school, list: true, help: 'Id of the school. A student of two schools has a row for each.' },
        needed('Student_id', '451', 'Id of the student; it never changes.'),
        other('Student_number', '000451', 'Number of the student in the district.'),
        other('State_id', '', 'Id of the state.'),
        ...name,
        other('Grade', '3', 'Grade.', { values: grades }),
        other('Gender', 'F', 'F, M or X.'),
        other('DOB', '04/30/2017', 'Date of birth, MM/DD/YYYY.'),
        other('Race', '', 'Not read.'),
        other('Hispanic_Latino', '', 'Y or N.'),
        other('Home_language', '', 'Not read.'),
        other('Ell_status', 'N', 'Y or N.'),
        other('Frl_status', '', 'Not read.'),
        other('IEP_status', 'N', 'Y or N.'),
        other('Student_email', '', 'Email address.'),
        other('Username', 'mia451', 'Username; the email address, number or id where it is blank.'),
        other('Password', '', 'First password.', { secret: true }),
        other('Unweighted_gpa', '', 'Not read.'),
        other('Weighted_gpa', '', 'Not read.'),
      ],
    },
    teachers: {
      title: 'Teachers',
      name: 'teachers.csv',
      need: 'required',
      match: ['teachers.csv'],
      mode: 'full',
      repeats: { key: 'Teacher_id' },
      columns: [
        { ...school, list: true, help: 'Id of the school. A teacher of two schools has a row for each.' },
        needed('Teacher_id', '7', 'Id of the teacher; it never changes.'),
        other('Teacher_number', 'T007', 'Number of the teacher in the district.'),
        other('State_teacher_id', '', 'Id of the state.'),
        other('Teacher_email', 'ana.ruiz@school.example', 'Email address.'),
        ...name,
        other('Title', '', 'Not read.'),
        other('Username', '', 'Username; the email address, number or id where it is blank.'),
        other('Password', '', 'Not read.', { secret: true }),
      ],
    },
    staff: {
      title: 'Staff',
      name: 'staff.csv',
      need: 'optional',
      match: ['staff.csv'],
      mode: 'full',
      repeats: { key: 'Staff_id' },
      columns: [
        { ...school, list: true, help: 'Id of the school. A person of two schools has a row for each.' },
        needed('Staff_id', '900', 'Id of the person; it never changes.'),
        other('Staff_email', 'lee.park@school.example', 'Email address.'),
        ...name,
        other('Department', '', 'Not read.'),
        other('Title', '', 'Not read.'),
        other('Username', '', 'Username; the email address or id where it is blank.'),
        other('Password', '', 'Not read.', { secret: true }),
        other('Roles', '', 'Not read.'),
      ],
    },
    sections: {
      title: 'Sections',
      name: 'sections.csv',
      need: 'required',
      match: ['sections.csv'],
      mode: 'full',
      columns: [
        school,
        needed('Section_id', '3A', 'Id of the section; it never changes.'),
        needed('Teacher_id', '7', 'Id of its first teacher.'),
        ...teacherColumns.slice(1).map((column) => other(column, '', 'Id of a further teacher.')),
        other('Name', 'Room 12', 'Name as it is shown.'),
        other('Section_number', '', 'Number in the district.'),
        other('Grade', '3', 'Grade.', { values: grades }),
        other('Course_name', 'Mathematics 3', 'Name of the course.'),
        other('Course_number', 'M3', 'Number of the course.'),
        other('Course_description', '', 'Not read.'),
        other('Period', '', 'Period.'),
        other('Subject', 'math', 'Subject.'),
        other('Term_name', '', 'Name of the term.'),
        other('Term_start', '', 'First day of the term, MM/DD/YYYY.'),
        other('Term_end', '', 'Last day of the term, MM/DD/YYYY.'),
      ],
    },
    enrollments: {
      title: 'Enrollments',
      name: 'enrollments.csv',
      need: 'required',
      match: ['enrollments.csv'],
      mode: 'full',
      columns: [
        school,
        needed('Section_id', '3A', 'Id of the section.'),
        needed('Student_id', '451', 'Id of the student.'),
      ],
    },
  },
  lookups: {
    grades: {
      infanttoddler: 'IT',
      preschool: 'PR',
      ...literacyGrades,
      transitionalkindergarten: 'TK',
      '13': '13',
      postgraduate: 'PS',
      ungraded: 'UG',
      other: 'Other',
    },
    sexes,
    yes: { y: 'true', yes: 'true', true: 'true', n: 'false', no: 'false', false: 'false' },
  },
  records: {
    orgs: [
      {
        from: 'schools',
        fields: {
          sourcedId: 'school-{School_id}',
          name: '{School_name}',
          type: 'school',
          identifier: { first: ['{State_id}', '{School_number}'] },
        },
      },
    ],
    academicSessions: [
      schoolYearSession,
      {
        from: 'sections',
        when: {
          all: [
            { value: '{Term_name}', filled: true },
            { value: '{Term_start}', filled: true },
            { value: '{Term_end}', filled: true },
          ],
        },
        once: true,
        fields: {
          sourcedId: 'term-{Term_name}-{Term_start}',
          title: '{Term_name}',
          type: 'term',
          startDate: { value: '{Term_start}', date: birthDates },
          endDate: { value: '{Term_end}', date: birthDates },
          parentSourcedId: 'year-{schoolYear.endYear}',
          schoolYear: '{schoolYear.endYear}',
        },
      },
    ],
    courses: [
      {
        from: 'sections',
        once: true,
        fields: {
          sourcedId: { first: ['course-{School_id}-{Course_number}', 'course-{Section_id}'] },
          schoolYearSourcedId: 'year-{schoolYear.endYear}',
          title: { first: ['{Course_name}', '{Course_number}', '{Name}', '{Section_id}'] },
          courseCode: '{Course_number}',
          orgSourcedId: 'school-{School_id}',
        },
      },
    ],
    classes: [
      {
        from: 'sections',
        fields: {
          sourcedId: 'section-{Section_id}',
          title: { first: ['{Name}', '{Course_name}', '{Section_number}', '{Section_id}'] },
          grades: { value: '{Grade}', several: 'lowest', lookup: 'grades', otherwise: 'blank' },
          courseSourcedId: { first: ['course-{School_id}-{Course_number}', 'course-{Section_id}'] },
          classCode: { first: ['{Section_number}', '{Section_id}'] },
          classType: {
            first: [
              { value: 'homeroom', when: { value: '{Subject}', is: ['homeroom/advisory', 'homeroom'] } },
              'scheduled',
            ],
          },
          schoolSourcedId: 'school-{School_id}',
          termSourcedIds: {
            first: [
              {
                value: 'term-{Term_name}-{Term_start}',
                when: {
                  all: [
                    { value: '{Term_name}', filled: true },
                    { value: '{Term_start}', filled: true },
                    { value: '{Term_end}', filled: true },
                  ],
                },
              },
              'year-{schoolYear.endYear}',
            ],
          },
          subjects: '{Subject}',
          periods: '{Period}',
        },
      },
    ],
    users: [
      {
        from: 'teachers',
        fields: {
          sourcedId: 'teacher-{Teacher_id}',
          enabledUser: 'true',
          orgSourcedIds: { each: 'School_id', value: 'school-{item}' },
          role: 'teacher',
          username: { first: ['{Username}', '{Teacher_email}', '{Teacher_number}', '{Teacher_id}'] },
          givenName: '{First_name}',
          familyName: '{Last_name}',
          middleName: '{Middle_name}',
          identifier: { first: ['{State_teacher_id}', '{Teacher_number}'] },
          email: '{Teacher_email}',
        },
      },
      {
        from: 'staff',
        fields: {
          sourcedId: 'staff-{Staff_id}',
          enabledUser: 'true',
          orgSourcedIds: { each: 'School_id', value: 'school-{item}' },
          role: 'administrator',
          username: { first: ['{Username}', '{Staff_email}', '{Staff_id}'] },
          givenName: '{First_name}',
          familyName: '{Last_name}',
          middleName: '{Middle_name}',
          email: '{Staff_email}',
        },
      },
      {
        from: 'students',
        fields: {
          sourcedId: 'student-{Student_id}',
          enabledUser: 'true',
          orgSourcedIds: { each: 'School_id', value: 'school-{item}' },
          role: 'student',
          username: { first: ['{Username}', '{Student_email}', '{Student_number}', '{Student_id}'] },
          givenName: '{First_name}',
          familyName: '{Last_name}',
          middleName: '{Middle_name}',
          identifier: { first: ['{State_id}', '{Student_number}'] },
          email: '{Student_email}',
          grades: { value: '{Grade}', several: 'lowest', lookup: 'grades' },
          password: '{Password}',
          'metadata.iep': { value: '{IEP_status}', lookup: 'yes', otherwise: 'blank' },
          'metadata.ell': { value: '{Ell_status}', lookup: 'yes', otherwise: 'blank' },
        },
      },
    ],
    demographics: [
      {
        from: 'students',
        needs: ['DOB', 'Gender', 'Hispanic_Latino'],
        fields: {
          sourcedId: 'student-{Student_id}',
          birthDate: { value: '{DOB}', date: birthDates },
          sex: { value: '{Gender}', lookup: { ...sexes, x: '' }, otherwise: 'blank' },
          hispanicOrLatinoEthnicity: { value: '{Hispanic_Latino}', lookup: 'yes', otherwise: 'blank' },
        },
      },
    ],
    enrollments: [
      {
        from: 'enrollments',
        once: true,
        fields: {
          sourcedId: 'section-{Section_id}.student-{Student_id}',
          classSourcedId: 'section-{Section_id}',
          schoolSourcedId: 'school-{School_id}',
          userSourcedId: 'student-{Student_id}',
          role: 'student',
        },
      },
      ...teacherColumns.map((column, at) => ({
        from: 'sections',
        when: { value: `{${column}}`, filled: true },
        once: true,
        fields: {
          sourcedId: `section-{Section_id}.teacher-{${column}}`,
          classSourcedId: 'section-{Section_id}',
          schoolSourcedId: 'school-{School_id}',
          userSourcedId: `teacher-{${column}}`,
          role: 'teacher',
          primary: at === 0 ? 'true' : 'false',
        },
      })),
    ],
  },
};
