/** Rules: csv. */

import type { Rule } from './rule.ts';

export const csvRules: readonly Rule[] = [];
