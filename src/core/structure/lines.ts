/** A set of lines. Those of formats that are made of several files are large numbers, so that room is made only where lines are. */

const PIECE_BITS = 11;
const PIECE_LINES = 1 << PIECE_BITS;

export class Lines {
  #pieces = new Map<number, Uint32Array>();

  /** True when the line was not there. */
  add(line: number): boolean {
    const piece = this.#pieceOf(line >>> PIECE_BITS);
    const at = (line & (PIECE_LINES - 1)) >>> 5;
    const word = piece[at] as number;
    const bit = 1 << (line & 31);
    piece[at] = word | bit;
    return (word & bit) === 0;
  }

  #pieceOf(number: number): Uint32Array {
    const known = this.#pieces.get(number);
    if (known) return known;
    const piece = new Uint32Array(PIECE_LINES / 32);
    this.#pieces.set(number, piece);
    return piece;
  }
}
