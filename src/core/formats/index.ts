/** Every format, in the order in which a bundle is tried against them. */

import type { Format } from './format.ts';
import { oneRosterCsv } from './oneroster-csv.ts';

export const formats: readonly Format[] = [oneRosterCsv];
