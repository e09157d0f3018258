/** Reads a list of words and what they become, as people write it: `reception = PK`, one in a line. */

import { type Lookup, plainValue } from '../src/core/formats/declared/declaration.ts';

/** @throws Error with the line that is none. */
export function lookupOf(text: string): Lookup {
  const made: Record<string, string | null> = {};
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const sign = line.indexOf('=');
    const word = line.slice(0, sign).trim();
    if (sign < 0 || word === '')
      throw new Error(`Line ${at + 1} says nothing of what becomes of what. Write it as: reception = PK`);
    if (Object.keys(made).some((each) => plainValue(each) === plainValue(word)))
      throw new Error(`Line ${at + 1} has ${word} once more.`);
    made[word] = line.slice(sign + 1).trim() || null;
  }
  return made;
}
