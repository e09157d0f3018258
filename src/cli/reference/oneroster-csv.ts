/** Writes the page of all OneRoster files and columns from core/tables.ts. */
import {
  columnsOf,
  type Field,
  type FieldType,
  fileOf,
  gradeCodes,
  type Kind,
  kinds,
  type Privacy,
  tableOf,
  type Version,
} from '../../core/tables.ts';
import { code, markdownTable, plain, writtenFrom } from './markdown.ts';

const versions = ['1.1', '1.2'] as const satisfies Version[];

const typeWords: Record<FieldType, string> = {
  guid: 'id',
  ref: 'id',
  refs: 'list of ids',
  string: 'text',
  id: 'text',
  strings: 'list of texts',
  grades: 'list of grades',
  enum: 'one of',
  enums: 'list of',
  boolean: 'one of',
  date: 'date',
  dateTime: 'time',
  year: 'year',
  integer: 'whole number',
  float: 'number',
  userIds: 'list of `{type:id}`',
  scoreScaleValues: 'list of `{left:right}`',
  learningObjectiveId: 'text',
};

const privacyWords: Record<Privacy, string> = {
  none: '',
  identifier: 'identifies a person',
  pii: 'personal',
  sensitive: 'sensitive',
  credential: 'secret',
};

const layerWords = {
  rostering: 'held in the live roster',
  gradebook: 'gradebook: checked and kept in the archive',
  resources: 'resources: checked and kept in the archive',
};

export function onerosterPage(): string {
  return `# OneRoster CSV files

${writtenFrom('src/core/tables.ts')}

Every file and column that Homeroom knows of OneRoster CSV 1.1 and 1.2, in the order of the columns. What is said about
a column that does not keep to this is in [the rules](../rules.md).

- A delivery is one zip with the files at its top, and \`manifest.csv\`, which says of every file whether it is \`bulk\`,
  \`delta\` or \`absent\`.
- Text is UTF-8. All columns of a file stand in its header, also those that stay blank. Own columns are named
  \`metadata.<name>\` and stand to the right of these.
- \`status\` and \`dateLastModified\` stay blank in a bulk file, and are filled in a delta file.
- Dates are written \`2025-08-27\`, times \`2025-08-27T14:05:00.000Z\`, years \`2026\` (the year in which a school year ends).
  An end date is the first day on which it is over.
- Ids have 1 to 255 characters out of letters, digits and \`. - _ / @\`. They are compared exactly, capitals included.
- Lists are separated by commas, without spaces, the whole cell in quotes.
- Grades: ${gradeCodes.map(code).join(' ')}.
- **Personal data**: what is marked never reaches logs. *Secret* columns are not shown in findings either.

${kinds.map((kind) => `- [${fileOf(kind)}](#${fileOf(kind).toLowerCase().replace('.', '')})`).join('\n')}

${kinds.map(fileText).join('\n')}`;
}

function fileText(kind: Kind): string {
  const table = tableOf(kind);
  const rows = Object.entries(table.fields).map(([name, field]) => [
    code(name),
    ...versions.filter((version) => table.versions.includes(version)).map((version) => needOf(name, field, version)),
    contentOf(kind, field),
    privacyWords[field.privacy],
  ]);
  const only = table.versions.length === 1 ? `OneRoster ${table.versions[0]} only; ` : '';
  const head = ['column', ...table.versions.map((version) => `in ${version}`), 'holds', 'personal data'];
  const orders = versions
    .filter((version) => table.versions.includes(version))
    .map((version) => columnsOf(kind, version).length);
  return `## ${fileOf(kind)}

${sentence(`${only}${layerWords[table.layer]}`)}. ${[...new Set(orders)].length === 1 ? `${orders[0]} columns` : `${orders[0]} columns in 1.1, ${orders[1]} in 1.2`}.

${markdownTable(head, rows)}
`;
}

const sentence = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

function needOf(name: string, field: Field, version: Version): string {
  if (!field.versions.includes(version)) return '–';
  if (name === 'status' || name === 'dateLastModified') return 'in a delta';
  return field.required.includes(version) ? '**required**' : 'optional';
}

function contentOf(kind: Kind, field: Field): string {
  const { to, only, notBefore } = field;
  return [
    typeWords[field.type],
    ...(field.type === 'grades' ? [] : [valuesOf(field)]),
    field.type === 'enum' || field.type === 'enums' ? own(field) : '',
    to === undefined ? '' : `of ${to === kind ? 'another row of this file' : code(fileOf(to as Kind))}`,
    only ? `whose type is ${only.join(' or ')}` : '',
    notBefore ? `not before ${code(notBefore)}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function valuesOf({ values }: Field): string {
  if (!values) return '';
  const [first, second] = versions.map((version) => values[version].map(code).join(', '));
  return first === second ? (first as string) : `${first}; in 1.2 ${second}`;
}

const own = ({ extensible }: Field): string => (extensible ? plain('(in 1.2 also own values, as ext:<value>)') : '');
