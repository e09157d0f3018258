/** Values that the vendor's files hold and what they are in OneRoster: grades, languages, roles. What is assumed is said in the docs. */

import type { Lookup } from '../declared/declaration.ts';

/** The words by which a grade from 1 to 12 goes. */
function numbered(from: number, to: number): Record<string, string> {
  const table: Record<string, string> = {};
  for (let grade = from; grade <= to; grade++) {
    const code = String(grade).padStart(2, '0');
    const ordinal = `${grade}${grade === 1 ? 'st' : grade === 2 ? 'nd' : grade === 3 ? 'rd' : 'th'}`;
    for (const word of [
      String(grade),
      code,
      ordinal,
      `${ordinal} grade`,
      `grade ${grade}`,
      `gr ${grade}`,
      `grade ${code}`,
    ])
      table[word] = code;
  }
  return table;
}

/** From the lowest to the highest, as CEDS codes; null: not taken. The words beside the codes are assumed. */
const beforeSchool: Lookup = {
  it: 'IT',
  pr: 'PR',
  pk: 'PK',
  prek: 'PK',
  'pre-k': 'PK',
  'pre k': 'PK',
  prekindergarten: 'PK',
  'pre-kindergarten': 'PK',
  '-2': 'PK',
  tk: 'TK',
  'transitional kindergarten': 'TK',
  '-1': 'TK',
  k: 'KG',
  kg: 'KG',
  kinder: 'KG',
  kindergarten: 'KG',
  '0': 'KG',
};
const notTaken: Lookup = { '13': null, ps: null, ug: null, other: null };

export const literacyGrades: Lookup = { ...beforeSchool, ...numbered(1, 12), ...notTaken };

/** Math names courses in place of the grades of high school. A plain 9 to 12 is Algebra I where no course says otherwise. */
export const mathGrades: Lookup = {
  ...beforeSchool,
  ...numbered(1, 8),
  'algebra readiness': 'Algebra Readiness',
  'algebra i': 'Algebra I',
  'algebra 1': 'Algebra I',
  ...numbered(9, 12),
  geometry: 'Geometry',
  'hs math i': 'HS Math I',
  'hs math 1': 'HS Math I',
  'hs math ii': 'HS Math II',
  'hs math 2': 'HS Math II',
  ...notTaken,
};

/** The vendor's languages, with their ISO 639 codes as other words (assumed). */
export const languageWords: Lookup = {
  English: 'English',
  Arabic: 'Arabic',
  Cantonese: 'Cantonese',
  French: 'French',
  'Haitian Creole': 'Haitian Creole',
  Hmong: 'Hmong',
  Japanese: 'Japanese',
  Korean: 'Korean',
  Mandarin: 'Mandarin',
  Marshallese: 'Marshallese',
  'Portuguese (Brazil)': 'Portuguese (Brazil)',
  Russian: 'Russian',
  Somali: 'Somali',
  Spanish: 'Spanish',
  Tagalog: 'Tagalog',
  Vietnamese: 'Vietnamese',
  en: 'English',
  eng: 'English',
  ar: 'Arabic',
  ara: 'Arabic',
  yue: 'Cantonese',
  fr: 'French',
  fra: 'French',
  fre: 'French',
  ht: 'Haitian Creole',
  hat: 'Haitian Creole',
  haitian: 'Haitian Creole',
  hmn: 'Hmong',
  ja: 'Japanese',
  jpn: 'Japanese',
  ko: 'Korean',
  kor: 'Korean',
  zh: 'Mandarin',
  cmn: 'Mandarin',
  zho: 'Mandarin',
  chi: 'Mandarin',
  mh: 'Marshallese',
  mah: 'Marshallese',
  pt: 'Portuguese (Brazil)',
  'pt-br': 'Portuguese (Brazil)',
  por: 'Portuguese (Brazil)',
  portuguese: 'Portuguese (Brazil)',
  ru: 'Russian',
  rus: 'Russian',
  so: 'Somali',
  som: 'Somali',
  es: 'Spanish',
  spa: 'Spanish',
  español: 'Spanish',
  tl: 'Tagalog',
  tgl: 'Tagalog',
  fil: 'Tagalog',
  vi: 'Vietnamese',
  vie: 'Vietnamese',
};

/** Roles of staff as OneRoster has them; which schools an administrator has stands in their organizations. */
export const staffRoles: Lookup = {
  'District Administrator': 'administrator',
  'District Admin': 'administrator',
  DistrictAdministrator: 'administrator',
  'School Administrator': 'administrator',
  'School Admin': 'administrator',
  SchoolAdministrator: 'administrator',
  Administrator: 'administrator',
  Admin: 'administrator',
  Teacher: 'teacher',
  Educator: 'teacher',
  T: 'teacher',
};

export const orgTypes: Lookup = { school: 'school', district: 'district' };

export const yesNo: Lookup = {
  true: 'true',
  yes: 'true',
  y: 'true',
  '1': 'true',
  false: 'false',
  no: 'false',
  n: 'false',
  '0': 'false',
};

export const sexes: Lookup = { m: 'male', male: 'male', f: 'female', female: 'female' };

/** Forms in which dates of birth come. */
export const birthDates = ['YYYY-MM-DD', 'M/D/YYYY', 'MM/DD/YYYY', 'YYYY/MM/DD', 'YYYYMMDD'] as const;

export const literacyGradeNames = ['PK', 'K', ...Array.from({ length: 12 }, (_, at) => String(at + 1))];
export const mathGradeNames = [
  'PK',
  'K',
  ...Array.from({ length: 8 }, (_, at) => String(at + 1)),
  'Algebra Readiness',
  'Algebra I',
  'Geometry',
  'HS Math I',
  'HS Math II',
];
