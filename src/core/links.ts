/** From the index of one record to those of others: one each in a typed array, the rest beside it. */

/** Longer lists are not searched one by one. */
const LIST_LIMIT = 16;

export class Links {
  #first = new Int32Array(1024).fill(-1);
  #more = new Map<number, number[] | Set<number>>();

  add(from: number, to: number): void {
    if (from >= this.#first.length) this.#grow(from);
    if ((this.#first[from] as number) < 0) this.#first[from] = to;
    else {
      const more = this.#more.get(from);
      if (!more) this.#more.set(from, [to]);
      else if (!Array.isArray(more)) more.add(to);
      else if (more.length < LIST_LIMIT) more.push(to);
      else this.#more.set(from, new Set(more).add(to));
    }
  }

  /** Whether anything is linked from here. */
  has(from: number): boolean {
    return from >= 0 && from < this.#first.length && (this.#first[from] as number) >= 0;
  }

  includes(from: number, to: number): boolean {
    if (this.#first[from] === to) return true;
    const more = this.#more.get(from);
    return more !== undefined && (Array.isArray(more) ? more.includes(to) : more.has(to));
  }

  #grow(index: number): void {
    const first = new Int32Array(Math.max(index + 1, this.#first.length * 2)).fill(-1);
    first.set(this.#first);
    this.#first = first;
  }
}
