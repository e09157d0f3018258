/** Who the people of the sample district are in one generation, computed from their number each time they are asked for. */

import { boys, cities, families, fold, girls } from './names.ts';
import { below, facet, hash, pick, unit } from './random.ts';
import type { Block } from './schools.ts';
import type { Staff, Timetable } from './sections.ts';

/** The world in one generation. Everything about a person follows from this and the person's number. */
export type World = {
  seed: number;
  churn: number;
  generation: number;
  /** Base students; newcomers have the numbers after them. */
  students: number;
  /** Students who join in each generation. */
  newcomers: number;
  /** The year in which the school year ends. */
  schoolYear: number;
  /** Domain of school addresses. */
  domain: string;
  staffCount: number;
  timetables: Timetable[];
  /** The timetable of a school's grade, by `gradeKey`. */
  byGrade: Map<number, Timetable>;
};

export const gradeKey = (block: Block, grade: number): number => block.school.index * 16 + grade;

/** Where a student sits: `position` within the block of `table`. */
export type Place = { table: Timetable; position: number };

/** How often, in the generations after `since`, something that happens with probability `p` happened to a record. */
export function events(world: World, what: number, id: number, p: number, since = 0): number {
  let count = 0;
  for (let g = since + 1; g <= world.generation; g += 1) if (unit(world.seed, what, id, g) < p) count += 1;
  return count;
}

/** The last generation in which it happened, 0 for never. */
export function lastEvent(world: World, what: number, id: number, p: number): number {
  for (let g = world.generation; g > 0; g -= 1) if (unit(world.seed, what, id, g) < p) return g;
  return 0;
}

/** All student numbers up to this one exist in this generation, unless they left. */
export const studentLimit = (world: World): number => world.students + world.generation * world.newcomers;

const joined = (world: World, student: number): number =>
  student < world.students ? 0 : Math.floor((student - world.students) / world.newcomers) + 1;

export const isPresent = (world: World, student: number): boolean =>
  events(world, facet.leave, student, world.churn / 4, joined(world, student)) === 0;

/** The place of a base student, by binary search; a newcomer takes a place beside a base student. */
export function placeOf(world: World, student: number): Place {
  const base = student < world.students ? student : below(world.students, world.seed, facet.template, student);
  let low = 0;
  let high = world.timetables.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((world.timetables[middle] as Timetable).block.start <= base) low = middle;
    else high = middle - 1;
  }
  // Blocks without students share their start with the next one, which the search prefers.
  const table = world.timetables[low] as Timetable;
  return { table, position: base - table.block.start };
}

/** Student numbers rise with gaps, as numbers given over years do. */
export const studentNumber = (world: World, student: number): string =>
  String(100_000 + 3 * student + (hash(world.seed, facet.number, student) % 3)).padStart(7, '0');

const blockAt = (world: World, of: Block, grade: number): Block | undefined =>
  grade < 0 ? undefined : world.byGrade.get(gradeKey(of, grade))?.block;

/** The brother or sister two grades above, for about three in ten. */
function elder(world: World, student: number, block: Block): number | undefined {
  if (student >= world.students || unit(world.seed, facet.sibling, student) >= 0.3) return undefined;
  const above = blockAt(world, block, block.grade + 2);
  const position = student - block.start;
  return above && position < above.count ? above.start + position : undefined;
}

/** The oldest child of the household. */
export function headOf(world: World, student: number, block: Block): number {
  let head = student;
  let here: Block | undefined = block;
  while (here) {
    const next = elder(world, head, here);
    if (next === undefined) return head;
    head = next;
    here = blockAt(world, here, here.grade + 2);
  }
  return head;
}

/** The children of the household whose oldest child is `head`. */
export function householdOf(world: World, head: number, block: Block): number[] {
  const members = [head];
  let here = block;
  while (head < world.students) {
    const below2 = blockAt(world, here, here.grade - 2);
    const last = members.at(-1) as number;
    const position = last - here.start;
    if (!below2 || position >= below2.count || elder(world, below2.start + position, below2) !== last) return members;
    members.push(below2.start + position);
    here = below2;
  }
  return members;
}

export const guardianCount = (world: World, head: number): number => {
  const draw = unit(world.seed, facet.guardians, head);
  return draw < 0.3 ? 0 : draw < 0.75 ? 1 : 2;
};

export const isGirl = (world: World, student: number): boolean => (hash(world.seed, facet.sex, student) & 1) === 0;
const familyName = (world: World, head: number): string => pick(families, world.seed, facet.familyName, head);

export type Name = { given: string; family: string; middle: string };

/** A student's name; an edit gives another family name, or a middle name. */
export function studentName(world: World, student: number, block: Block): Name {
  const { seed } = world;
  const list = isGirl(world, student) ? girls : boys;
  const given = pick(list, seed, facet.givenName, student);
  const family = familyName(world, headOf(world, student, block));
  const middle = unit(seed, facet.middleName, student) < 0.3 ? pick(list, seed, facet.middleName, student, 1) : '';
  const edit = lastEvent(world, facet.edit, student, world.churn / 2);
  if (edit === 0) return { given, family, middle };
  if (edit % 2 === 1) return { given, family: otherThan(families, family, seed, student, edit), middle };
  return { given, family, middle: otherThan(list, middle, seed, student, edit) };
}

function otherThan(list: readonly string[], name: string, seed: number, id: number, edit: number): string {
  const other = pick(list, seed, facet.edit, id, -edit);
  return other === name ? `${name}-Reyes` : other;
}

/** Sign-in name: stays when the name changes, as it does in most districts. */
export const studentUsername = (world: World, student: number, block: Block): string => {
  const given = pick(isGirl(world, student) ? girls : boys, world.seed, facet.givenName, student);
  return `${fold(given)}.${fold(familyName(world, headOf(world, student, block)))}${Number(studentNumber(world, student))}`;
};

export type Guardian = { id: string; username: string; name: Name; role: string; phone: string };

export function guardianOf(world: World, head: number, block: Block, at: number): Guardian {
  const { seed } = world;
  const who = head * 2 + at;
  const girl = (hash(seed, facet.sex, who, 2) & 1) === 0;
  const given = pick(girl ? girls : boys, seed, facet.guardianName, who);
  const family =
    at === 0 ? familyName(world, headOf(world, head, block)) : pick(families, seed, facet.guardianName, who, 1);
  const kind = unit(seed, facet.guardianRole, who);
  const role = kind < 0.8 ? 'parent' : kind < 0.95 ? 'guardian' : 'relative';
  const edits = events(world, facet.editGuardian, who, world.churn / 2);
  const id = `G-${studentNumber(world, head)}-${at + 1}`;
  return {
    id,
    username: `${fold(given)}.${fold(family)}.${id.slice(2)}`,
    name: { given, family, middle: '' },
    role,
    phone: phone(seed, who, edits),
  };
}

const phone = (seed: number, id: number, edits: number): string =>
  `${pick([303, 480, 512, 720, 801], seed, facet.phone, id)}-555-01${String((below(100, seed, facet.phone, id, 1) + edits * 7) % 100).padStart(2, '0')}`;

export type Holder = { id: string; number: string; name: Name; username: string; phone: string };

/** Who holds a post in this generation. */
export function holderOf(world: World, post: Staff): Holder {
  const { seed } = world;
  const replaced = lastEvent(world, facet.replaceStaff, post.index, world.churn / 10);
  const who = post.index + replaced * world.staffCount;
  const girl = hash(seed, facet.sex, who, 1) % 10 < 7;
  const given = pick(girl ? girls : boys, seed, facet.givenName, who, 1);
  const family = pick(families, seed, facet.familyName, who, 1);
  const number = String(1000 + who).padStart(6, '0');
  const edits = events(world, facet.editStaff, post.index, world.churn * 0.8);
  const username = `${fold(given).charAt(0)}${fold(family)}${1000 + who}`;
  return {
    id: `T-${number}`,
    number,
    name: { given, family, middle: '' },
    username,
    phone: phone(seed, -1 - who, edits),
  };
}

/** Born so that the child is of the usual age in its grade. */
export function birthDate(world: World, student: number, grade: number): string {
  const first = Date.UTC(world.schoolYear - 7 - grade, 8, 2);
  return new Date(first + below(365, world.seed, facet.birthday, student) * 86_400_000).toISOString().slice(0, 10);
}

/** Place of birth: known for some, and filled in by an edit. */
export function birthCity(world: World, student: number): string {
  const edits = events(world, facet.editDemographics, student, world.churn / 2);
  if (edits === 0 && unit(world.seed, facet.birthPlace, student) >= 0.15) return '';
  return cities[(below(cities.length, world.seed, facet.birthPlace, student, 1) + edits) % cities.length] as string;
}

// The columns: American Indian or Alaska Native, Asian, Black, Pacific Islander, white, two or more races, Hispanic.
// biome-ignore format: pairs
const ethnicities = [
  ['0000100', 38], ['0000101', 22], ['0010000', 13], ['0100000', 8], ['0000001', 8], ['1000000', 3], ['0001000', 1], ['0010110', 3],
  ['0100110', 3], ['1000110', 1],
] as const;

/** Seven flags, each `true` or `false`. */
export function ethnicity(world: World, student: number): string[] {
  let draw = unit(world.seed, facet.ethnicity, student) * 100;
  const found = ethnicities.find(([, weight]) => {
    draw -= weight;
    return draw < 0;
  });
  return [...(found?.[0] ?? '0000100')].map((flag) => (flag === '1' ? 'true' : 'false'));
}
