/** Files of Clever, School Data Sync and Canvas become OneRoster records. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryBundle } from '../../bundle.ts';
import { check } from '../../check.ts';
import type { Finding } from '../../record.ts';
import { textsOf } from '../../row-texts.ts';

async function read(files: Record<string, string>) {
  const found: Finding[] = [];
  const records: Record<string, Record<string, string>[]> = {};
  const result = await check(memoryBundle(files), {
    profile: 'default',
    now: new Date('2026-10-01T12:00:00Z'),
    report: (one) => found.push(one),
    sink: {
      table(kind) {
        records[kind] = [];
      },
      row: (row) => void records[row.kind]?.push({ ...textsOf(row), ...row.metadata }),
      leftOut() {},
      drain() {},
      tableDone() {},
    },
  });
  const told = found
    .filter(({ severity }) => severity !== 'info')
    .map(({ rule, file, line, column }) => [rule, file, line, column].join(' '));
  const only = (kind: string, ...fields: string[]) =>
    records[kind]?.map((record) => fields.map((field) => record[field] ?? '').join(' '));
  return { records, told, result, only, found };
}

test('Clever', async () => {
  const { told, result, only, records } = await read({
    'schools.csv':
      'School_id,School_name,School_number,State_id\n101,Hill Elementary,0101,\n102,Lake Middle,0102,CO-2\n',
    'students.csv':
      'School_id,Student_id,Student_number,State_id,Last_name,Middle_name,First_name,Grade,Gender,DOB,Ell_status,Username,Password\n101,451,000451,,Stone,,Mia,3,F,04/30/2017,Y,mia451,x\n102,452,000452,S2,Park,,Leo,Kindergarten,M,,N,,\n101,452,000452,S2,Park,,Leo,Kindergarten,M,,N,,\n',
    'teachers.csv':
      'School_id,Teacher_id,Teacher_email,First_name,Last_name\n101,7,ana@lake.example,Ana,Ruiz\n101,8,,Bo,Lund\n',
    'sections.csv':
      'School_id,Section_id,Teacher_id,Teacher_2_id,Name,Grade,Course_name,Course_number,Period,Subject,Term_name,Term_start,Term_end\n101,3A,7,8,Room 12,3,Math 3,M3,1,math,T1,08/20/2026,12/20/2026\n101,HR,7,,,,,,,Homeroom/advisory,,,\n',
    'enrollments.csv': 'School_id,Section_id,Student_id\n101,3A,451\n101,HR,451\n101,3A,452\n',
  });
  assert.deepEqual(told, []);
  assert.equal(result.format, 'clever-sftp');
  assert.deepEqual(only('orgs', 'sourcedId', 'name', 'identifier'), [
    'school-101 Hill Elementary 0101',
    'school-102 Lake Middle CO-2',
  ]);
  assert.deepEqual(only('academicSessions', 'sourcedId', 'type', 'startDate', 'endDate', 'parentSourcedId'), [
    'year-2027 schoolYear 2026-07-01 2027-06-30 ',
    'term-T1-08/20/2026 term 2026-08-20 2026-12-20 year-2027',
  ]);
  assert.deepEqual(only('courses', 'sourcedId', 'title'), ['course-101-M3 Math 3', 'course-HR HR']);
  assert.deepEqual(only('classes', 'sourcedId', 'title', 'courseSourcedId', 'classType', 'termSourcedIds', 'grades'), [
    'section-3A Room 12 course-101-M3 scheduled term-T1-08/20/2026 03',
    'section-HR HR course-HR homeroom year-2027 ',
  ]);
  assert.deepEqual(only('users', 'sourcedId', 'role', 'username', 'orgSourcedIds', 'grades', 'identifier'), [
    'teacher-7 teacher ana@lake.example school-101  ',
    'teacher-8 teacher 8 school-101  ',
    'student-451 student mia451 school-101 03 000451',
    'student-452 student 000452 school-102,school-101 KG S2',
  ]);
  assert.equal(records.users?.[2]?.['metadata.ell'], 'true');
  assert.deepEqual(only('demographics', 'sourcedId', 'birthDate', 'sex'), [
    'student-451 2017-04-30 female',
    'student-452  male',
  ]);
  assert.deepEqual(only('enrollments', 'sourcedId', 'role', 'primary', 'schoolSourcedId'), [
    'section-3A.student-451 student  school-101',
    'section-HR.student-451 student  school-101',
    'section-3A.student-452 student  school-101',
    'section-3A.teacher-7 teacher true school-101',
    'section-HR.teacher-7 teacher true school-101',
    'section-3A.teacher-8 teacher false school-101',
  ]);
});

test('School Data Sync v1', async () => {
  const { told, result, only } = await read({
    'School.csv': 'SIS ID,Name,School Number\n101,Hill Elementary,0101\n',
    'Section.csv':
      'SIS ID,School SIS ID,Section Name,Course SIS ID,Course Name,Term SIS ID,Term Name,Term StartDate,Term EndDate\n3A,101,Room 12,M3,Math 3,T1,Term 1,8/20/2026,12/20/2026\n3B,101,Room 13,M3,Math 3,,,,\n',
    'Student.csv':
      'SIS ID,School SIS ID,Username,First Name,Last Name,Grade\n451,101,mia@lake.example,Mia,Stone,3\n452,101,leo@lake.example,,,PS1\n',
    'Teacher.csv': 'SIS ID,School SIS ID,Username,First Name,Last Name\n451,101,ana@lake.example,Ana,Ruiz\n',
    'StudentEnrollment.csv': 'Section SIS ID,SIS ID\n3A,451\n3B,452\n',
    'TeacherRoster.csv': 'Section SIS ID,SIS ID\n3A,451\n3B,451\n',
  });
  assert.deepEqual(told, []);
  assert.equal(result.format, 'sds-v1');
  assert.deepEqual(only('courses', 'sourcedId', 'title'), ['course-101-M3 Math 3']);
  assert.deepEqual(only('classes', 'sourcedId', 'termSourcedIds'), ['section-3A term-T1', 'section-3B year-2027']);
  assert.deepEqual(only('users', 'sourcedId', 'username', 'givenName', 'grades'), [
    'teacher-451 ana@lake.example Ana ',
    'student-451 mia@lake.example Mia 03',
    'student-452 leo@lake.example leo@lake.example PS',
  ]);
  assert.deepEqual(only('enrollments', 'sourcedId', 'schoolSourcedId', 'role'), [
    'section-3A.student-451 school-101 student',
    'section-3B.student-452 school-101 student',
    'section-3A.teacher-451 school-101 teacher',
    'section-3B.teacher-451 school-101 teacher',
  ]);
});

test('School Data Sync v2.1, whose files have the names of OneRoster', async () => {
  const { told, result, only } = await read({
    'orgs.csv': 'sourcedId,name,type,parentSourcedId\n100,Lakeview,district,\n101,Hill Elementary,school,100\n',
    'users.csv':
      'sourcedId,username,givenName,familyName\n451,mia@lake.example,Mia,Stone\n7,ana@lake.example,Ana,Ruiz\n',
    'roles.csv': 'userSourcedId,orgSourcedId,role,grade\n451,101,student,3\n7,101,teacher,\n7,100,teacher,\n',
    'classes.csv': 'sourcedId,orgSourcedId,title\n3A,101,Room 12\n',
    'enrollments.csv': 'classSourcedId,userSourcedId,role\n3A,451,student\n3A,7,teacher\n',
  });
  assert.deepEqual(told, []);
  assert.equal(result.format, 'sds-v2.1');
  assert.deepEqual(only('users', 'sourcedId', 'role', 'orgSourcedIds', 'grades', 'email'), [
    '451 student 101 03 mia@lake.example',
    '7 teacher 101,100  ana@lake.example',
  ]);
  assert.deepEqual(only('courses', 'sourcedId', 'title', 'orgSourcedId'), ['course-3A Room 12 101']);
  assert.deepEqual(only('enrollments', 'sourcedId', 'schoolSourcedId', 'role'), [
    '3A.451 101 student',
    '3A.7 101 teacher',
  ]);
});

test('Canvas', async () => {
  const { told, result, only } = await read({
    'accounts.csv':
      'account_id,parent_account_id,name,status\n100,,Lakeview,active\n101,100,Hill Elementary,active\n102,100,Gone,deleted\n',
    'courses.csv':
      'course_id,short_name,long_name,account_id,term_id,status\nM3,MATH3,Mathematics 3,101,,active\nA3,ART3,Art 3,101,,active\n',
    'sections.csv': 'section_id,course_id,name,status\n3A,M3,Room 12,active\n',
    'users.csv':
      'user_id,login_id,first_name,last_name,email,status\n451,mia451,Mia,Stone,,active\n7,ana,Ana,Ruiz,ana@lake.example,active\n8,bo,Bo,Lund,,deleted\n',
    'enrollments.csv':
      'course_id,section_id,user_id,role,status\n,3A,451,student,active\n,3A,7,teacher,active\nA3,,7,student,active\nM3,,8,student,deleted\nA3,,451,observer,active\n',
  });
  // Canvas knows no grades; and a teacher may be a student of another course, which OneRoster's roles do not foresee.
  assert.deepEqual(told, [
    'user-student-without-grade users.csv 2 grades',
    'enrollment-role-conflict enrollments.csv 4 role',
    'class-without-teacher enrollments.csv 4 ',
  ]);
  assert.equal(result.format, 'canvas-sis');
  assert.deepEqual(only('orgs', 'sourcedId', 'type', 'parentSourcedId'), [
    'account-100 district ',
    'account-101 school account-100',
  ]);
  assert.deepEqual(only('classes', 'sourcedId', 'title', 'courseSourcedId', 'schoolSourcedId'), [
    'section-3A Room 12 course-M3 account-101',
    'course-A3 Art 3 course-A3 account-101',
  ]);
  assert.deepEqual(only('users', 'sourcedId', 'role', 'orgSourcedIds', 'username'), [
    'user-451 student account-101 mia451',
    'user-7 teacher account-101 ana',
  ]);
  assert.deepEqual(only('enrollments', 'sourcedId', 'role', 'schoolSourcedId'), [
    'section-3A.user-451 student account-101',
    'section-3A.user-7 teacher account-101',
    'course-A3.user-7 student account-101',
  ]);
});
