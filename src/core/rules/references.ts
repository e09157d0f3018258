/** Rules: references. */

import type { Rule } from './rule.ts';

export const referencesRules: readonly Rule[] = [];
