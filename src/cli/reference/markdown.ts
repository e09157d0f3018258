/** Markdown as the reference pages need it. */

/** A table; a cell that holds a bar or a line break still is one cell. */
export function markdownTable(head: string[], rows: string[][]): string {
  const line = (cells: string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Words as they are, where Markdown would see a tag, a link or stress. */
export const plain = (words: string): string => words.replace(/[*_<>[\]]/g, '\\$&');

export const code = (text: string): string => `\`${text}\``;

/** Says at the top of a page where its text comes from. */
export const writtenFrom = (source: string): string =>
  `<!-- Written from ${source}: change it there, then: npm run docs. -->`;
