/** What the Literacy suite (with MyPath) takes of a OneRoster delivery. */

import { doubtfulLowGrades, languages, lowGrades, otherGrades, vendorColumns } from './columns.ts';
import type { ProductProfile } from './product.ts';

export const literacy: ProductProfile = {
  id: 'literacy',
  title: 'Literacy',
  files: {
    value: {
      orgs: 'required',
      academicSessions: 'required',
      courses: 'required',
      classes: 'required',
      users: 'required',
      roles: 'required',
      enrollments: 'required',
      demographics: 'optional',
    },
    confidence: 'confirmed',
  },
  columns: vendorColumns,
  grades: {
    value: { ...lowGrades, '09': '9', '10': '10', '11': '11', '12': '12', ...otherGrades },
    confidence: 'confirmed',
  },
  doubtfulGrades: { value: doubtfulLowGrades, confidence: 'assumed' },
  username: {
    minLength: { value: 3, confidence: 'confirmed' },
    ignoresCase: { value: true, confidence: 'confirmed' },
  },
  passwordMinLength: { value: 4, confidence: 'confirmed' },
  studentIdMaxLength: { value: 64, confidence: 'confirmed' },
  educatorEmail: { value: 'shared by the roles of a person', confidence: 'sibling' },
  schools: {},
  roles: { value: ['student', 'teacher', 'administrator'], confidence: 'assumed' },
  orgTypes: { value: ['school', 'district'], confidence: 'assumed' },
  language: {
    column: { value: 'metadata.language', confidence: 'assumed' },
    known: { value: languages, confidence: 'confirmed' },
  },
};
