/** What somebody is, as bits, so that a person may be several things: the roles of 1.1, and those of 1.2 as 1.1 has them. */

import { Codes } from '../bytes.ts';
import { userRoles } from '../tables.ts';

const bitOf = (role: (typeof userRoles)[number]): number => 1 << userRoles.indexOf(role);

export const STUDENT = bitOf('student');
export const TEACHER = bitOf('teacher');
export const FAMILY = bitOf('parent') | bitOf('guardian') | bitOf('relative');
/** A role of the sender's own (`ext:`). */
export const OTHER = 1 << userRoles.length;

const administrator = bitOf('administrator');
const codes = new Codes({
  ...Object.fromEntries(userRoles.map((role) => [role, bitOf(role)])),
  districtAdministrator: administrator,
  principal: administrator,
  siteAdministrator: administrator,
  systemAdministrator: administrator,
  counselor: bitOf('aide'),
});

/** The bit of a role cell, `OTHER` when it is none of the standard ones; 0 when it is blank. */
export function roleBit(buffer: Uint8Array, start: number, end: number): number {
  if (start === end) return 0;
  const code = codes.of(buffer, start, end);
  return code < 0 ? OTHER : code;
}

/** `parent and teacher`. */
export const roleWords = (bits: number): string =>
  userRoles.filter((_, at) => bits & (1 << at)).join(' and ') || 'a role of its own';
