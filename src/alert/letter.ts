/** Makes mails of words: a subject that says what it is about, some lines, one link; text and HTML say the same. */

export type Letter = { subject: string; text: string; html: string };

const subjectLimit = 200;

/**
 * @param about what it is about, such as `Lakeview Unified, Literacy`.
 * @param paragraphs lines of one paragraph stand in one string, with line breaks between them.
 */
export function letter(parts: {
  about: string;
  state: string;
  paragraphs: string[];
  link: string;
  footer: string;
}): Letter {
  const { about, state, paragraphs, link, footer } = parts;
  const plain = paragraphs.map((paragraph) => paragraph.replaceAll(/[^\P{Cc}\n]/gu, ' '));
  return {
    subject: oneLine(`${about}: ${state}`, subjectLimit),
    text: `${[...plain, link, footer].join('\n\n')}\n`,
    html: [
      ...plain.map((paragraph) => `<p>${escaped(paragraph).replaceAll('\n', '<br>\n')}</p>`),
      `<p><a href="${escaped(link)}">${escaped(link)}</a></p>`,
      `<p><small>${escaped(footer)}</small></p>\n`,
    ].join('\n'),
  };
}

function oneLine(text: string, limit: number): string {
  const line = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1).trimEnd()}…`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
