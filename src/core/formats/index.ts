/** Every format, in the order in which a bundle is tried against them. */

import { declaredFormat } from './declared/declared-format.ts';
import type { Format } from './format.ts';
import { oneRosterCsv } from './oneroster-csv.ts';
import { canvas } from './presets/canvas.ts';
import { clever } from './presets/clever.ts';
import { sdsV1 } from './presets/sds-v1.ts';
import { sdsV2 } from './presets/sds-v2.ts';
import { simplifiedLiteracy, simplifiedMath } from './simplified.ts';
import { traditionalLiteracy, traditionalMath } from './traditional/traditional.ts';

export const formats: readonly Format[] = [
  oneRosterCsv,
  ...[traditionalLiteracy, traditionalMath, simplifiedLiteracy, simplifiedMath, clever, sdsV1, sdsV2, canvas].map(
    declaredFormat,
  ),
];
