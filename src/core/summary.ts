/** What a delivery means for schools, in a few sentences that need no knowledge of the format: who would be missing from what. */

import { LEFT_OUT } from './id-set.ts';
import type { Consequences } from './record.ts';
import { STUDENT } from './structure/role-bits.ts';
import { ENROLLED, LOSES, LOSES_CLASS, NAMES_TEACHER, type Scene, TAUGHT } from './structure/scene.ts';
import { counted, thousands } from './words.ts';

/** Counts, once all tables have been read, what follows from the rows that are left out and from those that are absent. */
export function consequencesOf(scene: Scene): Consequences {
  const { lost } = scene;
  const isWhole = scene.isWhole('enrollments') && scene.enrollmentRows > 0;
  return { ownFaults: lost.own, followers: lost.follow, ...ofPeople(scene, isWhole), ...ofClasses(scene, isWhole) };
}

/** Everybody is looked at once: a large district has a million people. */
function ofPeople(scene: Scene, isWhole: boolean) {
  const { flags, roles } = scene.users;
  const { size, flags: marks } = scene.ids('users');
  const counts = { peopleLeftOut: 0, studentsOfThese: 0, studentsLosing: scene.strangers, studentsWithoutClass: 0 };
  for (let index = 0; index < size; index++) {
    const known = flags.get(index);
    if ((marks[index] as number) & LEFT_OUT) counts.peopleLeftOut++;
    if (known & LOSES_CLASS) counts.studentsOfThese++;
    if (known & LOSES) counts.studentsLosing++;
    if (isWhole && !(known & ENROLLED) && roles.has(index, STUDENT) && scene.isTaken('users', index))
      counts.studentsWithoutClass++;
  }
  return counts;
}

function ofClasses(scene: Scene, isWhole: boolean) {
  const { flags } = scene.classes;
  const { size, flags: marks } = scene.ids('classes');
  const counts = { classesLeftOut: 0, classesLosing: 0, classesUntaught: 0, untaughtByFaults: 0 };
  for (let index = 0; index < size; index++) {
    const known = flags.get(index);
    if ((marks[index] as number) & LEFT_OUT) counts.classesLeftOut++;
    if (known & LOSES) counts.classesLosing++;
    if (!isWhole || known & TAUGHT || !scene.isTaken('classes', index)) continue;
    counts.classesUntaught++;
    if (known & NAMES_TEACHER) counts.untaughtByFaults++;
  }
  return counts;
}

/** At most six sentences; none of a delivery in which nobody is missing. */
export function summaryOf(of: Consequences): string[] {
  const classes = (count: number) => counted(count, 'class', 'classes');
  const sentences: (string | false)[] = [
    of.ownFaults > 0 && `${counted(of.ownFaults, 'record')} would be left out for a fault${followers(of)}.`,
    of.classesLeftOut > 0 &&
      `${classes(of.classesLeftOut)} would be missing${of.studentsOfThese > 0 ? `; ${counted(of.studentsOfThese, 'student is', 'students are')} in ${of.classesLeftOut === 1 ? 'it' : 'them'}` : ''}.`,
    of.peopleLeftOut > 0 && `${counted(of.peopleLeftOut, 'person', 'people')} would be missing.`,
    of.studentsLosing > 0 &&
      `${counted(of.studentsLosing, 'student')} would be missing from ${classes(of.classesLosing)}.`,
    of.classesUntaught > 0 && `${classes(of.classesUntaught)} ${untaught(of)}.`,
    of.studentsWithoutClass > 0 && `${counted(of.studentsWithoutClass, 'student')} would be in no class.`,
  ];
  return sentences.filter((sentence) => sentence !== false);
}

const followers = ({ followers: count }: Consequences): string =>
  count === 0 ? '' : `, and ${thousands(count)} more because ${count === 1 ? 'it needs' : 'they need'} one of these`;

function untaught({ classesUntaught: all, untaughtByFaults: some }: Consequences): string {
  if (some === 0) return `${all === 1 ? 'has' : 'have'} no teacher`;
  const rows = 'the rows that name one are left out';
  return some === all
    ? `would have no teacher: ${rows}`
    : `would have no teacher; for ${thousands(some)} of them, ${rows}`;
}
