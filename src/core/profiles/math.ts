/** What the Math suite takes of a OneRoster delivery. */

import { doubtfulLowGrades, languages, lowGrades, otherGrades, vendorColumns } from './columns.ts';
import type { ProductProfile } from './product.ts';

const highSchool = 'it depends on the course, and is Algebra I where no course says otherwise';

export const math: ProductProfile = {
  id: 'math',
  title: 'Math',
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
    value: {
      ...lowGrades,
      '09': 'Algebra I',
      '10': 'Algebra I',
      '11': 'Algebra I',
      '12': 'Algebra I',
      'Algebra Readiness': 'Algebra Readiness',
      'Algebra I': 'Algebra I',
      Geometry: 'Geometry',
      'HS Math I': 'HS Math I',
      'HS Math II': 'HS Math II',
      ...otherGrades,
    },
    confidence: 'confirmed',
  },
  doubtfulGrades: {
    value: { ...doubtfulLowGrades, '09': highSchool, '10': highSchool, '11': highSchool, '12': highSchool },
    confidence: 'assumed',
  },
  username: {
    plain: { value: true, confidence: 'confirmed' },
    ignoresCase: { value: true, confidence: 'assumed' },
  },
  passwordMinLength: { value: 8, confidence: 'confirmed' },
  noDigitInGivenName: { value: true, confidence: 'partly' },
  educatorEmail: { value: 'one for each role', confidence: 'confirmed' },
  schools: {
    students: { value: 1, confidence: 'assumed' },
    educators: { value: 1, confidence: 'confirmed' },
  },
  roles: { value: ['student', 'teacher', 'administrator'], confidence: 'assumed' },
  orgTypes: { value: ['school', 'district'], confidence: 'assumed' },
  language: {
    column: { value: 'metadata.secondLanguage', confidence: 'assumed' },
    known: { value: languages, confidence: 'assumed' },
  },
};
