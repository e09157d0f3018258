/** Numbers by the index of a record: a typed array that grows, 0 where nothing was set. */

/** No more room than for so many is made before they come: a delivery may lie about its size. */
const RESERVED = 1 << 20;

/** Some bits of numbers: whether any of them is set, or none. */
export type Bits = { of: Numbers; bits: number; isSet: boolean };
export const has = (of: Numbers, bits: number): Bits => ({ of, bits, isSet: true });
export const lacks = (of: Numbers, bits: number): Bits => ({ of, bits, isSet: false });

export class Numbers {
  #values = new Int32Array(1024);

  /** Makes room for the numbers of so many records at once: memory costs when it is touched first, also what is soon given back. */
  reserve(expected: number): void {
    const count = Math.min(expected, RESERVED);
    if (count > this.#values.length) this.#grow(count - 1);
  }

  get(index: number): number {
    return index < this.#values.length ? (this.#values[index] as number) : 0;
  }

  set(index: number, value: number): void {
    // What stays 0 is not written: memory costs when it is written first.
    if (value === 0 && this.get(index) === 0) return;
    if (index >= this.#values.length) this.#grow(index);
    this.#values[index] = value;
  }

  /** Sets these bits, and keeps the others. */
  mark(index: number, bits: number): void {
    if (index >= this.#values.length) this.#grow(index);
    this.#values[index] = (this.#values[index] as number) | bits;
  }

  /** Whether any of these bits is set. */
  has(index: number, bits: number): boolean {
    return index < this.#values.length && ((this.#values[index] as number) & bits) !== 0;
  }

  add(index: number, amount: number): void {
    if (index >= this.#values.length) this.#grow(index);
    this.#values[index] = (this.#values[index] as number) + amount;
  }

  #grow(index: number): void {
    const values = new Int32Array(Math.max(index + 1, this.#values.length * 2));
    values.set(this.#values);
    this.#values = values;
  }
}
