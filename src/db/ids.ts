/** Ids are made in the program, so that no database sequence has to be shared between nodes. */
import { v7 } from 'uuid';

/** A new id: UUIDv7, so that ids made later sort later. */
export function newId(): string {
  return v7();
}
