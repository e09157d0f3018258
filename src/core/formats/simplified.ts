/** Simplified workbooks: educators and students of one school, for one time. What they bring is the people's own afterwards. */

import type { Declaration, FileColumn, RecordRule } from './declared/declaration.ts';
import { schoolYearSession } from './traditional/traditional.ts';
import {
  languageWords,
  literacyGradeNames,
  literacyGrades,
  mathGradeNames,
  mathGrades,
  yesNo,
} from './traditional/values.ts';

type Suite = 'literacy' | 'math';

const column = (
  name: string,
  need: FileColumn['need'],
  example: string,
  help: string,
  more: Partial<FileColumn> = {},
): FileColumn => ({
  name,
  need,
  example,
  help,
  ...more,
});

const school = column('school_name', 'required', 'Hill Elementary', 'Full name of the school; the same in both files.');

const educators = (suite: Suite): readonly FileColumn[] => [
  column('account_type', 'required', 'Teacher', 'What the person does.', {
    values: suite === 'math' ? ['District Administrator', 'School Administrator', 'Teacher'] : ['Admin', 'Teacher'],
  }),
  column('first_name', 'required', 'Ana', 'First name.'),
  column('last_name', 'required', 'Ruiz', 'Last name.'),
  column('educator_email', 'required', 'ana.ruiz@school.example', 'Email address: the person signs in with it.'),
  column('classroom_name', 'optional', 'Room 12', 'Name of the classroom; no other of the district has it.', {
    list: true,
    condition: 'for teachers',
  }),
  school,
  ...(suite === 'math' ? [column('school_zipcode', 'required', '80205', 'ZIP code of the school, five digits.')] : []),
];

const students = (suite: Suite): readonly FileColumn[] => [
  column(
    suite === 'math' ? 'state_student_id' : 'student_state_id',
    'optional',
    '',
    'Id of the state, where the state needs it.',
    {
      aliases: [suite === 'math' ? 'student_state_id' : 'state_student_id'],
    },
  ),
  column('district_student_id', 'required', '000451', 'Number of the student; nobody else has it.', {
    rule: 'studentId',
  }),
  column('first_name', 'required', 'Mia', 'First name.', { rule: 'givenName' }),
  column('last_name', 'required', 'Stone', 'Last name.'),
  column('grade_level', 'required', '3', 'Grade.', { values: suite === 'math' ? mathGradeNames : literacyGradeNames }),
  column('username', 'required', 'mia451', 'The student signs in with it; nobody else of the district has it.', {
    rule: 'username',
  }),
  column('password', 'optional', '', 'First password.', { secret: true, rule: 'password' }),
  suite === 'math'
    ? column('second_language', 'optional', 'Spanish', 'Language of the support; English where it is blank.')
    : column('language', 'required', 'Spanish', 'Language of the spoken help.'),
  column('classroom_name', 'required', 'Room 12', 'Name of the classroom, as in the file of educators.', {
    list: true,
  }),
  school,
  ...Object.keys(programs[suite]).map((name) =>
    column(name, 'optional', 'yes', 'Whether the student has the program.', {
      values: ['yes', 'no'],
      confidence: 'assumed',
    }),
  ),
];

/** Programs of a suite that a set may give students, each a column, and where its answer is kept. */
const programs: Readonly<Record<Suite, Readonly<Record<string, string>>>> = {
  literacy: {
    'Language & Literacy': 'metadata.languageAndLiteracy',
    Español: 'metadata.espanol',
    Reading: 'metadata.reading',
    Lectura: 'metadata.lectura',
    'Galileo K-12': 'metadata.galileoK12',
    MyPath: 'metadata.myPath',
    Science: 'metadata.science',
    Purpose: 'metadata.purpose',
  },
  math: {
    'Imagine Math PreK-2': 'metadata.mathPreK2',
    'Imagine Math 3+': 'metadata.math3Plus',
    'Imagine Math Facts': 'metadata.mathFacts',
  },
};

const isTeacher = { value: '{account_type}', is: ['Teacher'] } as const;
const inSchool = 'school-{school_name}';
const membership = (from: string, user: string, role: string): RecordRule => ({
  from,
  ...(role === 'teacher' ? { when: isTeacher } : {}),
  each: 'classroom_name',
  once: true,
  fields: {
    sourcedId: `class-{item}.${user}`,
    classSourcedId: 'class-{item}',
    schoolSourcedId: inSchool,
    userSourcedId: user,
    role,
  },
});

export const simplifiedLiteracy = simplified('literacy', 'Simplified Literacy');
export const simplifiedMath = simplified('math', 'Simplified Math');

function simplified(suite: Suite, title: string): Declaration {
  const [teacher, student] = ['educator-{educator_email}', 'student-{district_student_id}'];
  const language = suite === 'math' ? 'second_language' : 'language';
  return {
    id: `simplified-${suite}`,
    title,
    about:
      "Two workbooks for one school, for one time: its educators and its students. They are added once, on the page of the district or by a command; afterwards they are the people's own records, and no source changes them.",
    product: suite,
    keysIgnoreCase: true,
    schoolsLimit: 1,
    files: {
      educators: {
        title: 'Educators',
        name: 'Educators.xlsx',
        need: 'required',
        words: ['educator', 'educators', 'teacher', 'teachers', 'staff'],
        marks: ['account_type', 'educator_email'],
        mode: 'full',
        repeats: { key: 'educator_email' },
        columns: educators(suite),
      },
      students: {
        title: 'Students',
        name: 'Students.xlsx',
        need: 'required',
        words: ['student', 'students'],
        marks: ['district_student_id'],
        mode: 'full',
        repeats: { key: 'district_student_id' },
        columns: students(suite),
      },
    },
    lookups: {
      grades: suite === 'math' ? mathGrades : literacyGrades,
      languages: languageWords,
      yesNo,
      roles: {
        Admin: 'administrator',
        'District Administrator': 'administrator',
        'School Administrator': 'administrator',
        Teacher: 'teacher',
      },
    },
    records: {
      orgs: (['educators', 'students'] as const).map((from) => ({
        from,
        once: true,
        fields: {
          sourcedId: inSchool,
          name: '{school_name}',
          type: 'school',
          ...(suite === 'math' && from === 'educators' ? { 'metadata.zipCode': '{school_zipcode}' } : {}),
        },
      })),
      academicSessions: [schoolYearSession],
      courses: (['educators', 'students'] as const).map((from) => ({
        from,
        each: 'classroom_name',
        once: true,
        fields: {
          sourcedId: 'course-{item}',
          schoolYearSourcedId: 'year-{schoolYear.endYear}',
          title: '{item}',
          orgSourcedId: inSchool,
        },
      })),
      classes: (['educators', 'students'] as const).map((from) => ({
        from,
        each: 'classroom_name',
        once: true,
        fields: {
          sourcedId: 'class-{item}',
          title: '{item}',
          courseSourcedId: 'course-{item}',
          classType: 'scheduled',
          schoolSourcedId: inSchool,
          termSourcedIds: 'year-{schoolYear.endYear}',
        },
      })),
      users: [
        {
          from: 'educators',
          fields: {
            sourcedId: teacher,
            enabledUser: 'true',
            orgSourcedIds: inSchool,
            role: { value: '{account_type}', lookup: 'roles', exact: true },
            username: '{educator_email}',
            givenName: '{first_name}',
            familyName: '{last_name}',
            email: '{educator_email}',
          },
        },
        {
          from: 'students',
          fields: {
            sourcedId: student,
            enabledUser: 'true',
            orgSourcedIds: inSchool,
            role: 'student',
            username: '{username}',
            givenName: '{first_name}',
            familyName: '{last_name}',
            identifier: suite === 'math' ? '{state_student_id}' : '{student_state_id}',
            grades: { value: '{grade_level}', several: 'lowest', lookup: 'grades' },
            password: '{password}',
            ...Object.fromEntries(
              Object.entries(programs[suite]).map(([name, field]) => [
                field,
                { value: `{${name}}`, lookup: 'yesNo', otherwise: 'blank' as const },
              ]),
            ),
            [suite === 'math' ? 'metadata.secondLanguage' : 'metadata.language']: {
              value: `{${language}}`,
              lookup: 'languages',
              otherwise: { value: 'English' },
            },
          },
        },
      ],
      enrollments: [membership('students', student, 'student'), membership('educators', teacher, 'teacher')],
    },
  };
}
