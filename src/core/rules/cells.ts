/** Rules: cells. */

import type { Rule } from './rule.ts';

export const cellsRules: readonly Rule[] = [];
