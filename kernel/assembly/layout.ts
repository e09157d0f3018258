/** How src/core/ahead/kernel.ts and this code tell each other things; numbers there and here are the same. */

/** Ways to judge a cell. */
export const REFERENCE = 0;
export const TOKEN = 1;
export const DAY = 2;
export const YEAR = 3;
export const LIST = 4;
export const TOKENS = 5;
export const TEXT = 6;
export const INTEGER = 7;
export const FLOAT = 8;
export const USER_IDS = 9;

/** Marks of a column. */
export const IS_REQUIRED = 1;
export const IS_EMAIL = 2;
export const IS_DIALLED = 4;

/** Of a record whose id has not been added to the set of the check. */
export const NOT_ADDED: i32 = i32.MIN_VALUE;

/** Marks of a record: those of src/core/ahead/block.ts. */
export const IS_PLAIN = 1;
export const IS_UNUSUAL = 2;
export const IS_HASHED = 4;
export const IS_QUOTED = 16;
export const IS_ADDED = 32;
/** Only known here: its id is one. */
export const HAS_ID = 64;
/** Bytes from the beginning of a record to its marks, and to what came of its id. */
export const MARKS_AT = 4;
export const OWN_AT = 8;
export const ROW_LIMIT_BYTES: usize = 0xffff;
