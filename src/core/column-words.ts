/** Says in words what a column holds: its type, its allowed values, an example, and what is easily got wrong. */

import { baseSheets } from './rules/base-delivery.ts';
import { type Field, type FieldType, fileOf, gradeCodes, type Kind, tableOf, type Version } from './tables.ts';

const types: Record<FieldType, string> = {
  guid: 'id',
  ref: 'id',
  refs: 'ids, separated by commas',
  string: 'text',
  id: 'text',
  strings: 'texts, separated by commas',
  grades: 'grade codes, separated by commas',
  enum: 'one of a list',
  enums: 'some of a list, separated by commas',
  boolean: 'true or false',
  date: 'date',
  dateTime: 'time in UTC',
  year: 'year',
  integer: 'whole number',
  float: 'number',
  userIds: 'ids of the form {type:id}',
  scoreScaleValues: 'pairs of the form {left:right}',
  learningObjectiveId: 'text',
};

export type ColumnWords = {
  field: string;
  type: string;
  /** Allowed values, or what it refers to; empty when free. */
  allowed: string;
  example: string;
  note: string;
  requiredBy: 'standard' | null;
};

export function columnWords(kind: Kind, field: string, version: Version): ColumnWords {
  const declared = tableOf(kind).fields[field] as Field;
  return {
    field,
    type: types[declared.type],
    allowed: allowedOf(declared, version),
    example: exampleOf(kind, field, declared, version),
    note: notes[`${kind}.${field}`] ?? notes[field] ?? '',
    requiredBy: declared.required.includes(version) ? 'standard' : null,
  };
}

function allowedOf({ type, values, to, only, extensible }: Field, version: Version): string {
  if (to !== undefined) {
    const which = only ? ` of type ${only.join(' or ')}` : '';
    return `sourcedId of ${fileOf(to as Kind)}${which}`;
  }
  if (type === 'grades') return gradeCodes.join(' ');
  if (type === 'date') return 'YYYY-MM-DD';
  if (type === 'dateTime') return 'YYYY-MM-DDThh:mm:ss.sssZ';
  if (type === 'year') return 'YYYY';
  if (type === 'guid') return 'letters, digits and . - _ / @, up to 255';
  if (!values) return '';
  const own = extensible && version === '1.2' ? ', or ext: and a value of your own' : '';
  return `${values[version].join(', ')}${own}`;
}

/** What the clean delivery of the rules has in the column, or a value of the type. */
function exampleOf(kind: Kind, field: string, { type, values }: Field, version: Version): string {
  const [header = [], ...rows] = baseSheets(version)[fileOf(kind)] ?? [];
  const at = header.indexOf(field);
  const filled = rows.map((row) => row[at] ?? '').find((cell) => cell !== '');
  if (filled) return filled;
  return examples[`${kind}.${field}`] ?? examples[field] ?? values?.[version][0] ?? byType[type] ?? '';
}

const byType: Partial<Record<FieldType, string>> = {
  date: '2025-08-18',
  year: '2026',
  integer: '80',
  float: '87.5',
  refs: 'a,b',
};

const examples: Record<string, string> = {
  status: '',
  dateLastModified: '',
  middleName: 'Ann',
  sms: '+1 555 0100',
  phone: '+1 555 0101',
  preferredGivenName: 'Tom',
  preferredMiddleName: 'Ann',
  preferredFamilyName: 'Stone',
  pronouns: 'she/her',
  userMasterIdentifier: '8f2c-000451',
  countryOfBirthCode: 'US',
  stateOfBirthAbbreviation: 'UT',
  cityOfBirth: 'Provo',
  publicSchoolResidenceStatus: '01652',
  periods: '1,3,5',
  americanIndianOrAlaskaNative: 'false',
  profileType: 'Single sign-on',
  vendorId: 'vendor-1',
  applicationId: 'app-1',
  credentialType: 'saml',
  'userProfiles.sourcedId': 'profile-1',
  userSourcedId: 'stu-1',
  userProfileSourcedId: 'profile-1',
  description: 'Account of the learning platform',
  'userProfiles.username': 'tomi.adeyemi',
};

const notes: Record<string, string> = {
  sourcedId: 'Unique in the file, never used for something else, the same every night.',
  status: 'Blank in a full (bulk) file.',
  dateLastModified: 'Blank in a full (bulk) file.',
  endDate: 'The day after the last day.',
  beginDate: 'The first day.',
  startDate: 'The first day.',
  schoolYear: 'The year in which the school year ends: 2025-26 is 2026.',
  grades: 'Two digits: 09, not 9.',
  password: 'Best left blank: use single sign-on.',
  subjectCodes: 'As many codes as subjects, in the same order, or none.',
  subjects: 'Without commas inside a subject.',
  'orgs.identifier': 'The number that people know, such as the NCES id.',
  'orgs.parentSourcedId': 'The district of a school; another row of this file.',
  'academicSessions.parentSourcedId': 'The school year of a term; another row of this file.',
  'academicSessions.type': 'One row of type schoolYear, with terms or semesters below it.',
  'courses.orgSourcedId': 'Usually the district.',
  'classes.classType': 'homeroom for form groups, scheduled for everything on the timetable.',
  'classes.termSourcedIds': 'Several for a class that lasts longer than one term.',
  'classes.schoolSourcedId': 'The school, not the district.',
  'users.enabledUser': 'false closes the account and keeps the record.',
  'users.orgSourcedIds': 'All schools of the person.',
  'users.role': 'One role for each row; a second role needs a second row.',
  'users.username': 'Must be what the person signs in with.',
  'users.identifier': 'The student or staff number that people know.',
  'users.agentSourcedIds': 'Parents and guardians of a student; rows of this file.',
  'enrollments.role': 'Parents and aides have no enrollments.',
  'enrollments.primary': 'true for one teacher of a class; blank for students.',
  'enrollments.schoolSourcedId': 'The school of the class.',
  'demographics.sourcedId': 'The sourcedId of the student in users.csv.',
  'roles.roleType': 'One primary role for each person and org.',
};
