/** Adding a school from workbooks as a house without a database does it: counts, and one set that has faults. */

import { Refusal } from '../../src/core/refusal.ts';
import type { SimplifiedDeps } from '../../src/http/simplified-deps.ts';

/** @param onAdd is told what would have been kept. */
export const fakeSimplified = (onAdd: (names: string[]) => void): SimplifiedDeps => ({
  async add(_, { files, isTrial }) {
    if (files.some(({ name }) => name.includes('faulty')))
      throw new Refusal(
        'simplified-faulty',
        422,
        'Nothing was added, because the workbooks have faults. Students faulty.xlsx line 2: grade_level "Third" is not known.',
      );
    if (!isTrial) onAdd(files.map(({ name }) => name));
    return {
      added: { orgs: 1, academicSessions: 1, courses: 3, classes: 3, users: 64, enrollments: 66 },
      known: {},
      remarks: ['Students.xlsx line 12: language "Klingon" is not known and is read as English.'],
    };
  },
});
