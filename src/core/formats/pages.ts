/**
 * Every format as pages show it: its files, and of each column its name, whether it is needed, what it holds, an example
 * and a word of help. One shape for all of them, made of the declarations that read the files.
 */

import { products } from '../profiles/index.ts';
import type { Confidence, ProductProfile } from '../profiles/product.ts';
import { columnRuleWords } from '../profiles/words.ts';
import { fileOf, gradeCodes, type Kind, kinds, tableOf, type Version } from '../tables.ts';
import { sheetsOf } from '../template.ts';
import type { Declaration, FileColumn, FileDeclaration } from './declared/declaration.ts';
import { formats } from './index.ts';

export type PageColumn = {
  name: string;
  /** Other names that are read too. */
  aliases: readonly string[];
  need: 'required' | 'optional' | 'not used' | 'stays blank';
  /** Whose cell is needed, where it is not everyone's; empty when it is. */
  condition: string;
  /** What it holds, in words: `text`, `date`, `ids, separated by commas`. */
  holds: string;
  /** What it may hold, where that is a list; else empty. */
  values: readonly string[];
  example: string;
  help: string;
  /** How surely it is known; empty where that is no question. */
  confidence: Confidence | '';
};

export type PageFile = {
  /** What changes of a product call it: `student`. */
  id: string;
  /** Name of the template, for example `Student.csv`. */
  name: string;
  title: string;
  need: 'required' | 'optional';
  columns: readonly PageColumn[];
  /** The column by which its records are known, where rows may come again; else empty. */
  key: string;
};

/** Who is the same person, or class, from night to night. */
export type PageIdentity = {
  /** What the id of a record is made of, by kind: `student-{StudentNumber}`. */
  ids: readonly { kind: Kind; file: string; id: string }[];
  keysIgnoreCase: boolean;
  /** Month and day on which a school year begins. */
  yearStarts: string;
};

export type FormatPage = {
  /** What commands call it: `oneroster-csv-1.1`, `traditional-literacy`. */
  id: string;
  title: string;
  about: string;
  /** Id of the product that it is for; undefined: for any. */
  product: string | undefined;
  files: readonly PageFile[];
  /** Undefined where the files carry ids of their own. */
  identity: PageIdentity | undefined;
};

/** All formats that have a page, in the order in which they are shown. */
export const formatPages = (): FormatPage[] => [
  oneRosterPage('1.1'),
  oneRosterPage('1.2'),
  ...formats.flatMap(({ declaration }) => (declaration ? [declaredPage(declaration)] : [])),
];

/** OneRoster CSV of one version, as a product needs it where one is named: one of ours, or one as the vendor has changed it. */
export function oneRosterPage(version: Version, wanted?: string | ProductProfile): FormatPage {
  const product = typeof wanted === 'string' ? products.get(wanted) : wanted;
  return {
    id: `oneroster-csv-${version}`,
    title: `OneRoster ${version} CSV`,
    about: `A zip with manifest.csv and a file for each kind of record, as ${version} of the standard has them. Columns keep their order and their capitals.`,
    product: product?.id,
    identity: undefined,
    files: sheetsOf(version, product).map(({ kind, need, columns }) => ({
      id: kind,
      name: fileOf(kind),
      title: kind,
      key: '',
      need: need === 'required' ? 'required' : 'optional',
      columns: columns.map((column) => ({
        name: column.field,
        aliases: [],
        need: column.need,
        condition: '',
        holds: column.type,
        values: valuesOf(tableOf(kind).fields[column.field], version),
        example: column.example,
        help: [column.note, column.why].filter(Boolean).join(' '),
        confidence: '',
      })),
    })),
  };
}

function valuesOf(
  field: ReturnType<typeof tableOf>['fields'][string] | undefined,
  version: Version,
): readonly string[] {
  if (field?.type === 'grades') return gradeCodes;
  return field?.values?.[version] ?? [];
}

/** @param profile as the vendor has changed it; that of the format's product when absent. */
export const declaredPage = (
  declaration: Declaration,
  profile = products.get(declaration.product ?? ''),
): FormatPage => {
  const { id, title, about, product, files, keysIgnoreCase = false, yearStarts = '07-01' } = declaration;
  return {
    id,
    title,
    about,
    product,
    files: Object.entries(files).map(([name, file]) => pageFile(name, file, profile)),
    identity: { ids: idsOf(declaration), keysIgnoreCase, yearStarts },
  };
};

/** Each way in which ids are made, once. */
function idsOf({ files, records }: Declaration): PageIdentity['ids'] {
  const all = kinds.flatMap((kind) =>
    (records[kind] ?? []).flatMap(({ from, fields: { sourcedId } }) => {
      const id = typeof sourcedId === 'string' ? sourcedId : sourcedId?.value;
      return id === undefined ? [] : [{ kind, file: files[from]?.title ?? 'The school year', id }];
    }),
  );
  return all.filter(
    (one, at) => all.findIndex(({ kind, file, id }) => kind === one.kind && file === one.file && id === one.id) === at,
  );
}

const pageFile = (id: string, file: FileDeclaration, profile: ProductProfile | undefined): PageFile => ({
  id,
  key: file.repeats?.key ?? '',
  name: file.name,
  title: file.title,
  need: file.need,
  columns: file.columns.map((column) => pageColumn(column, file.separator ?? ';', profile)),
});

const pageColumn = (column: FileColumn, separator: string, profile: ProductProfile | undefined): PageColumn => ({
  name: column.shownAs ?? column.name,
  aliases: [...new Set([column.name, ...(column.aliases ?? [])])].filter(
    (name) => name !== (column.shownAs ?? column.name),
  ),
  need: column.need,
  condition: column.condition ?? '',
  holds: column.list
    ? `one or more values, separated by ${separator === ';' ? 'semicolons' : `"${separator}"`}`
    : 'text',
  values: column.values ?? [],
  example: column.example,
  help: [column.help, column.rule && profile ? columnRuleWords(column.rule, profile) : ''].filter(Boolean).join(' '),
  confidence: column.confidence ?? '',
});
