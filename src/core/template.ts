/** Empty files to fill: the headers of a version, a manifest, and a page that explains every column. */

import { type ColumnWords, columnWords } from './column-words.ts';
import { csvLine } from './formats/csv-line.ts';
import { manifestFile, type TextFile } from './formats/write-oneroster-csv.ts';
import type { ProductColumn, ProductProfile } from './profiles/product.ts';
import { columnsOf, fileOf, type Kind, kindsOf, rosterKinds, type Version } from './tables.ts';

type Need = 'required' | 'optional' | 'not used' | 'stays blank';
type Column = ColumnWords & { need: Need; why: string };
export type Sheet = { kind: Kind; need: Need; columns: Column[] };

/**
 * A file for each kind that is to be sent. The manifest says `bulk` for those that are required and `absent` for the
 * others, which are there to be filled if wanted. Without a product: what the standard asks for.
 */
export function templateFiles(version: Version, product?: ProductProfile): TextFile[] {
  const sheets = sheetsOf(version, product);
  const required = sheets.filter(({ need }) => need === 'required');
  return [
    manifestFile(version, new Map(required.map(({ kind }) => [kind, 'bulk'] as const))),
    ...sheets.map(({ kind, columns }) => file(fileOf(kind), csvLine(columns.map(({ field }) => field)))),
    file('README.md', encode(markdown(version, sheets, product))),
    file('README.txt', encode(plainText(version, sheets, product))),
  ];
}

const encoder = new TextEncoder();
const encode = (text: string) => encoder.encode(text);
const file = (name: string, bytes: Uint8Array): TextFile => ({
  name,
  rows: 0,
  *pieces() {
    yield bytes;
  },
});

/** Kinds that a full roster has in any case (OneRoster CSV, what a bulk set contains). */
const standardRequired: readonly Kind[] = [
  'orgs',
  'academicSessions',
  'courses',
  'classes',
  'users',
  'roles',
  'enrollments',
];

/** The files of a version that a product reads, with what is to stand in each column. */
export function sheetsOf(version: Version, product?: ProductProfile): Sheet[] {
  const wanted = kindsOf(version).filter((kind) => (product ? product.files.value[kind] : rosterKinds.includes(kind)));
  return wanted.map((kind) => ({
    kind,
    need: product?.files.value[kind] ?? (standardRequired.includes(kind) ? 'required' : 'optional'),
    columns: columnsOf(kind, version).map((field) => {
      const words = columnWords(kind, field, version);
      return {
        ...words,
        ...needOf(
          words,
          product?.columns.find((one) => one.kind === kind && one.field === field),
        ),
      };
    }),
  }));
}

function needOf({ field, requiredBy }: ColumnWords, column: ProductColumn | undefined): { need: Need; why: string } {
  if (field === 'status' || field === 'dateLastModified') return { need: 'stays blank', why: '' };
  if (requiredBy) return { need: 'required', why: column?.use ?? '' };
  if (!column) return { need: 'optional', why: '' };
  const whose =
    column.who === 'students'
      ? ' (of students)'
      : column.who === 'educators'
        ? ' (of teachers and administrators)'
        : '';
  const sure = column.need === 'required' && column.confidence === 'assumed' ? ' Assumed; ask the vendor.' : '';
  return { need: column.need, why: `${column.use}${sure}${whose}` };
}

const titleOf = (version: Version, product: ProductProfile | undefined): string =>
  `OneRoster ${version} CSV${product ? ` for ${product.title}` : ''}: what to fill`;

function introduction(sheets: Sheet[]): string[] {
  const optional = sheets.filter(({ need }) => need === 'optional').map(({ kind }) => fileOf(kind));
  return [
    'Fill the files, take out README.md and README.txt, and zip the files themselves, not their folder.',
    'Keep every column, also those that stay blank, in the order in which they stand; the names count capitals.',
    'Write plain CSV as UTF-8 with commas. Put a cell with a comma, and every list, in double quotes.',
    'Use a text editor or the export of your SIS: a spreadsheet changes dates, ids and true/false on saving.',
    ...(optional.length === 0
      ? []
      : [
          `${optional.join(', ')} can stay out: take the file out of the zip. To send it, change absent to bulk in manifest.csv.`,
        ]),
    'Extension columns named metadata.<name> may stand to the right of all others.',
    'Before you send it, run: homeroom check <your zip>',
  ];
}

function markdown(version: Version, sheets: Sheet[], product: ProductProfile | undefined): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '\\<') || ' ';
  const parts = sheets.map(({ kind, need, columns }) =>
    [
      `## ${fileOf(kind)} (${need})`,
      '',
      '| column | needed | type | allowed values | example | note |',
      '|---|---|---|---|---|---|',
      ...columns.map(
        (column) =>
          `| ${[`\`${column.field}\``, needWords(column), column.type, column.allowed, column.example && `\`${column.example}\``, [column.note, column.why].filter(Boolean).join(' ')].map(cell).join(' | ')} |`,
      ),
      '',
    ].join('\n'),
  );
  return [
    `# ${titleOf(version, product)}`,
    '',
    ...introduction(sheets).map((line) => `- ${line.replaceAll('<', '\\<')}`),
    '',
    ...parts,
  ].join('\n');
}

const needWords = ({ need }: Column): string => (need === 'required' ? '**required**' : need);

function plainText(version: Version, sheets: Sheet[], product: ProductProfile | undefined): string {
  const title = titleOf(version, product);
  const parts = sheets.flatMap(({ kind, need, columns }) => {
    const heading = `${fileOf(kind)} (${need})`;
    return [heading, '-'.repeat(heading.length), '', ...columns.flatMap(plainColumn)];
  });
  return [title, '='.repeat(title.length), '', ...introduction(sheets).map((line) => `* ${line}`), '', ...parts]
    .join('\r\n')
    .concat('\r\n');
}

function plainColumn({ field, need, type, allowed, example, note, why }: Column): string[] {
  const lines = [
    `${field}: ${need}; ${type}${allowed ? `: ${allowed}` : ''}`,
    ...(example ? [`    example: ${example}`] : []),
    ...[note, why].filter(Boolean).map((words) => `    ${words}`),
  ];
  return [...lines, ''];
}
