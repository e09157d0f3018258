/** Ids are made in the program, so that no database sequence has to be shared between nodes. */
import { v7, validate } from 'uuid';

/** A new id: UUIDv7, so that ids made later sort later. */
export function newId(): string {
  return v7();
}

/** Whether a text from outside can be an id at all; the database refuses to compare an id with anything else. */
export function isId(text: string): boolean {
  return validate(text);
}
