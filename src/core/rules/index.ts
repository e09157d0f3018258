/** Every rule by its id, in the order in which the docs show them. */

import { cellsRules } from './cells.ts';
import { csvRules } from './csv.ts';
import { headerRules } from './header.ts';
import { manifestRules } from './manifest.ts';
import { modeRules } from './mode.ts';
import { packageRules } from './package.ts';
import { referencesRules } from './references.ts';
import type { Rule } from './rule.ts';

const families = [packageRules, manifestRules, csvRules, headerRules, modeRules, cellsRules, referencesRules];

export const rules: ReadonlyMap<string, Rule> = new Map(families.flat().map((rule) => [rule.id, rule]));
