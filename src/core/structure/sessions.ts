/** Rules on academic sessions: their days, the session that they are part of, and the school year that they count to. */

import { Codes } from '../bytes.ts';
import { LEFT_OUT } from '../id-set.ts';
import { fieldNames, fileOf } from '../tables.ts';
import { thousands } from '../words.ts';
import { dateAt, dateText, lastYear } from './dates.ts';
import { Numbers } from './numbers.ts';
import type { Observer } from './observer.ts';
import type { Scene } from './scene.ts';

const YEAR = 1;
/** From the longest to the shortest. Terms and semesters may be parts of each other. */
const ranks = new Codes({ schoolYear: YEAR, semester: 2, term: 2, gradingPeriod: 3 });
const at = (name: string) => fieldNames('academicSessions').indexOf(name);
const [typeAt, startAt, endAt, parentAt, yearAt] = [
  at('type'),
  at('startDate'),
  at('endDate'),
  at('parentSourcedId'),
  at('schoolYear'),
];

export function watchSessions(scene: Scene): Observer {
  const { start, end } = scene.sessions;
  const ids = scene.ids('academicSessions');
  const rank = new Numbers();
  let parents: ReadonlyMap<number, number> = new Map();
  /** What is known of them already, so that a long chain is walked once. */
  const years = new Map<number, number>();
  let rows = 0;
  let hasYear = false;

  /** The year in which the school year of a session ends: of itself, or of the one above it that is a school year; 0 if there is none. */
  function yearOf(index: number): number {
    const path: number[] = [];
    let year: number | undefined;
    for (let now: number | undefined = index; now !== undefined && year === undefined; now = parents.get(now)) {
      year = years.get(now);
      path.push(now);
      if (rank.get(now) === YEAR && !((ids.flags[now] as number) & LEFT_OUT)) year = lastYear(end.get(now));
    }
    for (const session of path) years.set(session, year ?? 0);
    return year ?? 0;
  }

  return {
    see(row, index) {
      rows++;
      const own = ranks.of(row.buffer, row.start[typeAt] as number, row.end[typeAt] as number);
      rank.set(index, Math.max(0, own));
      if (own === YEAR) hasYear = true;
      const first = dateAt(row, startAt);
      const last = dateAt(row, endAt);
      start.set(index, first);
      end.set(index, last);
      if (first === 0 || last === 0 || last > first) return false;
      const message = `endDate ${dateText(last)} is not after startDate ${dateText(first)}`;
      return scene.say('session-dates-reversed', row, endAt, message);
    },
    missed(row) {
      rows++;
      if (row.text(typeAt).toLowerCase() === 'schoolyear') hasYear = true;
    },
    parents(parentOf) {
      parents = parentOf;
    },
    judge(row, index) {
      const parent = parents.get(index);
      if (parent !== undefined && !((ids.flags[parent] as number) & LEFT_OUT) && end.get(parent) > 0) {
        const [own, above] = [rank.get(index), rank.get(parent)];
        const name = scene.named('academicSessions', parent);
        if (own > 0 && above > own)
          scene.say(
            'session-parent-type-order',
            row,
            parentAt,
            `A ${row.text(typeAt)} is part of ${name}, which is shorter`,
          );
        const isKnown = start.get(index) > 0 && end.get(index) > 0;
        if (isKnown && (start.get(index) < start.get(parent) || end.get(index) > end.get(parent))) {
          const days = `${dateText(start.get(parent))} to ${dateText(end.get(parent))}`;
          const field = start.get(index) < start.get(parent) ? startAt : endAt;
          const message = `${dateText(start.get(index))} to ${dateText(end.get(index))} is not within ${days}, the days of ${name}`;
          scene.say('session-outside-parent', row, field, message);
        }
      }
      if (row.start[yearAt] === row.end[yearAt] || end.get(index) === 0) return false;
      const year = Number(row.text(yearAt));
      const ends = yearOf(index);
      const last = lastYear(end.get(index));
      if (ends === 0 ? year === last || year === last + 1 : year === ends) return false;
      const expected = ends === 0 ? `${last} or ${last + 1}` : String(ends);
      const message = `schoolYear is ${year}, and the school year ends in ${expected}`;
      return scene.say('session-school-year-mismatch', row, yearAt, message);
    },
    finish() {
      if (rows === 0 || hasYear || !scene.isWhole('academicSessions')) return;
      const message = `None of ${thousands(rows)} sessions is of type schoolYear`;
      scene.tally.add('session-no-school-year', { file: fileOf('academicSessions'), message });
    },
  };
}
