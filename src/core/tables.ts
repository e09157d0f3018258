/**
 * Every OneRoster table and field, declared once: types, checks, SQL, templates and reference docs derive from here.
 * Facts: OneRoster 1.1 and 1.2 (1.2.1) CSV binding, "Data model of the CSV files".
 */

export type Version = '1.1' | '1.2';

export type FieldType =
  | 'guid'
  | 'ref'
  | 'refs'
  | 'string'
  | 'id'
  | 'strings'
  | 'grades'
  | 'enum'
  | 'enums'
  | 'boolean'
  | 'date'
  | 'dateTime'
  | 'year'
  | 'integer'
  | 'float'
  | 'userIds'
  | 'scoreScaleValues'
  | 'learningObjectiveId';

/** `none` may be shown anywhere; the others are personal data and never reach logs, metrics or alert texts. */
export type Privacy = 'none' | 'identifier' | 'pii' | 'sensitive' | 'credential';

export type Field = {
  type: FieldType;
  /** Versions in which the cell must be filled. */
  required: readonly Version[];
  /** Versions in which the column exists. */
  versions: readonly Version[];
  privacy: Privacy;
  /** Allowed tokens, by version. */
  values?: Readonly<Record<Version, readonly string[]>>;
  /** In 1.2 `ext:` tokens are allowed beside the listed ones. */
  extensible?: boolean;
  /** The kind a reference points to (see `targetOf`). */
  to?: string;
  /** Allowed `type` of the record a reference points to (1.2 also allows `ext:` types). */
  only?: readonly string[];
  /** An exclusive end may not come before the day named by this field. */
  notBefore?: string;
};

export type Layer = 'rostering' | 'gradebook' | 'resources';
export type Table = { layer: Layer; versions: readonly Version[]; fields: Readonly<Record<string, Field>> };

const BOTH = ['1.1', '1.2'] as const;
type Options = {
  required?: boolean | readonly Version[];
  versions?: readonly Version[];
  privacy?: Privacy;
  only?: readonly string[];
  notBefore?: string;
  extensible?: boolean;
};

function field(type: FieldType, options: Options = {}, more: Pick<Field, 'to' | 'values'> = {}): Field {
  const { versions = BOTH, required, privacy = 'none', ...rest } = options;
  const requiredIn = required === true ? versions : required || [];
  return { type, versions, required: requiredIn, privacy, ...rest, ...more };
}

const string = (o: Options = {}) => field('string', o);
const id = (o: Options = {}) => field('id', o);
const strings = (o: Options = {}) => field('strings', o);
const date = (o: Options = {}) => field('date', o);
const year = (o: Options = {}) => field('year', o);
const integer = (o: Options = {}) => field('integer', o);
const float = (o: Options = {}) => field('float', o);
const ref = (to: string, o: Options = {}) => field('ref', o, { to });
const refs = (to: string, o: Options = {}) => field('refs', o, { to });
const oneOf = (v: readonly string[], o: Options = {}, v12: readonly string[] = v) =>
  field('enum', o, { values: { '1.1': v, '1.2': v12 } });
const someOf = (v: readonly string[], o: Options = {}) => field('enums', o, { values: { '1.1': v, '1.2': v } });
const flag = (o: Options = {}) =>
  field('boolean', o, { values: { '1.1': ['true', 'false'], '1.2': ['true', 'false'] } });

/** CEDS Entry Grade Level codes: the vocabulary of 1.1, customary in 1.2. */
export const gradeCodes = [
  'IT',
  'PR',
  'PK',
  'TK',
  'KG',
  '01',
  '02',
  '03',
  '04',
  '05',
  '06',
  '07',
  '08',
  '09',
  '10',
  '11',
  '12',
  '13',
  'PS',
  'UG',
  'Other',
] as const;
const grades = (o: Options = {}) => field('grades', o, { values: { '1.1': gradeCodes, '1.2': gradeCodes } });

export const userRoles = [
  'administrator',
  'aide',
  'guardian',
  'parent',
  'proctor',
  'relative',
  'student',
  'teacher',
] as const;
export const roleNames = [
  'aide',
  'counselor',
  'districtAdministrator',
  'guardian',
  'parent',
  'principal',
  'proctor',
  'relative',
  'siteAdministrator',
  'student',
  'systemAdministrator',
  'teacher',
] as const;
const enrollmentRoles = ['administrator', 'proctor', 'student', 'teacher'] as const;
const scoreStatuses = ['exempt', 'fully graded', 'not submitted', 'partially graded', 'submitted'] as const;

/** sourcedId and the two mode columns stand first in every file. */
const head = {
  sourcedId: field('guid', { required: true }),
  status: oneOf(['active', 'tobedeleted']),
  dateLastModified: field('dateTime'),
};

const ONLY_12 = { versions: ['1.2'] } as const;
const ONLY_11 = { versions: ['1.1'] } as const;
type More<F> = typeof head & F;
function table<F extends Record<string, Field>>(layer: Layer, fields: F, versions: readonly Version[] = BOTH) {
  return { layer, versions, fields: { ...head, ...fields } as More<F> };
}
/** A table that OneRoster 1.2 added. */
const table12 = <F extends Record<string, Field>>(layer: Layer, fields: F) => table(layer, fields, ['1.2']);

/** In the order of loading: a table stands after the tables that it refers to. */
export const tables = {
  orgs: table('rostering', {
    name: string({ required: true }),
    type: oneOf(['department', 'school', 'district', 'local', 'state', 'national'], {
      required: true,
      extensible: true,
    }),
    identifier: string(),
    parentSourcedId: ref('orgs'),
  }),
  academicSessions: table('rostering', {
    title: string({ required: true }),
    type: oneOf(['gradingPeriod', 'semester', 'schoolYear', 'term'], { required: true, extensible: true }),
    startDate: date({ required: true }),
    endDate: date({ required: true, notBefore: 'startDate' }),
    parentSourcedId: ref('academicSessions'),
    schoolYear: year({ required: true }),
  }),
  courses: table('rostering', {
    schoolYearSourcedId: ref('academicSessions', { only: ['schoolYear'] }),
    title: string({ required: true }),
    courseCode: string(),
    grades: grades(),
    orgSourcedId: ref('orgs', { required: true }),
    subjects: strings(),
    subjectCodes: strings(),
  }),
  classes: table('rostering', {
    title: string({ required: true }),
    grades: grades(),
    courseSourcedId: ref('courses', { required: true }),
    classCode: string(),
    classType: oneOf(['homeroom', 'scheduled'], { required: true, extensible: true }),
    location: string(),
    schoolSourcedId: ref('orgs', { required: true, only: ['school'] }),
    termSourcedIds: refs('academicSessions', { required: true }),
    subjects: strings(),
    subjectCodes: strings(),
    periods: strings(),
  }),
  users: table('rostering', {
    sourcedId: field('guid', { required: true, privacy: 'identifier' }),
    enabledUser: flag({ required: true }),
    orgSourcedIds: refs('orgs', { required: true, ...ONLY_11 }),
    role: oneOf(userRoles, { required: true, ...ONLY_11 }),
    username: string({ required: true, privacy: 'pii' }),
    userIds: field('userIds', { privacy: 'pii' }),
    givenName: string({ required: true, privacy: 'pii' }),
    familyName: string({ required: true, privacy: 'pii' }),
    middleName: string({ privacy: 'pii' }),
    identifier: string({ privacy: 'pii' }),
    email: string({ privacy: 'pii' }),
    sms: string({ privacy: 'pii' }),
    phone: string({ privacy: 'pii' }),
    agentSourcedIds: refs('users', { privacy: 'identifier' }),
    grades: grades({ privacy: 'pii' }),
    password: string({ privacy: 'credential' }),
    userMasterIdentifier: string({ privacy: 'pii', ...ONLY_12 }),
    preferredGivenName: string({ privacy: 'pii', ...ONLY_12 }),
    preferredMiddleName: string({ privacy: 'pii', ...ONLY_12 }),
    preferredFamilyName: string({ privacy: 'pii', ...ONLY_12 }),
    primaryOrgSourcedId: ref('orgs', ONLY_12),
    pronouns: string({ privacy: 'sensitive', ...ONLY_12 }),
  }),
  userProfiles: table12('rostering', {
    userSourcedId: ref('users', { required: true, privacy: 'identifier', ...ONLY_12 }),
    profileType: string({ required: true, ...ONLY_12 }),
    vendorId: string({ required: true, ...ONLY_12 }),
    applicationId: string(ONLY_12),
    description: string(ONLY_12),
    credentialType: string({ required: true, ...ONLY_12 }),
    username: string({ required: true, privacy: 'credential', ...ONLY_12 }),
    password: string({ privacy: 'credential', ...ONLY_12 }),
  }),
  roles: table12('rostering', {
    userSourcedId: ref('users', { required: true, privacy: 'identifier', ...ONLY_12 }),
    roleType: oneOf(['primary', 'secondary'], { required: true, ...ONLY_12 }),
    role: oneOf(roleNames, { required: true, extensible: true, ...ONLY_12 }),
    beginDate: date(ONLY_12),
    endDate: date({ notBefore: 'beginDate', ...ONLY_12 }),
    orgSourcedId: ref('orgs', { required: true, ...ONLY_12 }),
    userProfileSourcedId: ref('userProfiles', ONLY_12),
  }),
  demographics: table('rostering', {
    sourcedId: field('guid', { required: true, privacy: 'identifier' }, { to: 'users' }),
    birthDate: date({ privacy: 'sensitive' }),
    sex: oneOf(['male', 'female'], { privacy: 'sensitive', extensible: true }, [
      'male',
      'female',
      'unspecified',
      'other',
    ]),
    americanIndianOrAlaskaNative: flag({ privacy: 'sensitive' }),
    asian: flag({ privacy: 'sensitive' }),
    blackOrAfricanAmerican: flag({ privacy: 'sensitive' }),
    nativeHawaiianOrOtherPacificIslander: flag({ privacy: 'sensitive' }),
    white: flag({ privacy: 'sensitive' }),
    demographicRaceTwoOrMoreRaces: flag({ privacy: 'sensitive' }),
    hispanicOrLatinoEthnicity: flag({ privacy: 'sensitive' }),
    countryOfBirthCode: string({ privacy: 'sensitive' }),
    stateOfBirthAbbreviation: string({ privacy: 'sensitive' }),
    cityOfBirth: string({ privacy: 'sensitive' }),
    publicSchoolResidenceStatus: string({ privacy: 'sensitive' }),
  }),
  enrollments: table('rostering', {
    classSourcedId: ref('classes', { required: true }),
    schoolSourcedId: ref('orgs', { required: true, only: ['school'] }),
    userSourcedId: ref('users', { required: true, privacy: 'identifier' }),
    role: oneOf(enrollmentRoles, { required: true, extensible: true }),
    primary: flag(),
    beginDate: date(),
    endDate: date({ notBefore: 'beginDate' }),
  }),
  resources: table('resources', {
    vendorResourceId: id({ required: true }),
    title: string(),
    roles: someOf(userRoles, { extensible: true }),
    importance: oneOf(['primary', 'secondary']),
    vendorId: id(),
    applicationId: id(),
  }),
  classResources: table('resources', {
    title: string(),
    classSourcedId: ref('classes', { required: true }),
    resourceSourcedId: ref('resources', { required: true }),
  }),
  courseResources: table('resources', {
    title: string(),
    courseSourcedId: ref('courses', { required: true }),
    resourceSourcedId: ref('resources', { required: true }),
  }),
  userResources: table12('resources', {
    userSourcedId: ref('users', { required: true, privacy: 'identifier', ...ONLY_12 }),
    orgSourcedId: ref('orgs', ONLY_12),
    classSourcedId: ref('classes', ONLY_12),
    resourceSourcedId: ref('resources', { required: true, ...ONLY_12 }),
  }),
  categories: table('gradebook', {
    title: string({ required: true }),
    weight: integer(ONLY_12),
  }),
  scoreScales: table12('gradebook', {
    title: string({ required: true, ...ONLY_12 }),
    type: string({ required: true, ...ONLY_12 }),
    orgSourcedId: ref('orgs', { required: true, ...ONLY_12 }),
    courseSourcedId: ref('courses', { required: true, ...ONLY_12 }),
    classSourcedId: ref('classes', { required: true, ...ONLY_12 }),
    scoreScaleValue: field('scoreScaleValues', { required: true, ...ONLY_12 }),
  }),
  lineItems: table('gradebook', {
    title: string({ required: true }),
    description: string(),
    assignDate: date({ required: true }),
    dueDate: date({ required: true }),
    classSourcedId: ref('classes', { required: true }),
    categorySourcedId: ref('categories', { required: true }),
    gradingPeriodSourcedId: ref('academicSessions', { required: true, ...ONLY_11 }),
    academicSessionSourcedId: ref('academicSessions', { required: true, ...ONLY_12 }),
    resultValueMin: float({ required: ['1.1'] }),
    resultValueMax: float({ required: ['1.1'] }),
    schoolSourcedId: ref('orgs', { required: true, only: ['school'], ...ONLY_12 }),
  }),
  lineItemScoreScales: table12('gradebook', {
    title: string(ONLY_12),
    lineItemSourcedId: ref('lineItems', { required: true, ...ONLY_12 }),
    scoreScaleSourcedId: ref('scoreScales', { required: true, ...ONLY_12 }),
  }),
  lineItemLearningObjectiveIds: table12('gradebook', {
    lineItemSourcedId: ref('lineItems', { required: true, ...ONLY_12 }),
    source: oneOf(['case', 'unknown'], { required: true, extensible: true, ...ONLY_12 }),
    learningObjectiveId: field('learningObjectiveId', { required: true, ...ONLY_12 }),
  }),
  results: table('gradebook', {
    lineItemSourcedId: ref('lineItems', { required: true }),
    studentSourcedId: ref('users', { required: true, privacy: 'identifier' }),
    scoreStatus: oneOf(scoreStatuses, { required: true, extensible: true }),
    score: float({ required: ['1.1'], privacy: 'sensitive' }),
    scoreDate: date({ required: true }),
    comment: string({ privacy: 'sensitive' }),
    textScore: string({ privacy: 'sensitive', ...ONLY_12 }),
    classSourcedId: ref('classes', ONLY_12),
    inProgress: flag({ privacy: 'sensitive', ...ONLY_12 }),
    incomplete: flag({ privacy: 'sensitive', ...ONLY_12 }),
    late: flag({ privacy: 'sensitive', ...ONLY_12 }),
    missing: flag({ privacy: 'sensitive', ...ONLY_12 }),
  }),
  resultScoreScales: table12('gradebook', {
    title: string(ONLY_12),
    resultSourcedId: ref('results', { required: true, ...ONLY_12 }),
    scoreScaleSourcedId: ref('scoreScales', { required: true, ...ONLY_12 }),
  }),
  resultLearningObjectiveIds: table12('gradebook', {
    resultSourcedId: ref('results', { required: true, ...ONLY_12 }),
    source: oneOf(['case', 'unknown'], { required: true, extensible: true, ...ONLY_12 }),
    learningObjectiveId: field('learningObjectiveId', { required: true, ...ONLY_12 }),
    score: float({ privacy: 'sensitive', ...ONLY_12 }),
    textScore: string({ privacy: 'sensitive', ...ONLY_12 }),
  }),
} as const;

export type Kind = keyof typeof tables;
/** One record as text: a field that is blank or not sent is absent. */
export type RecordOf<K extends Kind> = { sourcedId: string } & { [F in keyof (typeof tables)[K]['fields']]?: string };

/** All kinds in the order of loading; remove in the reverse order. */
export const kinds = Object.keys(tables) as Kind[];
/** The kinds that the live roster holds; the others are checked and stay in the archive. */
export const rosterKinds = kinds.filter((kind) => tables[kind].layer === 'rostering');
/** The kinds without which there is no roster. */
export const keyKinds = ['orgs', 'classes', 'users', 'enrollments'] as const satisfies readonly Kind[];

export const tableOf = (kind: Kind): Table => tables[kind];
/** The fields of a kind, in the order of their declaration (the union of the versions). */
export const fieldNames = (kind: Kind): string[] => Object.keys(tables[kind].fields);
/** The columns of a kind's file in one version, in the standard's order. */
export const columnsOf = (kind: Kind, version: Version): string[] =>
  Object.entries(tableOf(kind).fields).flatMap(([name, field]) => (field.versions.includes(version) ? [name] : []));
/** The kind that a reference field points to. */
export const targetOf = (field: Field): Kind | undefined => field.to as Kind | undefined;
export const kindsOf = (version: Version): Kind[] => kinds.filter((kind) => tableOf(kind).versions.includes(version));
export const fileOf = (kind: Kind): string => `${kind}.csv`;
