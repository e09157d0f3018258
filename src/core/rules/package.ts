/** Rules: package. */

import type { Rule } from './rule.ts';

export const packageRules: readonly Rule[] = [];
