/** What a vendor changes of a declared format for one of its products: names of columns, what is needed, lists of values. */

import { Refusal } from '../refusal.ts';
import { type Declaration, type FileColumn, type Lookup, plainName } from './declared/declaration.ts';
import { type RootSchema, type SchemaFault, validate } from './mapped/json-schema.ts';

export type FormatChanges = {
  /** By file, by column. A name replaces the name of the template; the former one is read too. */
  columns?: Record<
    string,
    Record<string, { name?: string; aliases?: string[]; need?: FileColumn['need']; values?: string[]; help?: string }>
  >;
  /** By table: words that join it, or null for what is no longer taken. */
  lookups?: Record<string, Lookup>;
  /** By file: the column by which its records are known, in the place of the declared one. */
  keys?: Record<string, string>;
  keysIgnoreCase?: boolean;
  yearStarts?: string;
};

const words = { type: 'array', items: { type: 'string', minLength: 1, maxLength: 200 }, maxItems: 500 } as const;
const schema: RootSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    columns: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          additionalProperties: false,
          properties: {
            name: { type: 'string', minLength: 1, maxLength: 200 },
            aliases: words,
            need: { enum: ['required', 'optional'] },
            values: words,
            help: { type: 'string', maxLength: 500 },
          },
        },
      },
    },
    lookups: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        maxProperties: 5000,
        additionalProperties: { anyOf: [{ type: 'string', maxLength: 500 }, { type: 'null' }] },
      },
    },
    keys: { type: 'object', additionalProperties: { type: 'string', minLength: 1, maxLength: 200 } },
    keysIgnoreCase: { type: 'boolean' },
    yearStarts: { type: 'string', pattern: '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])$' },
  },
  $defs: {},
};

/**
 * The declaration with the changes in it.
 * @throws Refusal `format-change` with what is wrong and what there is.
 */
export function changedDeclaration(declaration: Declaration, changes: unknown): Declaration {
  const [fault] = validate(changes, schema);
  if (fault) throw wrong(sentence(fault));
  const { columns = {}, lookups = {}, keys = {}, keysIgnoreCase, yearStarts } = changes as FormatChanges;
  const files = { ...declaration.files };
  for (const [id, own] of Object.entries(columns)) {
    const file = files[id];
    if (!file) throw wrong(`${declaration.title} has no file ${id}; it has ${Object.keys(files).join(', ')}.`);
    const made = [...file.columns];
    for (const [name, change] of Object.entries(own)) {
      const at = made.findIndex((column) => plainName(column.name) === plainName(name));
      const before = made[at];
      if (!before)
        throw wrong(`${file.title} has no column ${name}; it has ${made.map((column) => column.name).join(', ')}.`);
      made[at] = changedColumn(before, change);
    }
    refuseTwice(file.title, made);
    files[id] = { ...file, columns: made };
  }
  for (const name of Object.keys(lookups))
    if (!declaration.lookups?.[name])
      throw wrong(
        `${declaration.title} has no table ${name}; it has ${Object.keys(declaration.lookups ?? {}).join(', ')}.`,
      );
  const tables = Object.fromEntries(
    Object.entries(declaration.lookups ?? {}).map(([name, table]) => [name, { ...table, ...lookups[name] }]),
  );
  const made: Declaration = {
    ...declaration,
    files,
    lookups: tables,
    ...(keysIgnoreCase === undefined ? {} : { keysIgnoreCase }),
    ...(yearStarts === undefined ? {} : { yearStarts }),
  };
  return Object.entries(keys).reduce((each, [file, column]) => withKey(each, file, column), made);
}

/** Ids are made of the new column wherever they were made of the old one. */
function withKey(declaration: Declaration, id: string, wanted: string): Declaration {
  const file = declaration.files[id];
  const former = file?.repeats?.key;
  if (!file || former === undefined) {
    const keyed = Object.entries(declaration.files).flatMap(([name, { repeats }]) => (repeats ? [name] : []));
    throw wrong(`The key of ${id} cannot be changed; those are ${keyed.join(', ') || 'none'}.`);
  }
  const column = file.columns.find(({ name }) => plainName(name) === plainName(wanted));
  if (!column) throw wrong(`${file.title} has no column ${wanted} that could be its key.`);
  if (column.list || column.secret) throw wrong(`${column.name} of ${file.title} cannot be a key.`);
  const columns = file.columns.map((each) => (each === column ? { ...each, need: 'required' as const } : each));
  const key = column.name;
  const records = Object.fromEntries(
    Object.entries(declaration.records).map(([kind, rules]) => [
      kind,
      rules.map((rule) => ({
        ...rule,
        fields: Object.fromEntries(
          Object.entries(rule.fields).map(([field, expression]) => {
            const found = rekeyed(expression, id, former, key);
            const isId = rule.from === id && /sourcedIds?$/i.test(field);
            return [field, isId ? renamed(found, `{${former}}`, `{${key}}`) : found];
          }),
        ),
      })),
    ]),
  );
  return { ...declaration, files: { ...declaration.files, [id]: { ...file, columns, repeats: { key } } }, records };
}

/** Where another file looks into this one, it looks by its key. */
function rekeyed<T>(value: T, file: string, former: string, key: string): T {
  if (Array.isArray(value)) return value.map((each) => rekeyed(each, file, former, key)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, rekeyed(each, file, former, key)]),
  );
  return (inner.in === file && inner.where === former ? { ...inner, where: key } : inner) as T;
}

function renamed<T>(value: T, from: string, to: string): T {
  if (typeof value === 'string') return value.replaceAll(from, to) as T;
  if (Array.isArray(value)) return value.map((each) => renamed(each, from, to)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, renamed(each, from, to)])) as T;
}

/** Records are made of columns by their first name, so that a new name joins the others. */
function changedColumn(
  column: FileColumn,
  { name, aliases, ...rest }: NonNullable<FormatChanges['columns']>[string][string],
): FileColumn {
  const others = [...(aliases ?? column.aliases ?? []), ...(name ? [name] : [])];
  return { ...column, ...rest, ...(name ? { shownAs: name } : {}), ...(others.length > 0 ? { aliases: others } : {}) };
}

function refuseTwice(title: string, columns: readonly FileColumn[]): void {
  const seen = new Map<string, string>();
  for (const { name, aliases = [] } of columns)
    for (const each of new Set([name, ...aliases].map(plainName))) {
      const other = seen.get(each);
      if (other) throw wrong(`In ${title}, ${other} and ${name} would both be read from a column named ${each}.`);
      seen.set(each, name);
    }
}

const sentence = ({ path, message }: SchemaFault): string => `${path.join('.') || 'The change'} ${message}.`;
const wrong = (message: string): Refusal => new Refusal('format-change', 400, message);
