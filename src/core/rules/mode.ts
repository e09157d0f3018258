/** Rules: mode. */

import type { Rule } from './rule.ts';

export const modeRules: readonly Rule[] = [];
