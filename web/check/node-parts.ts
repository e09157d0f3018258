/** Stands in for those parts of Node that the zip reader names when it is loaded; it calls only what is here. */

import { Buffer } from 'buffer/';

export { EventEmitter } from 'events/';

/** What a constructor of the old style inherits. */
export function inherits(child: { prototype: object }, parent: { prototype: object }): void {
  Object.setPrototypeOf(child.prototype, parent.prototype);
  Object.setPrototypeOf(child, parent);
}

/** Streams are named there, and never made: entries are read by `ZipSource`. */
export class Readable {}
export class Writable {}
export class Transform {}
export class PassThrough {}

const setImmediate = (act: (...given: unknown[]) => void, ...given: unknown[]): void =>
  void Promise.resolve().then(() => act(...given));

Object.assign(globalThis, { Buffer, setImmediate });
