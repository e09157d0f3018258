/** Makes values fit to be shown: invisible characters visible, secrets hidden, long text cut. */

const SHOWN_LENGTH = 120;
const marks: Record<string, string> = {
  '\u00a0': '⍽',
  '\u200b': '⟨zero-width space⟩',
  '\u200c': '⟨zero-width⟩',
  '\u200d': '⟨zero-width⟩',
  '\ufeff': '⟨BOM⟩',
  '\t': '⇥',
  '\n': '⏎',
  '\r': '⏎',
  '\0': '⟨NUL⟩',
};
const invisible = /[\u0000-\u001f\u007f\u00a0\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]/gu;

/** The value with invisible characters and spaces at its ends made visible, at most `length` characters of it. */
export function show(value: string, length = SHOWN_LENGTH): string {
  const cut = value.length > length ? `${value.slice(0, length)}…` : value;
  return cut
    .replace(
      invisible,
      (character) => marks[character] ?? `⟨U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`,
    )
    .replace(/^ +| +$/g, (spaces) => '␠'.repeat(spaces.length));
}

/** Whether a text has characters that nobody can see. */
export const hasInvisible = (value: string): boolean => value.search(invisible) >= 0;
export const withoutInvisible = (value: string): string => value.replace(invisible, '');
