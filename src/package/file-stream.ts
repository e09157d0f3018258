/** One file on its way through the second thread: blocks go round in a ring. Until the thread is up, they are read here. */

import { type AheadStream, type AheadTable, type Block, PIECE_AT, PIECE_BYTES } from '../core/ahead/block.ts';
import type { Kernel } from '../core/ahead/kernel.ts';
import { tellKernel } from '../core/ahead/kernel-tables.ts';
import { AheadReader, type Begun, type Found } from '../core/ahead/reader.ts';
import type { Room, RoomBlock } from '../core/ahead/room.ts';
import type { ToThread } from './ahead.ts';

type Piece = { block: number; length: number; last: boolean };

export class FileStream implements AheadStream {
  waiting = 0;
  #room: Room;
  #table: AheadTable;
  #post: (message: ToThread) => void;
  /** Reads here; undefined once the thread does. */
  #reader: AheadReader | undefined;
  /** What is to be read here when it is asked for. */
  #here: Piece[] = [];
  /** The block that is being filled, and how far. */
  #at = 0;
  #filled = 0;
  #ended = false;
  #ready: Block[] = [];
  #wake: { resolve(block: Block): void; reject(error: Error): void } | undefined;
  #fault: Error | undefined;

  /** @param kernel reads until `handOver` is called; without it, the thread is up. */
  constructor(room: Room, table: AheadTable, post: (message: ToThread) => void, kernel: Kernel | undefined) {
    this.#room = room;
    this.#table = table;
    this.#post = post;
    const begun = this.#begun(table);
    if (kernel) this.#reader = new AheadReader(kernel, begun);
    else post({ read: begun });
  }

  get isOver(): boolean {
    return this.#ended && this.waiting === 0;
  }

  push(bytes: Uint8Array, from: number): number {
    const taken = Math.min(bytes.length - from, PIECE_BYTES - this.#filled);
    const { bytes: room } = this.#room.blocks[this.#at] as RoomBlock;
    room.set(bytes.subarray(from, from + taken), PIECE_AT + this.#filled);
    this.#filled += taken;
    if (this.#filled === PIECE_BYTES) this.#send(false);
    return from + taken;
  }

  end(): void {
    this.#send(true);
    this.#ended = true;
  }

  async next(): Promise<Block> {
    if (this.#fault) throw this.#fault;
    const piece = this.#here.shift();
    const block = piece ? this.#read(piece) : (this.#ready.shift() ?? (await this.#arrival()));
    this.waiting--;
    return block;
  }

  /** The thread is up, and reads on. */
  handOver(): void {
    if (!this.#reader || this.#reader.gaveUp || this.isOver) return;
    const { ids, ...rest } = this.#reader.rest();
    const { seed } = this.#table;
    this.#post({ read: this.#begun({ ...this.#table, ...rest, ids: ids && { ...ids, seed } }) });
    this.#reader = undefined;
    for (const piece of this.#here.splice(0)) this.#post(piece);
  }

  arrived({ block, ...found }: Found & { block: number }): void {
    const whole = { ...(this.#room.blocks[block] as RoomBlock), ...found };
    const wake = this.#wake;
    this.#wake = undefined;
    if (wake) wake.resolve(whole);
    else this.#ready.push(whole);
  }

  /** The thread has ended, which is of no concern to what is read here. */
  failed(error: Error): void {
    if (this.#reader) return;
    this.#fault = error;
    this.#wake?.reject(error);
  }

  #begun(table: AheadTable): Begun {
    const { carry, line, fields } = table;
    return { carry, line, width: fields.length, isTold: tellKernel(this.#room, table, false) };
  }

  #arrival(): Promise<Block> {
    return new Promise((resolve, reject) => {
      this.#wake = { resolve, reject };
    });
  }

  #read({ block, length, last }: Piece): Block {
    const { bytes, index } = this.#room.blocks[block] as RoomBlock;
    const reader = this.#reader as AheadReader;
    return { bytes, index, ...reader.read(bytes, index, length, last) };
  }

  #send(last: boolean): void {
    const piece = { block: this.#at, length: this.#filled, last };
    if (this.#reader) this.#here.push(piece);
    else this.#post(piece);
    this.#at = (this.#at + 1) % this.#room.blocks.length;
    this.#filled = 0;
    this.waiting++;
  }
}
