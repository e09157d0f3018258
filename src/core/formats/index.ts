/** Every format, in the order in which a bundle is tried against them. */

import { declaredFormat } from './declared/declared-format.ts';
import type { Format } from './format.ts';
import { oneRosterCsv } from './oneroster-csv.ts';
import { traditionalLiteracy, traditionalMath } from './traditional/traditional.ts';

export const formats: readonly Format[] = [oneRosterCsv, ...[traditionalLiteracy, traditionalMath].map(declaredFormat)];
