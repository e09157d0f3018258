/** Which schools a district of so many students has, and how its students are spread over schools and grades. */

import { schoolNames } from './names.ts';
import { facet, hash, unit } from './random.ts';

export type School = { index: number; id: string; name: string; grades: readonly number[] };

/** The students of one grade in one school: the base students `start` to `start + count - 1`. */
export type Block = { school: School; grade: number; start: number; count: number };

type Level = { title: string; grades: number[]; size: number; firstNumber: number };

const grades = Array.from({ length: 13 }, (_, grade) => grade);
const elementary: Level = { title: 'Elementary', grades: grades.slice(0, 6), size: 480, firstNumber: 101 };
const middle: Level = { title: 'Middle School', grades: grades.slice(6, 9), size: 750, firstNumber: 2001 };
const high: Level = { title: 'High School', grades: grades.slice(9), size: 1500, firstNumber: 4001 };
const secondary: Level = { title: 'Middle High School', grades: grades.slice(6), size: 1200, firstNumber: 6001 };

/** @param students how many base students, 1 or more. There are always two schools or more. */
export function planSchools(students: number, seed: number): { schools: School[]; blocks: Block[] } {
  const perGrade = grades.map((grade) => share(students, grade, grades.length));
  const levels = students < 1000 ? [elementary, secondary] : [elementary, middle, high];
  const schools: School[] = [];
  const blocks: Block[] = [];
  let start = 0;
  for (const level of levels) {
    const total = level.grades.reduce((sum, grade) => sum + (perGrade[grade] as number), 0);
    const here = addSchools(schools, level, Math.max(1, Math.round(total / level.size)), seed);
    const weights = here.map((school) => 0.7 + 0.6 * unit(seed, facet.schoolSize, school.index));
    for (const [at, school] of here.entries()) {
      for (const grade of level.grades) {
        const count = weighted(perGrade[grade] as number, weights, at);
        blocks.push({ school, grade, start, count });
        start += count;
      }
    }
  }
  return { schools, blocks };
}

function addSchools(schools: School[], level: Level, count: number, seed: number): School[] {
  const turn = hash(seed, facet.schoolName, level.firstNumber) % schoolNames.length;
  const here: School[] = [];
  for (let at = 0; at < count; at += 1) {
    const round = Math.floor(at / schoolNames.length);
    const word = schoolNames[(turn + at) % schoolNames.length] as string;
    const name = `${word} ${level.title}${round === 0 ? '' : ` ${round + 1}`}`;
    const id = String(level.firstNumber + at).padStart(4, '0');
    here.push({ index: schools.length + at, id, name, grades: level.grades });
  }
  schools.push(...here);
  return here;
}

/** The part of `total` that share number `at` of `count` equal ones gets, so that the shares add up. */
const share = (total: number, at: number, count: number) =>
  Math.floor((total * (at + 1)) / count) - Math.floor((total * at) / count);

function weighted(total: number, weights: number[], at: number): number {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const before = weights.slice(0, at).reduce((sum, weight) => sum + weight, 0);
  const upTo = (part: number) => Math.floor((total * part) / all + 1e-9);
  const end = at === weights.length - 1 ? total : upTo(before + (weights[at] as number));
  return end - upTo(before);
}
