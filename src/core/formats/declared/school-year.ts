/** The school year on a day: formats without terms place every class in it. */

export type SchoolYear = { startYear: string; endYear: string; startDate: string; endDate: string };

export const schoolYearColumns = ['startYear', 'endYear', 'startDate', 'endDate'] as const;

/**
 * The school year that a day (`YYYY-MM-DD`) lies in.
 * @param starts month and day on which it begins, for example `07-01`.
 */
export function schoolYearOn(day: string, starts = '07-01'): SchoolYear {
  const year = Number(day.slice(0, 4));
  const startYear = day.slice(5) >= starts ? year : year - 1;
  const startDate = `${String(startYear).padStart(4, '0')}-${starts}`;
  const next = Date.parse(`${String(startYear + 1).padStart(4, '0')}-${starts}T00:00:00Z`);
  const endDate = new Date(next - DAY_MS).toISOString().slice(0, 10);
  return { startYear: String(startYear), endYear: String(startYear + 1), startDate, endDate };
}

const DAY_MS = 86_400_000;
