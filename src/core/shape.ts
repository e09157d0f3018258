/** Counts what a roster looks like: records by school, sizes of classes, and people and classes that hang loose. */

import { encode } from './bytes.ts';
import { IdSet } from './id-set.ts';
import type { Row, Sink } from './record.ts';
import { itemsOf, textsOf } from './row-texts.ts';
import { fieldNames, type Kind } from './tables.ts';

export type SchoolShape = {
  school: string;
  name: string;
  students: number;
  staff: number;
  classes: number;
  enrollments: number;
};
/** `from` to `to` students, both counted in; the last one has no end. */
export type SizeGroup = { from: number; to: number | undefined; classes: number };

export type Shape = {
  /** Schools with the most students first; what names no school stands under "". */
  schools: SchoolShape[];
  classSizes: SizeGroup[];
  classes: number;
  classesWithoutTeacher: number;
  classesWithoutStudents: number;
  students: number;
  studentsWithoutClass: number;
  /** Whether enrollments, users and classes are all in the delivery and whole, so that what is missing can be told. */
  isWhole: boolean;
};

const LEFT_OUT = 1;
const IS_STUDENT = 2;
const IS_STAFF = 4;
const IS_ENROLLED = 8;
const HAS_TEACHER = 16;
const sizeBounds = [0, 5, 10, 15, 20, 25, 30, 35, 40];
const staffRoles = new Set([
  'teacher',
  'administrator',
  'aide',
  'counselor',
  'principal',
  'districtAdministrator',
  'siteAdministrator',
  'systemAdministrator',
]);

/** A sink that looks at every record that is taken. Memory: some bytes for each class and person. */
export class ShapeSink implements Sink {
  #orgs = new Map<string, { name: string; type: string }>();
  #schools = new Map<string, SchoolShape>();
  #classes = new IdSet();
  #classSchool: string[] = [];
  #sizes: number[] = [];
  #users = new IdSet();
  #userOrgs: string[] = [];
  #modes = new Map<Kind, 'bulk' | 'delta'>();

  table(kind: Kind, mode: 'bulk' | 'delta'): void {
    this.#modes.set(kind, mode);
  }

  row(row: Row): void {
    if (row.kind === 'enrollments') return this.#enrollment(row);
    if (row.kind !== 'orgs' && row.kind !== 'classes' && row.kind !== 'users' && row.kind !== 'roles') return;
    const texts = textsOf(row);
    if (texts.status === 'tobedeleted') return;
    const { sourcedId } = texts;
    if (row.kind === 'orgs') this.#orgs.set(sourcedId, { name: texts.name ?? sourcedId, type: texts.type ?? '' });
    else if (row.kind === 'classes') {
      this.#add(this.#classes, sourcedId);
      this.#classSchool.push(texts.schoolSourcedId ?? '');
      this.#sizes.push(0);
    } else if (row.kind === 'users') {
      const index = this.#add(this.#users, sourcedId);
      this.#userOrgs.push(texts.orgSourcedIds ?? texts.primaryOrgSourcedId ?? '');
      this.#role(index, texts.role ?? '', '');
    } else this.#role(this.#find(this.#users, texts.userSourcedId ?? ''), texts.role ?? '', texts.orgSourcedId ?? '');
  }

  leftOut(kind: Kind, sourcedId: string): void {
    const ids = kind === 'classes' ? this.#classes : kind === 'users' ? this.#users : undefined;
    if (!ids) return;
    const index = this.#find(ids, sourcedId);
    if (index >= 0) flag(ids, index, LEFT_OUT);
  }

  drain(): void {}
  tableDone(): void {}

  finish(): Shape {
    const shape: Shape = {
      schools: [],
      classSizes: sizeBounds.map((to, at) => ({
        from: at === 0 ? 0 : (sizeBounds[at - 1] as number) + 1,
        to,
        classes: 0,
      })),
      classes: 0,
      classesWithoutTeacher: 0,
      classesWithoutStudents: 0,
      students: 0,
      studentsWithoutClass: 0,
      isWhole: (['classes', 'users', 'enrollments'] as const).every((kind) => this.#modes.get(kind) === 'bulk'),
    };
    shape.classSizes.push({ from: (sizeBounds.at(-1) as number) + 1, to: undefined, classes: 0 });
    for (const [id, { type }] of this.#orgs) if (type === 'school') this.#school(id);
    this.#countClasses(shape);
    this.#countUsers(shape);
    const filled = [...this.#schools.values()].filter(
      ({ school, students, staff, classes, enrollments }) =>
        school !== '' || students + staff + classes + enrollments > 0,
    );
    shape.schools = filled.sort(
      (a, b) => b.students - a.students || b.classes - a.classes || (a.school < b.school ? -1 : 1),
    );
    return shape;
  }

  #countClasses(shape: Shape): void {
    for (let index = 0; index < this.#classes.size; index++) {
      const flags = this.#classes.flags[index] as number;
      if (flags & LEFT_OUT) continue;
      const size = this.#sizes[index] as number;
      shape.classes++;
      this.#school(this.#classSchool[index] as string).classes++;
      if (size === 0) shape.classesWithoutStudents++;
      if (!(flags & HAS_TEACHER)) shape.classesWithoutTeacher++;
      const group = shape.classSizes.find(({ to }) => to === undefined || size <= to);
      if (group) group.classes++;
    }
  }

  #countUsers(shape: Shape): void {
    for (let index = 0; index < this.#users.size; index++) {
      const flags = this.#users.flags[index] as number;
      if (flags & LEFT_OUT) continue;
      const isStudent = (flags & IS_STUDENT) !== 0;
      const isStaff = (flags & IS_STAFF) !== 0;
      if (isStudent) {
        shape.students++;
        if (!(flags & IS_ENROLLED)) shape.studentsWithoutClass++;
      }
      if (!isStudent && !isStaff) continue;
      const named = itemsOf(this.#userOrgs[index]);
      const schools = named.filter((org) => this.#orgs.get(org)?.type === 'school');
      for (const school of schools.length > 0 ? new Set(schools) : ['']) {
        const counts = this.#school(school);
        if (isStudent) counts.students++;
        if (isStaff) counts.staff++;
      }
    }
  }

  #enrollment(row: Row): void {
    const { classSourcedId = '', userSourcedId = '', schoolSourcedId = '', role = '', status } = enrollmentOf(row);
    if (status === 'tobedeleted') return;
    this.#school(schoolSourcedId).enrollments++;
    const at = this.#find(this.#classes, classSourcedId);
    const user = this.#find(this.#users, userSourcedId);
    if (role === 'student') {
      if (at >= 0) this.#sizes[at] = (this.#sizes[at] as number) + 1;
      if (user >= 0) flag(this.#users, user, IS_ENROLLED);
    } else if (role === 'teacher' && at >= 0) flag(this.#classes, at, HAS_TEACHER);
  }

  #role(index: number, role: string, org: string): void {
    if (index < 0) return;
    if (role === 'student') flag(this.#users, index, IS_STUDENT);
    else if (staffRoles.has(role)) flag(this.#users, index, IS_STAFF);
    if (org === '') return;
    const known = this.#userOrgs[index] ?? '';
    if (!itemsOf(known).includes(org)) this.#userOrgs[index] = known === '' ? org : `${known},${org}`;
  }

  #school(school: string): SchoolShape {
    let counts = this.#schools.get(school);
    if (!counts) {
      const name = school === '' ? 'At no school' : (this.#orgs.get(school)?.name ?? school);
      counts = { school, name, students: 0, staff: 0, classes: 0, enrollments: 0 };
      this.#schools.set(school, counts);
    }
    return counts;
  }

  #add(ids: IdSet, id: string): number {
    const bytes = encode(id);
    return ids.add(bytes, 0, bytes.length, 0);
  }

  #find(ids: IdSet, id: string): number {
    const bytes = encode(id);
    return ids.find(bytes, 0, bytes.length);
  }
}

function flag(ids: IdSet, index: number, value: number): void {
  ids.flags[index] = (ids.flags[index] as number) | value;
}

const enrollmentFields = ['classSourcedId', 'userSourcedId', 'schoolSourcedId', 'role', 'status'].map(
  (name) => [name, fieldNames('enrollments').indexOf(name)] as const,
);
const enrollmentOf = (row: Row): Record<string, string> =>
  Object.fromEntries(enrollmentFields.map(([name, at]) => [name, row.text(at)]));
