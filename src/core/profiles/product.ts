/** What a product profile is: facts about what a product takes, each with how surely it is known. */

import type { Kind } from '../tables.ts';

/**
 * `confirmed`: a published page of the vendor says so; `partly`: the rule is named there, its detail is not; `standard`:
 * OneRoster says so; `sibling`: confirmed for a vendor of the same kind; `assumed`: nothing that was read confirms it; `own`:
 * whoever runs this house has said so for the product.
 */
export type Confidence = 'confirmed' | 'partly' | 'standard' | 'sibling' | 'assumed' | 'own';

/** Something that holds, and how surely. What is only assumed is reported as info, never as warning. */
export type Fact<T> = { value: T; confidence: Confidence };

/** Whose cell is meant: users of any role, students, or those who teach and administer. */
export type Who = 'everyone' | 'students' | 'educators';

export type ProductColumn = {
  kind: Kind;
  field: string;
  need: 'required' | 'optional' | 'not used';
  /** Only for users of these roles; `everyone` when absent. */
  who?: Who;
  confidence: Confidence;
  /** What the product does with it. */
  use: string;
};

export type ProductProfile = {
  id: string;
  title: string;
  /** Files that the product reads. */
  files: Fact<Partial<Record<Kind, 'required' | 'optional'>>>;
  columns: readonly ProductColumn[];
  /** CEDS grades and what they become; `null`: not taken. */
  grades: Fact<Readonly<Record<string, string | null>>>;
  /** Grades that become something that may not be meant: why. */
  doubtfulGrades: Fact<Readonly<Record<string, string>>>;
  username: {
    minLength?: Fact<number>;
    /** Letters and digits only. */
    plain?: Fact<true>;
    /** Two students of a site may not differ by capitals alone. */
    ignoresCase: Fact<boolean>;
  };
  passwordMinLength: Fact<number>;
  studentIdMaxLength?: Fact<number>;
  /** A first name may not hold a digit. */
  noDigitInGivenName?: Fact<true>;
  /** The email address is the educator's login: valid, and one for each role that they have. */
  educatorEmail: Fact<'shared by the roles of a person' | 'one for each role'>;
  /** How many schools a person may have. */
  schools: { students?: Fact<1>; educators?: Fact<1> };
  /** Roles of users that become accounts. */
  roles: Fact<readonly string[]>;
  /** Types of orgs that become organizations. */
  orgTypes: Fact<readonly string[]>;
  /** Extension column in which a language may stand, and those that are known. */
  language: { column: Fact<string>; known: Fact<readonly string[]> };
};
