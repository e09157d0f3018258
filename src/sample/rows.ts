/** The rows of each file of the sample district, as cells ready to be joined by commas. */

import { catalogue, gradeCode, gradeTitle } from './courses.ts';
import {
  birthCity,
  birthDate,
  ethnicity,
  events,
  guardianCount,
  guardianOf,
  type Holder,
  headOf,
  holderOf,
  householdOf,
  isGirl,
  isPresent,
  lastEvent,
  type Place,
  placeOf,
  studentLimit,
  studentName,
  studentNumber,
  studentUsername,
  type World,
} from './people.ts';
import { below, facet, unit } from './random.ts';
import type { School } from './schools.ts';
import { alternatives, type Plan, type Section, type Staff, seatOf } from './sections.ts';

export type District = World & Plan & { id: string; name: string; schools: School[] };

/** Cells as they stand in the file: what holds a comma is in quotes already. */
export type Cells = string[];

export function* orgRows(district: District): Generator<Cells> {
  yield [district.id, '', '', district.name, 'district', district.id, ''];
  for (const school of district.schools) {
    yield [school.id, '', '', school.name, 'school', `${district.id}${school.id}`, district.id];
  }
}

export function* sessionRows({ schoolYear }: District): Generator<Cells> {
  const span = `${schoolYear - 1}-${String(schoolYear).slice(2)}`;
  for (const [id, title, type, start, end, parent] of sessions(schoolYear)) {
    yield [id, '', '', `${span} ${title}`, type, start, end, parent, String(schoolYear)];
  }
}

export function* courseRows(district: District): Generator<Cells> {
  const { schoolYear, churn } = district;
  for (const [at, course] of catalogue.entries()) {
    const revised = lastEvent(district, facet.editCourse, at, churn);
    const title = revised === 0 ? course.title : `${course.title} (revision ${revised})`;
    const year = `Y${schoolYear}`;
    yield [
      course.id,
      '',
      '',
      year,
      title,
      course.code,
      list(course.grades.map(gradeCode)),
      district.id,
      course.subject,
      course.sced,
    ];
  }
}

export function* classRows(district: District): Generator<Cells> {
  for (const section of district.sections) {
    const { course, block, number, period, slot } = section;
    const homeroom = course.area === 'homeroom';
    const several = course.grades.length > 1 && block.grade < 9;
    const name = several ? `${course.title} ${gradeTitle(block.grade)}` : course.title;
    const title = homeroom ? `${name} ${number}` : `${name} - Section ${number}`;
    const edits = events(district, facet.editClass, section.index, district.churn * 0.8);
    const room = 100 + ((below(140, district.seed, facet.room, section.index) + 11 * edits) % 140);
    const code = `${course.code}${several ? `-${gradeCode(block.grade)}` : ''}-${String(number).padStart(2, '0')}`;
    const terms = list(termsOf(district.schoolYear, block.grade, slot.semester));
    yield [
      classId(district, section),
      '',
      '',
      title,
      gradeCode(block.grade),
      course.id,
      code,
      homeroom ? 'homeroom' : 'scheduled',
      `Room ${room}`,
      block.school.id,
      terms,
      course.subject,
      course.sced,
      period === 0 ? '' : String(period),
    ];
  }
}

export function* userRows(district: District): Generator<Cells> {
  for (const post of district.staff) yield staffRow(district, post, holderOf(district, post));
  for (const student of presentStudents(district)) yield studentRow(district, student);
  yield* guardianRows(district);
}

export function* demographicsRows(district: District): Generator<Cells> {
  for (const { number, place } of presentStudents(district)) {
    const { grade } = place.table.block;
    yield [
      studentId(district, number),
      '',
      '',
      birthDate(district, number, grade),
      isGirl(district, number) ? 'female' : 'male',
      ...ethnicity(district, number),
      '',
      '',
      birthCity(district, number),
      '',
    ];
  }
}

export function* enrollmentRows(district: District): Generator<Cells> {
  const ids = district.sections.map((section) => classId(district, section));
  yield* teacherEnrollments(district, ids);
  for (const { number, place } of presentStudents(district)) {
    const { slots, block } = place.table;
    const id = studentNumber(district, number);
    for (const at of slots.keys()) {
      const section = district.sections[sectionAt(district, number, place, at)] as Section;
      const classSourcedId = ids[section.index] as string;
      const begin = beginDate(district, number, place, at, section);
      yield [`${id}-${classSourcedId}`, '', '', classSourcedId, block.school.id, `S-${id}`, 'student', '', begin, ''];
    }
  }
}

function* teacherEnrollments(district: District, ids: string[]): Generator<Cells> {
  const holders = district.staff.map((post) => holderOf(district, post));
  for (const section of district.sections) {
    const id = ids[section.index] as string;
    const teaching = (post: Staff, primary: string): Cells => {
      const { id: user, number } = holders[post.index] as Holder;
      return [`${number}-${id}`, '', '', id, section.block.school.id, user, 'teacher', primary, '', ''];
    };
    yield teaching(section.teacher, 'true');
    if (isShared(district, section)) yield teaching(section.coTeacher, 'false');
  }
}

type Present = { number: number; place: Place };
/** Every student who is there in this generation, base students first. */
function* presentStudents(district: District): Generator<Present> {
  for (const table of district.timetables) {
    for (let position = 0; position < table.block.count; position += 1) {
      const number = table.block.start + position;
      if (isPresent(district, number)) yield { number, place: { table, position } };
    }
  }
  for (let number = district.students; number < studentLimit(district); number += 1) {
    if (isPresent(district, number)) yield { number, place: placeOf(district, number) };
  }
}

function staffRow(district: District, post: Staff, holder: Holder): Cells {
  const { name, username, number } = holder;
  const orgs = post.schools.length === 0 ? district.id : list(post.schools.map((school) => school.id));
  return [
    holder.id,
    '',
    '',
    'true',
    orgs,
    post.role,
    username,
    `{LDAP:${username}}`,
    name.given,
    name.family,
    '',
    number,
    `${username}@${district.domain}`,
    '',
    holder.phone,
    '',
    '',
    '',
  ];
}

function studentRow(district: District, { number, place }: Present): Cells {
  const { block } = place.table;
  const id = studentNumber(district, number);
  const name = studentName(district, number, block);
  const username = studentUsername(district, number, block);
  const head = headOf(district, number, block);
  const agents = Array.from(
    { length: guardianCount(district, head) },
    (_, at) => `G-${studentNumber(district, head)}-${at + 1}`,
  );
  const enabled = unit(district.seed, facet.disabled, number) < 0.002 ? 'false' : 'true';
  return [
    `S-${id}`,
    '',
    '',
    enabled,
    block.school.id,
    'student',
    username,
    '',
    name.given,
    name.family,
    name.middle,
    id,
    `${username}@${district.domain}`,
    '',
    '',
    list(agents),
    gradeCode(block.grade),
    '',
  ];
}

function* guardianRows(district: District): Generator<Cells> {
  for (let number = 0; number < studentLimit(district); number += 1) {
    const guardians = guardianCount(district, number);
    if (guardians === 0) continue;
    const { block } = placeOf(district, number).table;
    if (headOf(district, number, block) !== number) continue;
    if (!householdOf(district, number, block).some((member) => isPresent(district, member))) continue;
    for (let at = 0; at < guardians; at += 1) {
      const { id, name, username, role, phone } = guardianOf(district, number, block, at);
      yield [
        id,
        '',
        '',
        'true',
        block.school.id,
        role,
        username,
        '',
        name.given,
        name.family,
        '',
        '',
        `${username}@family.${district.domain}`,
        phone,
        phone,
        '',
        '',
        '',
      ];
    }
  }
}

const studentId = (district: District, number: number) => `S-${studentNumber(district, number)}`;

function classId(district: District, section: Section): string {
  const renewed = lastEvent(district, facet.renewClass, section.index, district.churn / 10);
  const id = `C${String(section.index + 1).padStart(5, '0')}`;
  return renewed === 0 ? id : `${id}.${renewed}`;
}

function sectionAt(district: District, student: number, place: Place, slot: number): number {
  const subject = place.table.block.grade < 6 ? 0 : slot;
  return seatOf(
    place.table,
    place.position,
    slot,
    events(district, facet.move, student * 8 + subject, moveRate(district)),
  );
}

const moveRate = (district: District) => district.churn / 10;

/** Blank for those who are there from the first day; an edit says, or corrects, on which day it was. */
function beginDate(district: District, student: number, place: Place, slot: number, section: Section): string {
  const { seed, schoolYear, students, churn } = district;
  const seat = student * 8 + slot;
  const stays = alternatives(place.table, place.position) < 2;
  const moved = stays ? lastEvent(district, facet.move, seat, moveRate(district)) : 0;
  const edited = moved + lastEvent(district, facet.editEnrollment, seat, churn / 10);
  const late = student >= students || unit(seed, facet.lateStart, student) < 0.02;
  if (edited === 0 && !late) return '';
  const day = 1 + ((below(28, seed, facet.lateStart, student, 1) + edited * 5) % 28);
  const month = section.slot.semester === 2 ? `${schoolYear}-02` : `${schoolYear - 1}-10`;
  return `${month}-${String(day).padStart(2, '0')}`;
}

/** One class in twelve has a second teacher; a change of mind adds or removes one. */
function isShared(district: District, section: Section): boolean {
  if (section.coTeacher === section.teacher) return false;
  const shared = unit(district.seed, facet.coTeacher, section.index) < 1 / 12;
  const toggles = events(district, facet.toggleCoTeacher, section.index, district.churn * 0.6);
  return shared !== (toggles % 2 === 1);
}

type Session = [id: string, title: string, type: string, start: string, end: string, parent: string];
/** End dates are exclusive: the first day after. */
function sessions(year: number): Session[] {
  const [start, winter, end] = [`${year - 1}-08-18`, `${year}-01-05`, `${year}-06-06`];
  const [autumn, spring, t2, t3] = [`${year - 1}-10-20`, `${year}-03-16`, `${year - 1}-11-17`, `${year}-03-02`];
  return [
    [`Y${year}`, 'School Year', 'schoolYear', start, end, ''],
    [`Y${year}-S1`, 'Semester 1', 'semester', start, winter, `Y${year}`],
    [`Y${year}-S2`, 'Semester 2', 'semester', winter, end, `Y${year}`],
    [`Y${year}-Q1`, 'Quarter 1', 'gradingPeriod', start, autumn, `Y${year}-S1`],
    [`Y${year}-Q2`, 'Quarter 2', 'gradingPeriod', autumn, winter, `Y${year}-S1`],
    [`Y${year}-Q3`, 'Quarter 3', 'gradingPeriod', winter, spring, `Y${year}-S2`],
    [`Y${year}-Q4`, 'Quarter 4', 'gradingPeriod', spring, end, `Y${year}-S2`],
    [`Y${year}-T1`, 'Trimester 1', 'term', start, t2, `Y${year}`],
    [`Y${year}-T2`, 'Trimester 2', 'term', t2, t3, `Y${year}`],
    [`Y${year}-T3`, 'Trimester 3', 'term', t3, end, `Y${year}`],
  ];
}

/** Elementary schools count in trimesters, the others in semesters. */
function termsOf(year: number, grade: number, semester: 0 | 1 | 2): string[] {
  if (grade < 6) return [`Y${year}-T1`, `Y${year}-T2`, `Y${year}-T3`];
  return semester === 0 ? [`Y${year}-S1`, `Y${year}-S2`] : [`Y${year}-S${semester}`];
}

const list = (items: readonly string[]): string => (items.length > 1 ? `"${items.join(',')}"` : (items[0] ?? ''));
