/** The JSON Schema of a mapping document: what is checked and what is published are one and the same. */

import { type Kind, kindsOf, tableOf } from '../../tables.ts';
import type { JsonSchema, RootSchema } from './json-schema.ts';

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  minLength: 1,
  maxLength: 500,
  ...more,
  description,
});
const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });
const object = (
  properties: Record<string, JsonSchema>,
  required: readonly string[],
  description: string,
): JsonSchema => ({
  type: 'object',
  description,
  properties,
  required,
  additionalProperties: false,
});
const list = (items: JsonSchema, description: string, maxItems = 500): JsonSchema => ({
  type: 'array',
  items,
  minItems: 1,
  maxItems,
  description,
});

/** Kinds that a mapping can make records of: those of OneRoster 1.1 that a roster holds. */
export const mappedKinds: readonly Kind[] = kindsOf('1.1').filter((kind) => tableOf(kind).layer === 'rostering');

const column = object(
  {
    name: text('Name in the header; capitals, spaces and the signs _ - * do not count.'),
    aliases: list(text('Another name.'), 'Other names that are read too.'),
    need: { enum: ['required', 'optional'], description: 'Whether every row needs it; optional when not said.' },
    list: { type: 'boolean', description: 'A cell may hold several values.' },
    values: list(text('A value.'), 'What it may hold, for the page of the format.'),
    example: text('An example for the page of the format.', { minLength: 0 }),
    help: text('A sentence for the page of the format.', { minLength: 0 }),
    secret: { type: 'boolean', description: 'Its values are never shown.' },
  },
  ['name'],
  'One column.',
);

const file = object(
  {
    title: text('What is in it, for example Students.'),
    match: list(text('A file name; * and ? stand for any letters.'), 'Names of the file.', 20),
    need: { enum: ['required', 'optional'], description: 'Whether a delivery needs it; required when not said.' },
    mode: {
      enum: ['full', 'changes'],
      description: 'full: what is not in it has left (when not said); changes: what is not in it stays.',
    },
    delimiter: { enum: [',', ';', '|', 'tab'], description: 'Between cells; a comma when not said.' },
    encoding: { enum: ['utf-8', 'utf-16le', 'windows-1252'], description: 'utf-8 when not said.' },
    headerLine: { type: 'integer', minimum: 1, maximum: 100, description: 'Line of the header; 1 when not said.' },
    header: list(text('A name.'), 'Names of the columns in their order, for files without a header.'),
    separator: text('Between the values of a list in a cell; a semicolon when not said.', { maxLength: 1 }),
    repeats: object(
      { key: text('The column that says which record a row is about.') },
      ['key'],
      'Rows may come again: their list columns are joined.',
    ),
    columns: list(column, 'Columns about which there is more to say than their names.'),
  },
  ['match'],
  'One file of a delivery.',
);

const valueExpression = object(
  {
    value: text('Text with cells in it, such as {First Name} {Last Name}.', { minLength: 0 }),
    first: list(ref('expression'), 'The first of these that is not blank.', 20),
    find: object(
      {
        in: text('A file of this mapping.'),
        where: text('The column of that file to look in.'),
        is: ref('expression'),
        take: text('The column of that file to take.'),
        all: { type: 'boolean', description: 'Of all rows, as a list.' },
      },
      ['in', 'where', 'is', 'take'],
      'A cell of another file. In value, {item} stands for it.',
    ),
    each: text('A list column: each of its values goes through the other steps; in value, {item} stands for it.'),
    when: ref('condition'),
    case: { enum: ['upper', 'lower', 'title'], description: 'Capitals.' },
    date: list(
      text('A form such as MM/DD/YYYY.', { pattern: '^[^A-CE-LN-XZa-z]*$' }),
      'How dates are written; several are tried in turn.',
      10,
    ),
    pad: { type: 'integer', minimum: 1, maximum: 40, description: 'Zeros are put before it until it is so long.' },
    lookup: {
      anyOf: [text('The name of a table of this mapping.'), ref('lookup')],
      description: 'What each value becomes.',
    },
    exact: { type: 'boolean', description: 'Capitals count in the table.' },
    otherwise: {
      anyOf: [
        { enum: ['error', 'keep', 'blank'], description: 'Leave the record out, keep the value, or leave it blank.' },
        object({ value: text('Another value.', { minLength: 0 }) }, ['value'], 'Another value stands for it.'),
      ],
      description: 'What becomes of a value that the table does not have; error when not said.',
    },
    several: {
      enum: ['lowest', 'best', 'first'],
      description:
        'Where a cell holds several: the one that stands first in the table (lowest with a remark, best without), or the first of the cell.',
    },
  },
  [],
  'A value made step by step: value, several, case, date, lookup, pad.',
);

const valued = (property: string, schema: JsonSchema, description: string) =>
  object({ value: ref('expression'), [property]: schema }, ['value', property], description);
const someText = list(text('A value.', { minLength: 0 }), 'Values; capitals do not count.');

const rule = object(
  {
    from: text('A file of this mapping, or schoolYear: one row with startYear, endYear, startDate and endDate.'),
    when: ref('condition'),
    each: text('A list column: one record for each of its values, which is {item}.'),
    needs: list(text('A column.'), 'Made only where the file has at least one of these columns.'),
    once: { type: 'boolean', description: 'Records that come again are passed over.' },
    replaces: {
      type: 'boolean',
      description: 'In a file of changes, the list of a row replaces the one that is live.',
    },
    fields: {
      type: 'object',
      description: 'Values by field; sourcedId is the key, and metadata.<name> is kept too.',
      minProperties: 1,
      additionalProperties: ref('expression'),
    },
  },
  ['from', 'fields'],
  'How rows become records.',
);

export const mappingSchema: RootSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Homeroom mapping, version 1',
  ...object(
    {
      mapping: { const: 1, description: 'Version of this form.' },
      title: text('Name of the format, for people.'),
      about: text('A sentence or two about it.'),
      product: text('Id of the product that it is for.'),
      keysIgnoreCase: { type: 'boolean', description: 'Keys that differ by capitals alone mean the same.' },
      yearStarts: text('Month and day on which a school year begins; 07-01 when not said.', {
        pattern: '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])$',
      }),
      files: {
        type: 'object',
        description: 'Files by a name that the rules use.',
        minProperties: 1,
        maxProperties: 30,
        additionalProperties: ref('file'),
      },
      lookups: {
        type: 'object',
        description: 'Tables of values by name.',
        maxProperties: 100,
        additionalProperties: ref('lookup'),
      },
      records: {
        ...object(
          Object.fromEntries(mappedKinds.map((kind) => [kind, list(ref('rule'), `Rules that make ${kind}.`, 50)])),
          [],
          'Rules by the kind of record that they make.',
        ),
        minProperties: 1,
      },
    },
    ['mapping', 'title', 'files', 'records'],
    'How the files of a delivery become OneRoster records.',
  ),
  $defs: {
    file,
    column,
    rule,
    lookup: {
      type: 'object',
      description: 'What each value becomes; nothing where it is not taken. Capitals and double spaces do not count.',
      minProperties: 1,
      maxProperties: 5000,
      additionalProperties: { anyOf: [{ type: 'string', maxLength: 500 }, { type: 'null' }] },
    },
    expression: {
      anyOf: [
        { type: 'string', maxLength: 500, description: 'Text with cells in it: {Name} is the cell of a column.' },
        valueExpression,
      ],
    },
    condition: {
      anyOf: [
        valued('is', someText, 'The value is one of these.'),
        valued('not', someText, 'The value is none of these.'),
        valued('filled', { type: 'boolean' }, 'Whether there is a value.'),
        valued('contains', text('A part of the value.'), 'The value has this in it.'),
        object({ all: list(ref('condition'), 'Conditions.', 20) }, ['all'], 'All of these hold.'),
        object({ any: list(ref('condition'), 'Conditions.', 20) }, ['any'], 'One of these holds.'),
      ],
    },
  },
};
