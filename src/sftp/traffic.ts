/** Stops reading from a client that sends faster than the disk writes, or asks for more than it takes. */

import type { Socket } from 'node:net';

const highBytes = 8 * 1024 * 1024;
const lowBytes = 2 * 1024 * 1024;
/** What a request costs beside its data, so that a flood of small ones is bounded too. */
export const requestBytes = 4096;

export class Traffic {
  #socket: Socket;
  #heldBytes = 0;
  #paused = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('drain', () => this.#weigh());
  }

  /** Bytes of a request that is not answered yet. */
  add(bytes: number): void {
    this.#heldBytes += bytes;
    this.#weigh();
  }

  done(bytes: number): void {
    this.#heldBytes -= bytes;
    this.#weigh();
  }

  /** What is written meanwhile leaves as one: ssh2 writes each packet in three pieces. */
  together(write: () => void): void {
    this.#socket.cork();
    try {
      write();
    } finally {
      this.#socket.uncork();
    }
  }

  #weigh(): void {
    const bytes = this.#heldBytes + this.#socket.writableLength;
    if (!this.#paused && bytes > highBytes) {
      this.#paused = true;
      this.#socket.pause();
    } else if (this.#paused && bytes < lowBytes) {
      this.#paused = false;
      this.#socket.resume();
    }
  }
}
