/** The same rules a second time, as questions to sets: what DuckDB finds in a folder of CSV files. */

import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Table } from './faults.ts';

/** `family file line column`, each once. */
export async function findInSql(folder: string, tables: Record<string, Table>): Promise<Set<string>> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  try {
    for (const [kind, { columns }] of Object.entries(tables)) await connection.run(load(folder, kind, columns));
    const sql = Object.entries(tables).flatMap(([kind, table]) => questions(kind, table, tables));
    const answer = await connection.runAndReadAll(sql.join('\nunion\n'));
    return new Set(answer.getRows().map((row) => row.join(' ')));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
const name = (column: string) => `"${column}"`;

/** Nothing is left for DuckDB to guess. `line` counts as an editor does, since no cell holds a line break. */
function load(folder: string, kind: string, columns: string[]): string {
  const types = columns.map((column) => `${text(column)}: 'VARCHAR'`).join(', ');
  const cells = columns.map((column) => `coalesce(${name(column)}, '') as ${name(column)}`).join(', ');
  return `create table ${kind} as
    select row_number() over () + 1 as line, ${cells}
    from read_csv(${text(join(folder, `${kind}.csv`))}, auto_detect = false, header = true, delim = ',', quote = '"',
      escape = '"', new_line = '\\r\\n', columns = {${types}})`;
}

const isId = (column: string) => `regexp_full_match(${column}, '[0-9A-Za-z._/@-]{1,255}')`;
const lists = new Set(['orgSourcedIds', 'termSourcedIds', 'agentSourcedIds', 'grades']);
const isDate = (column: string) => /^(start|end|begin|birth)Date$/.test(column);

function questions(kind: string, table: Table, tables: Record<string, Table>): string[] {
  const found = (family: string, column: string, where: string, from = `${kind} t`) =>
    `select distinct ${text(family)} as family, ${text(`${kind}.csv`)} as file, t.line, ${text(column)} as "column" from ${from} where ${where}`;
  const cell = (column: string) => `t.${name(column)}`;
  const earlier = `exists (select 1 from ${kind} e where e.line < t.line and`;
  const asked = [
    found('sourced-id-duplicate', 'sourcedId', `${isId('t.sourcedId')} and ${earlier} e.sourcedId = t.sourcedId)`),
    found(
      'sourced-id-case-collision',
      'sourcedId',
      `${isId('t.sourcedId')} and not ${earlier} e.sourcedId = t.sourcedId)
       and ${earlier} lower(e.sourcedId) = lower(t.sourcedId) and e.sourcedId <> t.sourcedId)`,
    ),
  ];
  for (const column of table.required) asked.push(found('required', column, `${cell(column)} = ''`));
  for (const column of table.columns.filter(isDate)) {
    asked.push(found('date-format-invalid', column, `${cell(column)} <> '' and not ${dateShaped(cell(column))}`));
    asked.push(
      found('date-impossible', column, `${dateShaped(cell(column))} and try_cast(${cell(column)} as date) is null`),
    );
  }
  if (kind === 'academicSessions')
    asked.push(
      found('year-invalid', 'schoolYear', `t.schoolYear <> '' and not regexp_full_match(t.schoolYear, '[0-9]{4}')`),
    );
  for (const [column, values] of Object.entries(table.values)) {
    if (column === 'status') continue;
    const allowed = values.map(text).join(', ');
    if (lists.has(column)) asked.push(found('vocabulary', column, `i.item not in (${allowed})`, items(kind, column)));
    else asked.push(found('vocabulary', column, `${cell(column)} <> '' and ${cell(column)} not in (${allowed})`));
  }
  for (const [column, to] of Object.entries(table.references)) {
    if (tables[to]) asked.push(...references(kind, column, to, found));
  }
  return asked;
}

const dateShaped = (column: string) => `regexp_full_match(${column}, '[0-9]{4}-[0-9]{2}-[0-9]{2}')`;

/** The items of a list, or the one value of a cell, without blank ones. */
function items(kind: string, column: string): string {
  const cell = `c.${name(column)}`;
  const parts = lists.has(column) ? `string_split(${cell}, ',')` : `[${cell}]`;
  return `${kind} t join (select s.line as at, trim(s.part) as item
    from (select c.line, unnest(${parts}) as part from ${kind} c) s where trim(s.part) <> '') i on i.at = t.line`;
}

type Ask = (family: string, column: string, where: string, from?: string) => string;

function references(kind: string, column: string, to: string, found: Ask): string[] {
  const from = items(kind, column);
  const exact = `exists (select 1 from ${to} r where r.sourcedId = i.item)`;
  const likely = `exists (select 1 from ${to} r where lower(r.sourcedId) = lower(i.item))`;
  const asked = [
    found('reference-not-found', column, `not ${exact} and not ${likely}`, from),
    found('reference-wrong-case', column, `not ${exact} and ${likely}`, from),
  ];
  if (kind === to) asked.push(found('reference-self', column, 'i.item = t.sourcedId', from));
  const type = column === 'schoolSourcedId' ? 'school' : column === 'schoolYearSourcedId' ? 'schoolYear' : undefined;
  if (!type) return asked;
  // Of a record that is itself faulty only this is said: the first row of an id is the record.
  const first = `r.line = (select min(f.line) from ${to} f where f.sourcedId = i.item)`;
  asked.push(
    found(
      'reference-type',
      column,
      `exists (select 1 from ${to} r where ${first} and r.type <> '${type}' and ${taken[to]})`,
      from,
    ),
  );
  return asked;
}

/** The record \`r\` has no fault of its own. */
const taken: Record<string, string> = {
  orgs: "r.name <> '' and r.type in ('department', 'school', 'district', 'local', 'state', 'national')",
  academicSessions: `r.title <> '' and r.type in ('gradingPeriod', 'semester', 'schoolYear', 'term')
    and regexp_full_match(r.schoolYear, '[0-9]{4}')
    and ${dateShaped('r.startDate')} and try_cast(r.startDate as date) is not null
    and ${dateShaped('r.endDate')} and try_cast(r.endDate as date) is not null and r.endDate > r.startDate`,
};
