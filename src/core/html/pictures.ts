/** The roster's shape in pictures that are tables: every bar stands beside its number. */

import type { TableCount } from '../record.ts';
import type { SchoolShape, Shape } from '../shape.ts';
import { kindWord, percent, thousands } from '../words.ts';
import { inHtml } from './escape.ts';

/** How many schools are shown one by one. */
const schoolsShown = 40;

/** Rows of each kind, with the part that is left out. */
export function kindsTable(tables: readonly TableCount[]): string {
  const sent = tables.filter(({ mode }) => mode !== 'absent');
  if (sent.length === 0) return '';
  const most = Math.max(1, ...sent.map(({ rows }) => rows));
  const rows = sent.map(({ kind, rows: count, leftOut, mode }) => {
    const title = `${thousands(count - leftOut)} taken, ${thousands(leftOut)} left out`;
    const out = leftOut === 0 ? '0' : `<span class="out-word">${thousands(leftOut)}</span>`;
    return `<tr><th scope="row">${kind}${mode === 'delta' ? ' <span class="soft">(changes)</span>' : ''}</th>
<td class="picture">${bar((count - leftOut) / most, leftOut / most, title)}</td>
<td class="number">${thousands(count)}</td><td class="number">${out}</td></tr>`;
  });
  return `<table><thead><tr><th scope="col">file</th><th scope="col"><span class="soft">taken and left out</span></th><th scope="col" class="number">rows</th><th scope="col" class="number">left out</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`;
}

/** Students, staff, classes and enrollments of each school. */
export function schoolsTable(schools: readonly SchoolShape[]): string {
  if (schools.length === 0) return '<p class="soft">No school is in the delivery.</p>';
  const columns = ['students', 'staff', 'classes', 'enrollments'] as const;
  const shown = schools.slice(0, schoolsShown);
  const rest = schools.slice(schoolsShown);
  const most = Object.fromEntries(columns.map((name) => [name, Math.max(1, ...schools.map((one) => one[name]))]));
  const rows = shown.map((school) => {
    const cells = columns.map((name) => {
      const picture = bar(school[name] / (most[name] as number), 0, `${thousands(school[name])} ${name}`);
      return `<td data-title="${name}"><div class="cell">${picture}<span>${thousands(school[name])}</span></div></td>`;
    });
    return `<tr><th scope="row">${inHtml(school.name)}</th>${cells.join('')}</tr>`;
  });
  const more =
    rest.length === 0
      ? ''
      : `<p class="soft">And ${thousands(rest.length)} more schools with ${thousands(rest.reduce((sum, { students }) => sum + students, 0))} students.</p>`;
  return `<table class="schools"><thead><tr><th scope="col">school</th>${columns.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table>${more}`;
}

/** How many classes have how many students. */
export function sizesTable({ classSizes, classes }: Shape): string {
  if (classes === 0) return '<p class="soft">No class is in the delivery.</p>';
  const last = classSizes.findLastIndex((group) => group.classes > 0);
  const shown = classSizes.slice(0, Math.max(last + 1, 1));
  const most = Math.max(1, ...shown.map((group) => group.classes));
  const rows = shown.map(({ from, to, classes: count }) => {
    const label = to === undefined ? `${from} and more` : from === to ? String(from) : `${from} to ${to}`;
    return `<tr><th scope="row">${label}</th><td>${bar(count / most, 0, `${thousands(count)} ${kindWord('classes', count)} with ${label} students`)}</td><td class="number">${thousands(count)}</td></tr>`;
  });
  return `<table class="sizes"><thead><tr><th scope="col">students</th><th scope="col"><span class="soft">how many</span></th><th scope="col" class="number">classes</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`;
}

/** Classes and students that nothing is connected to. */
export function looseTable(shape: Shape): string {
  if (!shape.isWhole)
    return '<p class="soft">The delivery does not hold all classes, users and enrollments, so that this cannot be told.</p>';
  const { classes, students } = shape;
  const lines: [string, number, number, string][] = [
    ['Classes without a teacher', shape.classesWithoutTeacher, classes, 'classes'],
    ['Classes without students', shape.classesWithoutStudents, classes, 'classes'],
    ['Students in no class', shape.studentsWithoutClass, students, 'students'],
  ];
  const rows = lines.map(
    ([title, count, of, what]) =>
      `<tr><th scope="row">${title}</th><td class="picture">${bar(0, of === 0 ? 0 : count / of, `${thousands(count)} of ${thousands(of)}`)}</td><td class="number">${thousands(count)}</td><td class="number soft">${percent(count, of)} of ${thousands(of)} ${what}</td></tr>`,
  );
  return `<table><thead><tr><th scope="col">what</th><th scope="col"><span class="soft">share</span></th><th scope="col" class="number">count</th><th scope="col" class="number">of</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

/** A bar of two parts, each a share of the whole width. What is more than nothing is never drawn as nothing. */
function bar(part: number, out: number, title: string): string {
  const width = (share: number) => (share === 0 ? 0 : Math.max(1.2, Math.round(share * 1000) / 10));
  const [first, second] = [width(part), width(out)];
  const start = Math.min(first, 100 - second);
  return `<svg role="img" aria-label="${inHtml(title)}" viewBox="0 0 100 12" preserveAspectRatio="none"><rect class="ground" width="100" height="12"/>${
    first > 0 ? `<rect class="bar" width="${first}" height="12"/>` : ''
  }${second > 0 ? `<rect class="out" x="${start}" width="${second}" height="12"/>` : ''}</svg>`;
}
