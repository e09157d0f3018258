/** Writes the page of a format from the declaration that reads its files: every column, whether it is needed, what it holds. */

import type { FormatPage, PageColumn } from '../../core/formats/pages.ts';
import type { Confidence } from '../../core/profiles/product.ts';
import { confidenceWords } from '../../core/profiles/words.ts';
import { code, markdownTable, writtenFrom } from './markdown.ts';

/** Formats have other standards than OneRoster, and other vendors than those of products. */
const words: Record<Confidence, string> = {
  ...confidenceWords,
  confirmed: 'published',
  standard: 'the standard says so',
};

export function formatReference({ id, title, about, product, files }: FormatPage): string {
  const isDoubtful = files.some(({ columns }) => columns.some(({ confidence }) => confidence === 'assumed'));
  return `# ${title}

${writtenFrom('src/core/formats')}

${about.replaceAll('<', '\\<')}

\`homeroom template ${id} --out FOLDER\` writes these files with their headers, \`homeroom check --format ${id} FILES\` checks
them${product ? `; the product is ${code(product)}` : ''}. Capitals, spaces and the signs \`_\`, \`-\` and \`*\` in the names of columns do not count, nor does
their order; columns that are not listed are not read. How a vendor changes names, needs and lists for a product of its own
stands in [other formats](../guide/other-formats.md).
${isDoubtful ? '\nWhat is only **assumed** has been confirmed by nothing that was read, and is easy to change.\n' : ''}
${files.map(fileText).join('\n\n')}
`;
}

function fileText({ name, title, need, columns }: FormatPage['files'][number]): string {
  const hasDoubt = columns.some(({ confidence }) => confidence !== '' && confidence !== 'confirmed');
  const rows = columns.map((column) => [
    code(column.name),
    needOf(column),
    column.holds,
    column.values.join(', '),
    column.example === '' ? '' : code(column.example),
    [column.help, column.aliases.length > 0 ? `Also read as ${column.aliases.map(code).join(', ')}.` : '']
      .filter(Boolean)
      .join(' '),
    ...(hasDoubt ? [words[column.confidence || 'confirmed']] : []),
  ]);
  const header = ['column', 'needed', 'holds', 'values', 'example', 'help', ...(hasDoubt ? ['how it is known'] : [])];
  return `## ${title}: ${code(name)} (${need})\n\n${markdownTable(header, rows)}`;
}

const needOf = ({ need, condition }: PageColumn): string =>
  `${need === 'required' ? '**needed**' : need}${condition === '' ? '' : `, ${condition}`}`;
