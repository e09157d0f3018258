/** Makes findings from rule ids, so that a rule's words and severity stand in one place. */

import type { Finding, Severity } from './record.ts';
import { rules } from './rules/index.ts';
import type { Profile, Rule } from './rules/rule.ts';

/** Where a finding stands, and what its rule cannot know. `message` defaults to the rule's title. */
export type Where = Partial<Omit<Finding, 'rule' | 'fix'>> & { profile?: Profile };

/**
 * The finding that a rule makes at one place. `severity` overrides the rule's own under the profile (`default` if none
 * is given). Throws on an unknown rule id: a fault of the program, never of the data.
 */
export function finding(ruleId: string, where: Where = {}): Finding {
  const rule = rules.get(ruleId);
  if (rule === undefined) throw new Error(`There is no rule ${ruleId}.`);
  const { profile = 'default', severity = severityOf(rule, profile), message = rule.title, ...place } = where;
  return { rule: rule.id, severity, ...place, message, fix: rule.fix };
}

/** Raised by the strict profile although their basis is practice. */
const strictErrors = new Set(['zip-file-name-alias', 'manifest-oneroster-version-patch']);
/** Never raised: the standard itself allows a longer text to be cut. */
const strictExceptions = new Set(['csv-value-too-long']);

/** The severity of a rule under a profile. */
export function severityOf(rule: Rule, profile: Profile): Severity {
  if (profile === 'lenient') return rule.lenient ?? rule.severity;
  if (profile === 'strict' && isRaised(rule)) return 'error';
  return rule.severity;
}

function isRaised(rule: Rule): boolean {
  if (strictErrors.has(rule.id)) return true;
  return rule.severity === 'warning' && rule.basis !== 'P' && !strictExceptions.has(rule.id);
}
