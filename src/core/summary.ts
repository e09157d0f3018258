/** What a delivery means for schools, in a few sentences that need no knowledge of the format: who would be missing from what. */

import { LEFT_OUT } from './id-set.ts';
import type { Consequences } from './record.ts';
import { STUDENT } from './structure/role-bits.ts';
import { ENROLLED, LOSES, LOSES_CLASS, NAMES_TEACHER, type Scene, TAUGHT } from './structure/scene.ts';
import type { Kind } from './tables.ts';
import { counted, thousands } from './words.ts';

/** Counts, once all tables have been read, what follows from the rows that are left out and from those that are absent. */
export function consequencesOf(scene: Scene): Consequences {
  const { classes, users, lost, strangers } = scene;
  const count = (kind: Kind, holds: (index: number) => boolean): number => {
    const { size } = scene.ids(kind);
    let found = 0;
    for (let index = 0; index < size; index++) if (holds(index)) found++;
    return found;
  };
  const whole = scene.isWhole('enrollments') && scene.enrollmentRows > 0;
  const countOut = (kind: Kind): number => {
    const { flags } = scene.ids(kind);
    return count(kind, (index) => ((flags[index] as number) & LEFT_OUT) !== 0);
  };
  const untaught = (index: number) => whole && scene.isTaken('classes', index) && !classes.flags.has(index, TAUGHT);
  return {
    ownFaults: lost.own,
    followers: lost.follow,
    classesLeftOut: countOut('classes'),
    studentsOfThese: count('users', (index) => users.flags.has(index, LOSES_CLASS)),
    peopleLeftOut: countOut('users'),
    studentsLosing: count('users', (index) => users.flags.has(index, LOSES)) + strangers,
    classesLosing: count('classes', (index) => classes.flags.has(index, LOSES)),
    classesUntaught: count('classes', untaught),
    untaughtByFaults: count('classes', (index) => untaught(index) && classes.flags.has(index, NAMES_TEACHER)),
    studentsWithoutClass: count(
      'users',
      (index) =>
        whole && users.roles.has(index, STUDENT) && !users.flags.has(index, ENROLLED) && scene.isTaken('users', index),
    ),
  };
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
