/** What a school-year reset keeps and what it takes out, by product family; and how a pupil's grade moves on. */

export const resetVariants = ['literacy', 'math'] as const;
export type ResetVariant = (typeof resetVariants)[number];

/**
 * Roles of the people whom a variant is about: Literacy keeps students, one grade on; Math keeps nobody but the staff, so
 * that the relatives of students leave with them. Staff, orgs, courses and academic sessions are kept by both.
 */
export const rolesOf: Record<ResetVariant, readonly string[]> = {
  literacy: ['student'],
  math: ['student', 'parent', 'guardian', 'relative'],
};

/** The grades that follow each other; the last one leaves. */
const ladder = ['KG', '01', '02', '03', '04', '05', '06', '07', '08', '09', '10', '11', '12'];
/** Grades that nothing follows by itself: before kindergarten, beyond the 12th, and outside of the ladder. */
const standing = ['IT', 'PR', 'PK', '13', 'PS', 'UG', 'Other'];

export type Moved =
  /** One or more grades, one step on. */
  | { to: 'grades'; grades: string }
  /** The 12th grade is over. */
  | { to: 'leave' }
  | { to: 'stay' }
  /** Blank, or no grade that is known, so that nobody can tell what follows. */
  | { to: 'unknown' };

/** @param grades CEDS codes as OneRoster sends them, separated by commas. */
export function movedOn(grades: string | undefined): Moved {
  const codes = (grades ?? '')
    .split(',')
    .map((code) => code.trim())
    .filter((code) => code !== '');
  const places = codes.map((code) => (code === 'TK' ? -1 : ladder.indexOf(code)));
  const known = codes.every((code, at) => code === 'TK' || places[at] !== -1 || standing.includes(code));
  if (codes.length === 0 || !known) return { to: 'unknown' };
  const next = codes.flatMap((code, at) =>
    standing.includes(code) ? [code] : (ladder[(places[at] as number) + 1] ?? []),
  );
  if (next.length === 0) return { to: 'leave' };
  const moved = [...new Set(next)].join(',');
  return moved === codes.join(',') ? { to: 'stay' } : { to: 'grades', grades: moved };
}
