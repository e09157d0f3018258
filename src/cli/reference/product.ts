/** Writes the page of one product from its profile: what it needs of each file and column, and how surely that is known. */

import type { ProductColumn, ProductProfile } from '../../core/profiles/product.ts';
import { confidenceWords, ruleRows } from '../../core/profiles/words.ts';
import { rules } from '../../core/rules/index.ts';
import { fileOf, type Kind, kinds, tableOf } from '../../core/tables.ts';
import { code, markdownTable, writtenFrom } from './markdown.ts';

const whose = { everyone: '', students: ' of students', educators: ' of teachers and administrators' };

export function productPage(profile: ProductProfile): string {
  const { id, title } = profile;
  return `# What ${title} takes of OneRoster

${writtenFrom(`src/core/profiles/${id}.ts and columns.ts`)}

\`homeroom check FILE --product ${id}\` checks a delivery against these on top of [the rules of the standard](../rules.md);
*Try a file* in the console does the same where *${title}* is chosen. Nothing is left out for what stands here: the
roster takes what OneRoster allows, and the product's remarks stand beside it. The files and columns themselves are
described in [OneRoster CSV files](oneroster-csv.md).

What is only **assumed** has been confirmed by nothing that was read, and is reported as \`info\`, never as a warning. Whoever
runs the house can change each rule on this page for a product, in the console under *Products*, *Rules*, or with
\`homeroom format change product-rules\`; see [other formats](../guide/other-formats.md#what-a-product-asks-of-people).

## Files

${markdownTable(['file', 'need', 'in OneRoster'], fileRows(profile))}

How this is known: ${confidenceWords[profile.files.confidence]}.

## Columns

\`status\` and \`dateLastModified\` are not in the tables: they stay blank in a bulk file. **needed** is what a record must
have to be of use; *needed of students* or *of teachers and administrators* is asked of these alone, also where OneRoster
does not.

${kinds.flatMap((kind) => columnTable(kind, profile.columns)).join('\n\n')}

## Who gets an account

${markdownTable(['rule', 'value', 'how it is known'], identityRows(profile))}

## Grades

${markdownTable(['grade in users.csv', `in ${title}`, 'remark'], gradeRows(profile))}

How this is known: ${confidenceWords[profile.grades.confidence]}. Of several grades in one cell the lowest is taken, with a remark. The
remarks are ${confidenceWords[profile.doubtfulGrades.confidence]}.

## Languages

Read from the own column ${code(profile.language.column.value)} of users.csv (${confidenceWords[profile.language.column.confidence]}), without regard to capitals; a language that
is not known becomes English. Known (${confidenceWords[profile.language.known.confidence]}): ${profile.language.known.value.join(', ')}.

## Rules that report it

${productRules().join('\n')}
`;
}

function fileRows({ files }: ProductProfile): string[][] {
  return kinds
    .filter((kind) => tableOf(kind).layer === 'rostering')
    .map((kind) => {
      const need = files.value[kind];
      return [
        code(fileOf(kind)),
        need === 'required' ? '**needed**' : (need ?? 'not used'),
        tableOf(kind).versions.join(', '),
      ];
    });
}

function columnTable(kind: Kind, columns: readonly ProductColumn[]): string[] {
  const own = columns.filter((column) => column.kind === kind);
  if (own.length === 0) return [];
  const rows = own.map(({ field, need, who = 'everyone', use, confidence }) => [
    code(field),
    need === 'required' ? `**needed**${whose[who]}` : `${need}${whose[who]}`,
    valuesOf(kind, field),
    use,
    confidenceWords[confidence],
  ]);
  return [`### ${fileOf(kind)}`, markdownTable(['column', 'need', 'values', 'what for', 'how it is known'], rows)];
}

/** The values of OneRoster; what a product makes of grades has a table of its own. */
function valuesOf(kind: Kind, field: string): string {
  if (kind === 'users' && field === 'grades') return 'see [Grades](#grades)';
  const { values } = tableOf(kind).fields[field] ?? {};
  if (!values) return '';
  return [...new Set([...values['1.1'], ...values['1.2']])].map(code).join(' ');
}

const identityRows = (profile: ProductProfile): string[][] =>
  ruleRows(profile).map(({ name, value, confidence }) => [name, value, confidenceWords[confidence]]);

function gradeRows({ title, grades, doubtfulGrades }: ProductProfile): string[][] {
  return Object.entries(grades.value)
    .sort(([a], [b]) => place(a) - place(b))
    .map(([from, to]) => [code(from), to ?? `not known to ${title}`, doubtfulGrades.value[from] ?? '']);
}

/** Keys that look like whole numbers stand first in an object; the page keeps to the order of school. */
function place(grade: string): number {
  const early = ['IT', 'PR', 'PK', 'TK', 'KG'].indexOf(grade);
  if (early >= 0) return early - 10;
  return /^\d+$/.test(grade) ? Number(grade) : 100;
}

const productRules = (): string[] =>
  [...rules.values()]
    .filter(({ id }) => id.startsWith('product-'))
    .map(({ id, title, severity }) => `- [${id}](../rules.md#${id}) (${severity}): ${title}`);
