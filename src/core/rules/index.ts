/** Every rule by its id, in the order in which the docs show them. */

import { apiRules } from './api.ts';
import { calendarRules } from './calendar.ts';
import { cellsRules } from './cells.ts';
import { classesRules } from './classes.ts';
import { csvRules } from './csv.ts';
import { enrollmentsRules } from './enrollments.ts';
import { formatRules } from './formats.ts';
import { gradebookRules } from './gradebook.ts';
import { headerRules } from './header.ts';
import { manifestRules } from './manifest.ts';
import { modeRules } from './mode.ts';
import { packageRules } from './package.ts';
import { peopleRules } from './people.ts';
import { productRules } from './product.ts';
import { referencesRules } from './references.ts';
import { rosterRules } from './roster.ts';
import type { Rule } from './rule.ts';

const structureRules = [...calendarRules, ...classesRules, ...enrollmentsRules, ...peopleRules];
const families = [
  packageRules,
  manifestRules,
  csvRules,
  headerRules,
  modeRules,
  cellsRules,
  referencesRules,
  structureRules,
  gradebookRules,
  rosterRules,
  apiRules,
  productRules,
  formatRules,
];

export const rules: ReadonlyMap<string, Rule> = new Map(families.flat().map((rule) => [rule.id, rule]));
