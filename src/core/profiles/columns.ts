/** What both suites of the vendor read of each OneRoster column, and what for. */

import type { Confidence, ProductColumn, Who } from './product.ts';

type Need = ProductColumn['need'];
const of =
  (kind: ProductColumn['kind']) =>
  (fields: string, need: Need, use: string, confidence: Confidence = 'assumed', who?: Who): ProductColumn[] =>
    fields.split(' ').map((field) => ({ kind, field, need, use, confidence, ...(who ? { who } : {}) }));

const orgs = of('orgs');
const academicSessions = of('academicSessions');
const courses = of('courses');
const classes = of('classes');
const users = of('users');
const roles = of('roles');
const enrollments = of('enrollments');
const demographics = of('demographics');

/** Without the two mode columns, which a full delivery leaves blank. */
export const vendorColumns: readonly ProductColumn[] = [
  ...orgs('sourcedId name', 'required', 'Key and name of the organization.', 'standard'),
  ...orgs('type', 'required', 'Schools and districts become organizations; other types are passed over.', 'standard'),
  ...orgs('identifier', 'optional', 'Shown; a NCES or state id, and a second key to find the organization by.'),
  ...orgs('parentSourcedId', 'optional', 'Hierarchy; a school without parent goes to the district of the site.'),
  ...academicSessions('sourcedId title type', 'required', 'Names the term.', 'standard'),
  ...academicSessions('startDate endDate schoolYear', 'required', 'Decides which classes are current.', 'standard'),
  ...academicSessions('parentSourcedId', 'optional', 'From a term to its year.'),
  ...courses('sourcedId title orgSourcedId', 'required', 'Classes can be chosen by course.', 'standard'),
  ...courses('schoolYearSourcedId courseCode grades subjects subjectCodes', 'optional', 'Classes can be chosen by it.'),
  ...classes('sourcedId title schoolSourcedId', 'required', 'Key, name and school of the class.', 'standard'),
  ...classes('courseSourcedId classType termSourcedIds', 'required', 'Which classes are taken, and when.', 'standard'),
  ...classes('classCode location periods', 'optional', 'Offered for the name that the class is shown under.'),
  ...classes('grades subjects subjectCodes', 'optional', 'Classes can be chosen by it.'),
  ...users('sourcedId', 'required', 'Key of the person; it never changes.', 'standard'),
  ...users('enabledUser', 'required', 'false is treated as removed.', 'standard'),
  ...users(
    'orgSourcedIds',
    'required',
    'Schools of the person, or the district of a district administrator.',
    'standard',
  ),
  ...users('role', 'required', 'Students, teachers and administrators get accounts.', 'standard'),
  ...users('username', 'required', 'Students sign in with it.', 'standard'),
  ...users('givenName familyName', 'required', 'Name of the account.', 'standard'),
  ...users(
    'email',
    'required',
    'The email address is the login of teachers and administrators.',
    'confirmed',
    'educators',
  ),
  ...users('grades', 'required', 'Places the student.', 'assumed', 'students'),
  ...users('userIds', 'optional', 'Id for single sign-on, as {type:id}.'),
  ...users('identifier', 'optional', 'Second id, for example the state id.'),
  ...users('password', 'optional', 'First password of a student; not read for others.'),
  ...users('middleName sms phone agentSourcedIds', 'not used', 'Not kept.'),
  ...users('preferredGivenName preferredMiddleName preferredFamilyName pronouns', 'not used', 'Not kept.'),
  ...users('userMasterIdentifier', 'not used', 'Not kept.'),
  ...users('primaryOrgSourcedId', 'optional', 'The school that stands first.'),
  ...roles(
    'sourcedId userSourcedId roleType role orgSourcedId',
    'required',
    'Role and schools of the person.',
    'standard',
  ),
  ...roles('beginDate endDate', 'optional', 'A role that is over gives no access.'),
  ...roles('userProfileSourcedId', 'not used', 'Not kept.'),
  ...enrollments(
    'sourcedId classSourcedId schoolSourcedId userSourcedId role',
    'required',
    'Who is in which class.',
    'standard',
  ),
  ...enrollments('primary', 'optional', 'The lead teacher.'),
  ...enrollments('beginDate endDate', 'optional', 'An enrollment that has not begun or is over is not active.'),
  ...demographics('sourcedId', 'required', 'sourcedId of the student.', 'standard'),
  ...demographics(
    'birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus',
    'optional',
    'Kept only where the site has turned demographics on.',
  ),
];

/** Languages of the Literacy suite; Math takes the same list as far as is known. */
export const languages = [
  'English',
  'Arabic',
  'Cantonese',
  'French',
  'Haitian Creole',
  'Hmong',
  'Japanese',
  'Korean',
  'Mandarin',
  'Marshallese',
  'Portuguese (Brazil)',
  'Russian',
  'Somali',
  'Spanish',
  'Tagalog',
  'Vietnamese',
] as const;

/** Grades that both suites take alike. */
export const lowGrades: Readonly<Record<string, string | null>> = {
  IT: 'PK',
  PR: 'PK',
  PK: 'PK',
  TK: 'K',
  KG: 'K',
  '01': '1',
  '02': '2',
  '03': '3',
  '04': '4',
  '05': '5',
  '06': '6',
  '07': '7',
  '08': '8',
};
export const otherGrades: Readonly<Record<string, string | null>> = { '13': null, PS: null, UG: null, Other: null };
export const doubtfulLowGrades: Readonly<Record<string, string>> = {
  IT: 'the product places the student in PK',
  PR: 'the product places the student in PK',
  TK: 'the product places the student in K',
};
