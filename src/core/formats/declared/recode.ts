/** Turns text of another encoding or separator into CSV as it is read everywhere: UTF-8 and commas, line by line. */

import { encode } from '../../bytes.ts';
import type { Entry } from '../../record.ts';
import type { FileDeclaration } from './declaration.ts';

type Form = Pick<FileDeclaration, 'delimiter' | 'encoding'>;

/** The entry as UTF-8 with commas; itself where it is that already. */
export function recoded(entry: Entry, { delimiter = ',', encoding = 'utf-8' }: Form): Entry {
  if (delimiter === ',' && encoding === 'utf-8') return entry;
  return {
    ...entry,
    async *bytes() {
      const decoder = new TextDecoder(encoding);
      const commas = delimiter === ',' ? undefined : new Commas(delimiter);
      for await (const piece of entry.bytes()) {
        const text = decoder.decode(piece, { stream: true });
        if (text !== '') yield encode(commas ? commas.push(text) : text);
      }
      const rest = decoder.decode();
      yield encode(commas ? commas.push(rest) + commas.end() : rest);
    },
  };
}

const QUOTED_LIMIT = 1 << 16;

/** Puts commas in place of another separator, and quotes around cells that have a comma in them. */
class Commas {
  #delimiter: string;
  #cell = '';
  #quoted = false;
  #begun = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(text: string): string {
    let out = '';
    for (const character of text) {
      if (this.#quoted && this.#cell.length < QUOTED_LIMIT) {
        this.#cell += character;
        if (character === '"') this.#quoted = false;
      } else if (character === this.#delimiter) out += `${this.#take()},`;
      else if (character === '\n' || character === '\r') out += this.#take() + character;
      else {
        if (character === '"' && (!this.#begun || this.#cell.endsWith('"'))) this.#quoted = true;
        this.#begun = true;
        this.#cell += character;
      }
    }
    return out;
  }

  end(): string {
    return this.#take();
  }

  #take(): string {
    const cell = this.#cell;
    this.#cell = '';
    this.#quoted = false;
    this.#begun = false;
    return cell.includes(',') && !cell.startsWith('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
  }
}
