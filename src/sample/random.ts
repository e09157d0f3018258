/** Chance that can be asked again: every number is a function of the seed and of what it is for, so nothing is remembered. */

/** What a number is drawn for; two facets of one record never share a number. */
// biome-ignore format: a list of small numbers
export const facet = {
  district: 1, schoolName: 2, schoolSize: 3, givenName: 4, familyName: 5, middleName: 6, sex: 7, birthday: 8, ethnicity: 9,
  sibling: 10, guardians: 11, guardianName: 12, guardianRole: 13, phone: 14, room: 15, coTeacher: 16, coTeacherChoice: 17,
  secondSchool: 18, number: 19, lateStart: 20, disabled: 21, birthPlace: 22, template: 23, leave: 24, edit: 25, move: 26,
  renewClass: 27, editClass: 28, toggleCoTeacher: 29, replaceStaff: 30, editStaff: 31, editGuardian: 32, editDemographics: 33,
  editCourse: 34, editEnrollment: 35,
} as const;

const rotate = (x: number, bits: number) => (x << bits) | (x >>> (32 - bits));
const blend = (h: number, k: number) =>
  (Math.imul(rotate(h ^ Math.imul(rotate(Math.imul(k, 0xcc9e2d51), 15), 0x1b873593), 13), 5) + 0xe6546b64) | 0;

/** 32 well-mixed bits (MurmurHash3 over four words). */
export function hash(seed: number, what: number, a: number, b = 0): number {
  let h = blend(blend(blend(seed | 0, what), a), b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A number from 0 up to, not including, 1. */
export const unit = (seed: number, what: number, a: number, b = 0): number => hash(seed, what, a, b) / 2 ** 32;

/** A whole number from 0 up to, not including, `limit`. */
export const below = (limit: number, seed: number, what: number, a: number, b = 0): number =>
  Math.floor(unit(seed, what, a, b) * limit);

export function pick<T>(list: readonly T[], seed: number, what: number, a: number, b = 0): T {
  return list[below(list.length, seed, what, a, b)] as T;
}
