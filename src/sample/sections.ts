/** The classes of the sample district, who teaches them, and in which of them a student sits. */

import { type Course, periods, type Slot, slotsOf } from './courses.ts';
import { below, facet, unit } from './random.ts';
import type { Block, School } from './schools.ts';

export type Section = {
  index: number;
  course: Course;
  block: Block;
  slot: Slot;
  /** Number within its course, school and grade, from 1. */
  number: number;
  /** From 1; 0 for a class that has no period of its own. */
  period: number;
  teacher: Staff;
  /** Who would share the class, when it is shared. */
  coTeacher: Staff;
};

export type StaffRole = 'administrator' | 'teacher' | 'aide';
/** One post; who holds it may change from one generation to the next. `schools` is empty for the district's office. */
export type Staff = { index: number; role: StaffRole; schools: School[]; area: string };

/** The sections of a block: section of (slot, group) is `sections[first + slot + group * slots]`. */
export type Timetable = { block: Block; slots: readonly Slot[]; groups: number; first: number };

export type Plan = { sections: Section[]; staff: Staff[]; timetables: Timetable[] };

const homeroomSize = 23;
const sectionSize = 27;
/** Most homerooms that one teacher of art, music or sports sees in a week. */
const specialsLoad = 24;

const isElementary = (grade: number) => grade < 6;

export function planSections(blocks: Block[], schools: School[], seed: number): Plan {
  const staff: Staff[] = [];
  const timetables: Timetable[] = [];
  const sections: Section[] = [];
  const hire = (role: StaffRole, at: School[], area: string): Staff => {
    const post = { index: staff.length, role, schools: at, area };
    staff.push(post);
    return post;
  };
  hireOffice(schools, hire);
  const assign = teachers(hire);
  for (const block of blocks) {
    const slots = slotsOf[block.grade] as readonly Slot[];
    const groups = Math.ceil(block.count / (isElementary(block.grade) ? homeroomSize : sectionSize));
    timetables.push({ block, slots, groups, first: sections.length });
    for (let group = 0; group < groups; group += 1) {
      for (const [at, slot] of slots.entries()) {
        const course = slot.courses[group % slot.courses.length] as Course;
        const period = isElementary(block.grade) ? 0 : ((slot.period + group) % periods) + 1;
        const teacher = assign(block, course, period, slot.semester);
        const number = Math.floor(group / slot.courses.length) + 1;
        sections.push({ index: sections.length, course, block, slot, number, period, teacher, coTeacher: teacher });
        if (at === 0 && block.grade === 0) hire('aide', [block.school], 'homeroom');
      }
    }
  }
  shareTeachers(staff, schools, seed);
  chooseCoTeachers(sections, seed);
  return { sections, staff, timetables };
}

/**
 * The section of one slot in which the student at `position` of a block sits, after `moves` changes of class.
 * A student moves only between sections of the same period, so that no timetable collides.
 */
export function seatOf(table: Timetable, position: number, slotAt: number, moves: number): number {
  const { block, groups, slots, first } = table;
  const group = Math.floor((position * groups) / block.count);
  let seat = (group + moves) % groups;
  if (!isElementary(block.grade)) {
    const beat = group % periods;
    const mates = alternatives(table, position);
    seat = beat + periods * ((Math.floor(group / periods) + position * (slotAt + 1) + moves) % mates);
  }
  return first + seat * slots.length + slotAt;
}

/** How many sections the student at `position` can choose among in a slot. */
export function alternatives({ block, groups }: Timetable, position: number): number {
  if (isElementary(block.grade)) return groups;
  const beat = Math.floor((position * groups) / block.count) % periods;
  return Math.floor((groups - 1 - beat) / periods) + 1;
}

type Hire = (role: StaffRole, at: School[], area: string) => Staff;

function hireOffice(schools: School[], hire: Hire): void {
  hire('administrator', [], 'superintendent');
  if (schools.length > 4) hire('administrator', [], 'curriculum');
  for (const school of schools) {
    hire('administrator', [school], 'principal');
    if (!isElementary(school.grades[0] as number)) hire('administrator', [school], 'assistant principal');
  }
}

/** Gives out teachers: nobody teaches two secondary classes at once, and specials teachers go on to the next school. */
function teachers(hire: Hire) {
  const lastSpecial = new Map<string, { teacher: Staff; load: number }>();
  const byArea = new Map<string, { teachers: Staff[]; busy: Map<string, number> }>();
  return (block: Block, course: Course, period: number, semester: number): Staff => {
    if (course.area === 'homeroom') return hire('teacher', [block.school], 'homeroom');
    if (isElementary(block.grade)) {
      let last = lastSpecial.get(course.area);
      if (!last || last.load === specialsLoad) last = { teacher: hire('teacher', [], course.area), load: 0 };
      lastSpecial.set(course.area, last);
      last.load += 1;
      if (!last.teacher.schools.includes(block.school)) last.teacher.schools.push(block.school);
      return last.teacher;
    }
    const key = `${block.school.id} ${course.area}`;
    const team = byArea.get(key) ?? { teachers: [], busy: new Map<string, number>() };
    byArea.set(key, team);
    const times = semester === 0 ? [1, 2] : [semester];
    const taken = Math.max(...times.map((half) => team.busy.get(`${period} ${half}`) ?? 0));
    for (const half of times) team.busy.set(`${period} ${half}`, taken + 1);
    const free = team.teachers[taken] ?? hire('teacher', [block.school], course.area);
    team.teachers[taken] = free;
    return free;
  };
}

/** Some teachers belong to a second school; at least one always does. */
function shareTeachers(staff: Staff[], schools: School[], seed: number): void {
  const single = staff.filter(
    (post) => post.role === 'teacher' && post.schools.length === 1 && post.area !== 'homeroom',
  );
  for (const [at, post] of single.entries()) {
    const other = schools[below(schools.length, seed, facet.secondSchool, post.index, 1)] as School;
    const second = other === post.schools[0] ? (schools[(other.index + 1) % schools.length] as School) : other;
    if (at === 0 || unit(seed, facet.secondSchool, post.index) < 0.02) post.schools.push(second);
  }
}

function chooseCoTeachers(sections: Section[], seed: number): void {
  const bySchool = Map.groupBy(sections, (section) => section.block.school.index);
  for (const section of sections) {
    const neighbours = bySchool.get(section.block.school.index) as Section[];
    const start = below(neighbours.length, seed, facet.coTeacherChoice, section.index);
    for (let step = 0; step < neighbours.length && section.coTeacher === section.teacher; step += 1) {
      section.coTeacher = (neighbours[(start + step) % neighbours.length] as Section).teacher;
    }
  }
}
