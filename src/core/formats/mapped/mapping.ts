/** Reads a mapping document: a district's own format, as data. What it says becomes a declaration like any other. */

import { nearest } from '../../nearest.ts';
import { show } from '../../show.ts';
import { fieldNames, type Kind, tableOf } from '../../tables.ts';
import { isDateForm } from '../declared/date-form.ts';
import type {
  Condition,
  Declaration,
  Expression,
  FileColumn,
  FileDeclaration,
  Lookup,
  RecordRule,
} from '../declared/declaration.ts';
import { plainName } from '../declared/declaration.ts';
import { schoolYearColumns } from '../declared/school-year.ts';
import { partsOf } from '../declared/template.ts';
import { type SchemaFault, validate } from './json-schema.ts';
import { mappedKinds, mappingSchema } from './schema.ts';

/** What is wrong with a document, and where: the way from its top, as names and numbers. */
export type MappingFault = SchemaFault;

type Document = {
  title: string;
  about?: string;
  product?: string;
  keysIgnoreCase?: boolean;
  yearStarts?: string;
  files: Record<
    string,
    Partial<Omit<FileDeclaration, 'columns' | 'delimiter'>> & {
      match: string[];
      delimiter?: string;
      columns?: Partial<FileColumn>[];
    }
  >;
  lookups?: Record<string, Lookup>;
  records: Partial<Record<Kind, RecordRule[]>>;
};

/**
 * A document as plain data, for example parsed YAML.
 * @param id what the format is called.
 */
export function readMapping(
  value: unknown,
  id: string,
): { declaration: Declaration; faults: [] } | { declaration: undefined; faults: MappingFault[] } {
  const wrong = validate(value, mappingSchema);
  if (wrong.length > 0) return { declaration: undefined, faults: wrong };
  const document = value as Document;
  const used = new Used(document);
  for (const kind of mappedKinds)
    for (const [at, rule] of (document.records[kind] ?? []).entries()) used.rule(kind, rule, ['records', kind, at]);
  if (used.faults.length > 0) return { declaration: undefined, faults: used.faults };
  const {
    title,
    about = `${title}: a mapping of the district's own.`,
    product,
    keysIgnoreCase,
    yearStarts,
    lookups,
    records,
  } = document;
  const declaration: Declaration = {
    id,
    title,
    about: /[.!?]$/.test(about) ? about : `${about}.`,
    ...(product === undefined ? {} : { product }),
    ...(keysIgnoreCase === undefined ? {} : { keysIgnoreCase }),
    ...(yearStarts === undefined ? {} : { yearStarts }),
    ...(lookups ? { lookups } : {}),
    files: Object.fromEntries(
      Object.entries(document.files).map(([name, file]) => [
        name,
        fileOf(name, file, used.columns.get(name) ?? new Map()),
      ]),
    ),
    records,
  };
  return { declaration, faults: [] };
}

type UsedColumn = { name: string; isKey: boolean; isList: boolean };

function fileOf(name: string, file: Document['files'][string], used: ReadonlyMap<string, UsedColumn>): FileDeclaration {
  const declared = file.columns ?? [];
  const columns = declared.map((column) => columnOf(column, used.get(plainName(column.name ?? ''))));
  const known = new Set(declared.flatMap((column) => [column.name ?? '', ...(column.aliases ?? [])].map(plainName)));
  for (const [plain, column] of used) if (!known.has(plain)) columns.push(columnOf({ name: column.name }, column));
  const [first = `${name}.csv`] = file.match;
  return {
    title: file.title ?? name,
    name: /[*?]/.test(first) ? `${name}.csv` : first,
    need: file.need ?? 'required',
    match: file.match,
    mode: file.mode ?? 'full',
    ...(file.delimiter ? { delimiter: file.delimiter === 'tab' ? '\t' : (file.delimiter as ',' | ';' | '|') } : {}),
    ...(file.encoding ? { encoding: file.encoding } : {}),
    ...(file.headerLine ? { headerLine: file.headerLine } : {}),
    ...(file.header ? { header: file.header } : {}),
    ...(file.separator ? { separator: file.separator } : {}),
    ...(file.repeats ? { repeats: file.repeats } : {}),
    columns,
  };
}

const columnOf = (column: Partial<FileColumn>, used: UsedColumn | undefined): FileColumn => ({
  ...column,
  name: column.name ?? '',
  need: column.need ?? (used?.isKey ? 'required' : 'optional'),
  ...(column.list || used?.isList ? { list: true } : {}),
  example: column.example ?? '',
  help: column.help ?? '',
});

/** Goes through all rules: which columns they read, and what they name that is not there. */
class Used {
  readonly faults: MappingFault[] = [];
  readonly columns = new Map<string, Map<string, UsedColumn>>();
  #document: Document;

  constructor(document: Document) {
    this.#document = document;
    for (const [name, file] of Object.entries(document.files)) {
      this.columns.set(name, new Map());
      if (file.repeats) this.#use(name, file.repeats.key, { isKey: true });
    }
  }

  rule(kind: Kind, rule: RecordRule, path: MappingFault['path']): void {
    const { from, fields, when, each } = rule;
    if (from !== 'schoolYear' && !this.columns.has(from))
      return this.#say(
        [...path, 'from'],
        `names the file ${show(from)}, which is not among files${this.#near(from, [...this.columns.keys()])}`,
      );
    if (each !== undefined) this.#use(from, each, { isList: true });
    if (when) this.#condition(when, from, [...path, 'when']);
    const names = fieldNames(kind).filter((name) => tableOf(kind).fields[name]?.versions.includes('1.1'));
    for (const [field, expression] of Object.entries(fields)) {
      const own = [...path, 'fields', field];
      if (!field.startsWith('metadata.') && !names.includes(field))
        this.#say(own, `is no field of ${kind}${this.#near(field, names)}`);
      else this.#expression(expression, from, own, field === 'sourcedId' && !rule.once && !rule.when);
    }
    for (const name of names)
      if (tableOf(kind).fields[name]?.required.includes('1.1') && !(name in fields))
        this.#say([...path, 'fields'], `lacks ${name}, which every record of ${kind} needs`);
  }

  #expression(expression: Expression, from: string, path: MappingFault['path'], isKey = false): void {
    if (typeof expression === 'string') return this.#template(expression, from, path, isKey);
    const { value, first, find, each, when, date, lookup } = expression;
    if (value !== undefined) this.#template(value, from, path, isKey);
    for (const [at, one] of (first ?? []).entries()) this.#expression(one, from, [...path, 'first', at]);
    if (each !== undefined) this.#use(from, each, { isList: true });
    if (when) this.#condition(when, from, [...path, 'when']);
    if (find) this.#find(find, from, [...path, 'find']);
    for (const form of date ?? [])
      if (!isDateForm(form))
        this.#say([...path, 'date'], `"${show(form)}" has no year, month and day, such as MM/DD/YYYY`);
    if (typeof lookup === 'string' && !this.#document.lookups?.[lookup])
      this.#say(
        [...path, 'lookup'],
        `names the table ${show(lookup)}, which is not among lookups${this.#near(lookup, Object.keys(this.#document.lookups ?? {}))}`,
      );
    if (value === undefined && !first && !find && each === undefined)
      this.#say(path, 'makes no value: it needs value, first, find or each');
  }

  #find(
    find: { in: string; where: string; is: Expression; take: string },
    from: string,
    path: MappingFault['path'],
  ): void {
    this.#expression(find.is, from, [...path, 'is']);
    if (!this.columns.has(find.in))
      return this.#say(
        [...path, 'in'],
        `names the file ${show(find.in)}, which is not among files${this.#near(find.in, [...this.columns.keys()])}`,
      );
    this.#use(find.in, find.where, {});
    this.#use(find.in, find.take, {});
  }

  #condition(condition: Condition, from: string, path: MappingFault['path']): void {
    if ('all' in condition || 'any' in condition) {
      const inner = 'all' in condition ? condition.all : condition.any;
      for (const [at, one] of inner.entries())
        this.#condition(one, from, [...path, 'all' in condition ? 'all' : 'any', at]);
    } else this.#expression(condition.value, from, [...path, 'value']);
  }

  #template(template: string, from: string, path: MappingFault['path'], isKey: boolean): void {
    for (const part of partsOf(template)) {
      if (!('column' in part) || /^schoolYear\.(startYear|endYear|startDate|endDate)$/.test(part.column)) continue;
      if (from === 'schoolYear' && !(schoolYearColumns as readonly string[]).includes(part.column))
        this.#say(
          path,
          `{${show(part.column)}} is not known of the school year; it has ${schoolYearColumns.join(', ')}`,
        );
      else this.#use(from, part.column, { isKey });
    }
  }

  /** Aliases of a declared column are no names of their own. */
  #use(file: string, name: string, { isKey = false, isList = false }: Partial<UsedColumn>): void {
    const columns = this.columns.get(file);
    if (!columns) return;
    const plain = plainName(name);
    const known = columns.get(plain);
    columns.set(plain, {
      name: known?.name ?? name,
      isKey: isKey || (known?.isKey ?? false),
      isList: isList || (known?.isList ?? false),
    });
  }

  #say(path: MappingFault['path'], message: string): void {
    this.faults.push({ path, message });
  }

  #near(text: string, words: readonly string[]): string {
    const near = nearest(text, words);
    return near ? `; did you mean ${near}?` : '';
  }
}
