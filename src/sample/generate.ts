/** An invented school district as a OneRoster 1.1 bulk export, the same one for the same numbers, of any size. */

import { columnsOf, fileOf, type Kind, kindsOf } from '../core/tables.ts';
import { places } from './names.ts';
import { gradeKey, type World } from './people.ts';
import { facet, hash, pick } from './random.ts';
import {
  type Cells,
  classRows,
  courseRows,
  type District,
  demographicsRows,
  enrollmentRows,
  orgRows,
  sessionRows,
  userRows,
} from './rows.ts';
import { planSchools } from './schools.ts';
import { planSections } from './sections.ts';

export type SampleOptions = {
  /** Students of generation 0: 1 to 2,000,000. */
  students: number;
  seed: number;
  /** Share of the records, 0 to 1, that each generation changes, adds or removes. Default 0. */
  churn?: number;
  /** How many times the district has changed since the beginning. Default 0. */
  generation?: number;
  /** The year in which the school year ends. Default 2026. */
  schoolYear?: number;
  /** The place that the district is named after; chosen by the seed when absent. */
  place?: string;
  /** sourcedId and identifier of the district; chosen by the seed when absent. */
  siteCode?: string;
};

/** One file as pieces of CSV text; each call of `text` starts again at the beginning. */
export type SampleFile = { name: string; text(): Iterable<string> };

export type Sample = {
  name: string;
  siteCode: string;
  domain: string;
  schools: number;
  classes: number;
  files: SampleFile[];
};

export const studentsLimit = 2_000_000;

/** Text pieces are about this long. */
const pieceLength = 64 * 1024;

/** The files with rows, in the order in which they are written. */
const writers: [Kind, (district: District) => Iterable<Cells>][] = [
  ['orgs', orgRows],
  ['academicSessions', sessionRows],
  ['courses', courseRows],
  ['classes', classRows],
  ['users', userRows],
  ['demographics', demographicsRows],
  ['enrollments', enrollmentRows],
];

/** Changes the rows of one file on their way out. */
export type Edit = (kind: Kind, columns: string[], rows: Iterable<Cells>) => Iterable<Cells>;

/**
 * A whole district. Little is kept in memory: classes and staff; people are computed row by row.
 * @throws RangeError for numbers out of range.
 */
export function generate(options: SampleOptions, edit: Edit = (_kind, _columns, rows) => rows): Sample {
  const district = planDistrict(options);
  const files = writers.map(([kind, rows]): SampleFile => {
    const columns = columnsOf(kind, '1.1');
    return { name: fileOf(kind), text: () => pieces([columns], edit(kind, columns, rows(district))) };
  });
  return {
    name: district.name,
    siteCode: district.id,
    domain: district.domain,
    schools: district.schools.length,
    classes: district.sections.length,
    files: [{ name: 'manifest.csv', text: () => pieces(manifestRows()) }, ...files],
  };
}

function planDistrict(options: SampleOptions): District {
  const { students, seed, churn = 0, generation = 0, schoolYear = 2026 } = options;
  within('students', students, 1, studentsLimit);
  within('seed', seed, -(2 ** 31), 2 ** 32);
  within('generation', generation, 0, 10_000);
  within('schoolYear', schoolYear, 1990, 2100);
  if (!(churn >= 0 && churn <= 1)) throw new RangeError(`churn must be a number from 0 to 1, not ${churn}.`);
  const place = options.place ?? pick(places, seed, facet.district, 0);
  const { schools, blocks } = planSchools(students, seed);
  const plan = planSections(blocks, schools, seed);
  const world: World = {
    seed,
    churn,
    generation,
    students,
    newcomers: churn === 0 ? 0 : Math.max(1, Math.round((students * churn) / 4)),
    schoolYear,
    domain: `${place.toLowerCase().replace(/[^a-z0-9]/g, '') || 'district'}.example`,
    staffCount: plan.staff.length,
    timetables: plan.timetables,
    byGrade: new Map(plan.timetables.map((table) => [gradeKey(table.block, table.block.grade), table])),
  };
  const id = options.siteCode ?? String(1_000_000 + (hash(seed, facet.district, 1) % 9_000_000));
  return { ...world, ...plan, schools, id, name: `${place} Unified School District` };
}

function within(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new RangeError(`${name} must be a whole number from ${low} to ${high}, not ${value}.`);
}

function* manifestRows(): Generator<Cells> {
  const sent = new Set(writers.map(([kind]) => kind));
  yield ['propertyName', 'value'];
  yield ['manifest.version', '1.0'];
  yield ['oneroster.version', '1.1'];
  for (const kind of kindsOf('1.1').sort()) yield [`file.${kind}`, sent.has(kind) ? 'bulk' : 'absent'];
  yield ['source.systemName', 'Homeroom sample district'];
  yield ['source.systemCode', 'homeroom-sample'];
}

function* pieces(...parts: Iterable<Cells>[]): Generator<string> {
  let text = '';
  for (const rows of parts) {
    for (const cells of rows) {
      text += `${cells.join(',')}\r\n`;
      if (text.length < pieceLength) continue;
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}
