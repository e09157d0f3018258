/**
 * The code that finds records in bytes and judges them (kernel/): in WebAssembly, because it has to be quick from its
 * first call on.
 */

import type { IdPlaces } from '../id-set.ts';
import { kernelCode } from './kernel-code.ts';
import type { Room } from './room.ts';

/** Records with more cells than this are not read by it. */
export const CELLS_LIMIT = 512;

type Exports = {
  begin(tables: number): void;
  read(block: number, from: number, filled: number, line: number, index: number, words: number): number;
  judge(block: number, index: number, rows: number): void;
} & Record<'stoppedAt' | 'stoppedLine' | 'isCut' | Told, { value: number }>;
/** What it tells of the set to which it adds. */
type Told = 'isAdding' | 'size' | 'slots' | 'slotCount' | 'offsets' | 'offsetCount' | 'bytes' | 'byteCount';

export type KernelIds = IdPlaces & { size: number };

/** The code, compiled. */
export const kernelModule = (): WebAssembly.Module =>
  new WebAssembly.Module(Uint8Array.from(atob(kernelCode), (letter) => letter.charCodeAt(0)));

export class Kernel {
  readonly room: Room;
  #code: Exports;

  /** @param module may be shared with another thread, so that it is compiled once. */
  constructor(room: Room, module = kernelModule()) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory: room.memory } });
    this.room = room;
    this.#code = exports as unknown as Exports;
  }

  /** Begins with the records of which it has been told (`tellKernel`). */
  begin(): void {
    this.#code.begin(this.room.tablesAt);
  }

  /** Reads records; returns how many. Positions are those of `bytes`. */
  read(bytes: Uint8Array, index: Int32Array, from: number, filled: number, line: number): number {
    const block = bytes.byteOffset;
    return this.#code.read(block, block + from, block + filled, line, index.byteOffset, index.length);
  }

  /** After `read`: where the record stands that was not read, its line, and whether it only was not over. */
  stopped(bytes: Uint8Array): { at: number; line: number; isCut: boolean } {
    const { stoppedAt, stoppedLine, isCut } = this.#code;
    return { at: stoppedAt.value - bytes.byteOffset, line: stoppedLine.value, isCut: isCut.value === 1 };
  }

  judge(bytes: Uint8Array, index: Int32Array, rows: number): void {
    this.#code.judge(bytes.byteOffset, index.byteOffset, rows);
  }

  /** The set to which it adds; undefined where it does not, or does so no more. */
  get ids(): KernelIds | undefined {
    const told = (name: Told): number => this.#code[name].value >>> 0;
    if (told('isAdding') === 0) return undefined;
    return { size: told('size'), ...this.places };
  }

  /** Where that set stands. */
  get places(): IdPlaces {
    const told = (name: Told): number => this.#code[name].value >>> 0;
    return {
      slots: { at: told('slots'), length: told('slotCount') },
      offsets: { at: told('offsets'), length: told('offsetCount') },
      bytes: { at: told('bytes'), length: told('byteCount') },
    };
  }
}
