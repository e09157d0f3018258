/** The columns of the Traditional files: names, other names, need, and how surely each is known. */

import { languages } from '../../profiles/columns.ts';
import type { FileColumn } from '../declared/declaration.ts';
import { literacyGradeNames, mathGradeNames } from './values.ts';

export type Suite = 'literacy' | 'math';

const column = (
  name: string,
  need: FileColumn['need'],
  example: string,
  help: string,
  more: Partial<FileColumn> = {},
): FileColumn => ({
  name,
  need,
  example,
  help,
  confidence: 'assumed',
  ...more,
});

const organizationAliases = ['OrgNumber', 'SchoolNumber', 'OrganizationID', 'SchoolID'];
const classAliases = ['GroupNumber', 'SectionNumber', 'ClassID', 'SectionID'];
const gradeNames = (suite: Suite) => (suite === 'math' ? mathGradeNames : literacyGradeNames);

export const organizationColumns: readonly FileColumn[] = [
  column('OrganizationNumber', 'required', '0101', 'Number that the district or its SIS gives; it never changes.', {
    aliases: organizationAliases,
    confidence: 'confirmed',
  }),
  column(
    'OrganizationName',
    'required',
    'Hill Elementary',
    'Name as it is shown; it may change under the same number.',
    {
      confidence: 'confirmed',
    },
  ),
  column('OrganizationType', 'optional', 'school', 'Blank means school.', {
    values: ['school', 'district'],
    confidence: 'confirmed',
  }),
  column('ParentOrganizationNumber', 'optional', '0100', 'Number of the district that the school belongs to.', {
    aliases: ['ParentOrgNumber', 'DistrictNumber'],
    confidence: 'partly',
  }),
  column('TimeZone', 'optional', 'America/Denver', 'Time zone of the school, as its IANA name.'),
  column('ZipCode', 'optional', '80205', 'ZIP code of the school, five digits.'),
];

export const classColumns = (suite: Suite): readonly FileColumn[] => [
  column('ClassNumber', 'required', '0101-3A', 'Number of the class; no other class of the site has it.', {
    aliases: classAliases,
  }),
  column('ClassName', 'required', 'Room 12', 'Name as it is shown; two classes may have the same.', {
    aliases: ['GroupName', 'SectionName'],
  }),
  column('OrganizationNumber', 'required', '0101', 'Number of the school.', { aliases: organizationAliases }),
  column('GradeLevel', 'optional', '3', 'Grades of the class.', {
    aliases: ['Grade'],
    list: true,
    values: gradeNames(suite),
  }),
  column('UserNumber', 'optional', 'T007', 'Numbers of its teachers.', {
    aliases: ['StaffNumber', 'TeacherNumber', 'UserID', 'StaffID'],
    list: true,
  }),
];

export const userColumns: readonly FileColumn[] = [
  column('UserNumber', 'required', 'T007', 'Number of the person; nobody else of the site has it.', {
    aliases: ['StaffNumber', 'TeacherNumber', 'UserID', 'StaffID'],
  }),
  column('FirstName', 'required', 'Ana', 'First name.'),
  column('LastName', 'required', 'Ruiz', 'Last name.'),
  column('MiddleName', 'optional', '', 'Middle name.'),
  column('Username', 'required', 'ana.ruiz@school.example', 'Email address: the person signs in with it.', {
    aliases: ['Email', 'UserName (Email)'],
  }),
  column('Role', 'required', 'Teacher', 'What the person does.', {
    aliases: ['UserRole', 'UserType', 'AccountType', 'EducatorType'],
    values: ['District Administrator', 'School Administrator', 'Teacher'],
  }),
  column(
    'OrganizationNumber',
    'required',
    '0101',
    'Numbers of the schools, or of the district for a district administrator.',
    {
      aliases: organizationAliases,
      list: true,
    },
  ),
  column('ClassNumber', 'optional', '0101-3A', 'Numbers of the classes that the person teaches.', {
    aliases: classAliases,
    condition: 'for teachers',
    list: true,
  }),
  column('Password', 'optional', '', 'Not read: people on the staff choose their own password by a mailed link.', {
    secret: true,
  }),
  column('AlternateUserNumber', 'optional', '', 'A second number, for example the state id.'),
  column('SSOID', 'optional', '', 'Id for single sign-on.', { aliases: ['SSO_ID', 'ThirdPartyID'] }),
];

export const studentColumns = (suite: Suite): readonly FileColumn[] => [
  column('StudentNumber', 'required', '000451', 'Number of the student; it never changes and nobody else gets it.', {
    rule: 'studentId',
    aliases: ['StudentID', 'SIN', 'ExternalAssignedID'],
    confidence: 'partly',
  }),
  column('AlternateStudentNumber', 'optional', '', 'State id; no two students have the same.', {
    aliases: ['AlternateID', 'StateID', 'AltExternalAssignedID'],
    confidence: 'confirmed',
  }),
  column('FirstName', 'required', 'Mia', 'First name.', { rule: 'givenName' }),
  column('LastName', 'required', 'Stone', 'Last name.'),
  column('MiddleName', 'optional', '', 'Middle name.'),
  column(
    'Username',
    'required',
    suite === 'math' ? 'mstone451' : '000451',
    'The student signs in with it; each student of the site has one of its own.',
    { rule: 'username' },
  ),
  column('Password', 'optional', suite === 'math' ? 'lakeview451' : 'lake451', 'First password.', {
    secret: true,
    rule: 'password',
  }),
  column('GradeLevel', 'required', '3', 'Grade of the student.', { aliases: ['Grade'], values: gradeNames(suite) }),
  column('OrganizationNumber', 'required', '0101', 'Number of the school.', {
    aliases: organizationAliases,
    list: true,
    confidence: 'confirmed',
  }),
  column(
    'ClassNumber',
    'optional',
    '0101-3A',
    'Numbers of the classes; a student without one can sign in, and no teacher sees them.',
    {
      aliases: classAliases,
      list: true,
    },
  ),
  ...(suite === 'math' ? mathOnly : literacyOnly),
  column('SSOID', 'optional', '', 'Id for single sign-on.', { aliases: ['SSO_ID', 'ThirdPartyID'] }),
  column(
    'Birthdate',
    'optional',
    '',
    'Date of birth, for example 2017-04-30; kept only where the site has turned demographics on.',
  ),
  column('Gender', 'optional', '', 'Kept only where the site has turned demographics on.', {
    values: ['male', 'female'],
  }),
  column('Ethnicity', 'optional', '', 'Kept only where the site has turned demographics on.', {
    values: ['Hispanic', 'White', 'Black', 'Asian', 'American Indian', 'Pacific Islander', 'Two or more'],
  }),
];

const literacyOnly: readonly FileColumn[] = [
  column('FirstLanguage', 'optional', 'Spanish', 'Language of the spoken help; English where it is blank.', {
    aliases: ['Language', 'AudioLanguage'],
    values: languages,
  }),
];
const yesNoColumn = (name: string, help: string) =>
  column(name, 'optional', 'no', help, { values: ['true', 'false', 'yes', 'no'], confidence: 'partly' });
const mathOnly: readonly FileColumn[] = [
  column('SecondLanguage', 'optional', 'Spanish', 'Language of the support; English where it is blank.', {
    aliases: ['SupportLanguage'],
    values: languages,
  }),
  yesNoColumn('IEP', 'Whether the student has an individualized education program.'),
  yesNoColumn('ELL', 'Whether the student is an English learner.'),
];
