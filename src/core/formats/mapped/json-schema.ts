/** Holds a plain value to a JSON Schema, as much of it as our own schemas use, and says what is wrong in sentences. */

import { nearest } from '../../nearest.ts';
import { show } from '../../show.ts';

export type JsonSchema = {
  $ref?: string;
  type?: 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'null';
  const?: unknown;
  enum?: readonly unknown[];
  anyOf?: readonly JsonSchema[];
  properties?: Readonly<Record<string, JsonSchema>>;
  patternProperties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  description?: string;
  examples?: readonly unknown[];
};

export type RootSchema = JsonSchema & {
  $schema?: string;
  $id?: string;
  title?: string;
  $defs: Readonly<Record<string, JsonSchema>>;
};

export type SchemaFault = { path: readonly (string | number)[]; message: string };

const FAULTS_LIMIT = 50;
const DEPTH_LIMIT = 40;

export function validate(value: unknown, root: RootSchema): SchemaFault[] {
  const faults: SchemaFault[] = [];
  check(value, root, [], { root, faults, depth: 0 });
  return faults.slice(0, FAULTS_LIMIT);
}

type Context = { root: RootSchema; faults: SchemaFault[]; depth: number };

function check(value: unknown, schema: JsonSchema, path: SchemaFault['path'], context: Context): void {
  if (context.faults.length >= FAULTS_LIMIT) return;
  if (context.depth > DEPTH_LIMIT) {
    context.faults.push({ path, message: 'is nested too deeply' });
    return;
  }
  const deeper = { ...context, depth: context.depth + 1 };
  if (schema.$ref) return check(value, context.root.$defs[schema.$ref.replace('#/$defs/', '')] ?? {}, path, deeper);
  if (schema.anyOf) return anyOf(value, schema.anyOf, path, deeper);
  const message = wrong(value, schema);
  if (message) context.faults.push({ path, message });
  else if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) if (schema.items) check(item, schema.items, [...path, at], deeper);
  } else if (typeof value === 'object' && value !== null) members(value, schema, path, deeper);
}

/** The alternative that comes nearest says what is wrong. */
function anyOf(value: unknown, choices: readonly JsonSchema[], path: SchemaFault['path'], context: Context): void {
  let best: SchemaFault[] | undefined;
  for (const choice of choices) {
    const faults: SchemaFault[] = [];
    check(value, choice, path, { ...context, faults });
    if (faults.length === 0) return;
    const depth = (found: SchemaFault[]) => Math.max(...found.map((fault) => fault.path.length));
    if (!best || depth(faults) > depth(best) || (depth(faults) === depth(best) && faults.length < best.length))
      best = faults;
  }
  context.faults.push(...(best ?? []));
}

function members(value: object, schema: JsonSchema, path: SchemaFault['path'], context: Context): void {
  const { properties = {}, patternProperties = {}, required = [], additionalProperties = true } = schema;
  for (const name of required) if (!(name in value)) context.faults.push({ path, message: `lacks ${name}` });
  for (const [name, member] of Object.entries(value)) {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const matched = Object.entries(patternProperties).find(([pattern]) => new RegExp(pattern).test(name))?.[1];
    const inner = own ?? matched ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (inner) check(member, inner, [...path, name], context);
    else if (additionalProperties === false) {
      const near = nearest(name, Object.keys(properties));
      context.faults.push({
        path: [...path, name],
        message: `is not known here${near ? `; did you mean ${near}?` : ''}`,
      });
    }
  }
}

function wrong(value: unknown, schema: JsonSchema): string | undefined {
  if ('const' in schema && value !== schema.const) return `has to be ${JSON.stringify(schema.const)}`;
  if (schema.enum && !schema.enum.includes(value)) {
    const near = typeof value === 'string' ? nearest(value, schema.enum.map(String)) : undefined;
    return `has to be one of ${schema.enum.map(String).join(', ')}${near ? `; did you mean ${near}?` : ''}`;
  }
  if (schema.type && typeOf(value) !== schema.type)
    return `has to be ${typeWords[schema.type]}, and is ${typeWords[typeOf(value)] ?? 'something else'}`;
  if (typeof value === 'string') return wrongText(value, schema);
  if (typeof value === 'number')
    return value < (schema.minimum ?? value) || value > (schema.maximum ?? value)
      ? `has to be from ${schema.minimum} to ${schema.maximum}`
      : undefined;
  if (Array.isArray(value)) return wrongCount(value.length, schema.minItems, schema.maxItems);
  if (typeof value === 'object' && value !== null)
    return wrongCount(Object.keys(value).length, schema.minProperties, schema.maxProperties);
  return undefined;
}

function wrongText(
  value: string,
  { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern }: JsonSchema,
): string | undefined {
  if (value.length < minLength) return 'is blank';
  if (value.length > maxLength) return `has more than ${maxLength} characters`;
  if (pattern && !new RegExp(pattern).test(value))
    return `"${show(value)}" has not the form that is asked for (${pattern})`;
  return undefined;
}

function wrongCount(count: number, least = 0, most = Number.POSITIVE_INFINITY): string | undefined {
  if (count < least) return 'is empty';
  return count > most ? `has more than ${most} entries` : undefined;
}

const typeOf = (value: unknown): NonNullable<JsonSchema['type']> | 'number' => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'boolean' || typeof value === 'string') return typeof value as 'boolean' | 'string';
  return 'object';
};

const typeWords: Record<string, string> = {
  object: 'a set of names with values',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'nothing',
};
