/** Takes what the rules say, counts it by rule and severity, and hands each finding on. */

import { finding, severityOf, type Where } from './finding.ts';
import type { Opened } from './formats/format.ts';
import type { Finding, Severity } from './record.ts';
import { rules } from './rules/index.ts';
import type { Profile } from './rules/rule.ts';

/** Takes what is said of a delivery. */
export type Saying = Pick<Tally, 'profile' | 'counts' | 'add' | 'take'>;

export class Tally {
  readonly profile: Profile;
  readonly counts: Record<Severity, number> = { fatal: 0, error: 0, warning: 0, info: 0 };
  readonly rules: Record<string, { severity: Severity; count: number }> = {};
  #translate: Opened['translate'];
  #notAsked: Opened['notAsked'];
  #report: ((finding: Finding) => void) | undefined;

  constructor(profile: Profile, report?: (finding: Finding) => void) {
    this.profile = profile;
    this.#report = report;
  }

  /** From now on, findings are said in the words of a delivery that was opened, or not at all. */
  speakAs({ translate, notAsked }: Pick<Opened, 'translate' | 'notAsked'>): void {
    this.#translate = translate;
    this.#notAsked = notAsked;
  }

  /** Whether a finding of this rule would be handed on: where there are many, it need not be made. */
  asks(rule: string): boolean {
    return this.#notAsked?.has(rule) !== true;
  }

  /** Makes and counts a finding; returns its severity. */
  add(rule: string, where: Where): Severity {
    return this.take(finding(rule, { profile: this.profile, ...where }));
  }

  /** Counts a finding that was made elsewhere. */
  take(found: Finding): Severity {
    if (!this.asks(found.rule)) return found.severity;
    const made = this.#translate ? this.#translate(found) : found;
    if (!made) return found.severity;
    this.counts[made.severity]++;
    const known = this.rules[made.rule];
    if (known) {
      known.count++;
      if (worse(made.severity, known.severity)) known.severity = made.severity;
    } else this.rules[made.rule] = { severity: made.severity, count: 1 };
    this.#report?.(made);
    return made.severity;
  }

  /** Whether the profile takes the data in spite of this fault, because the repair is unambiguous. */
  repairs(rule: string): boolean {
    return this.profile === 'lenient' && rules.get(rule)?.lenient === 'warning';
  }

  /** Whether a fault under this profile costs what it stands on. */
  costs(rule: string): boolean {
    const found = rules.get(rule);
    if (!found) throw new Error(`There is no rule ${rule}.`);
    const severity = severityOf(found, this.profile);
    return severity === 'error' || severity === 'fatal';
  }
}

const ranks: Record<Severity, number> = { fatal: 0, error: 1, warning: 2, info: 3 };
export const worse = (a: Severity, b: Severity): boolean => ranks[a] < ranks[b];
export const bySeverity = (a: Severity, b: Severity): number => ranks[a] - ranks[b];
