/** What a rule is: one object that is the logic's words, the page in the docs, `homeroom explain` and its own test. */

import type { Version } from '../tables.ts';

export type Profile = 'default' | 'strict' | 'lenient';

/** Files that replace or join the files of a clean delivery; `null` takes a file out. */
export type Example = Record<string, string | Uint8Array | null>;

export type Rule = {
  /** Stable and public: never renamed, only retired. */
  id: string;
  group:
    | 'package'
    | 'manifest'
    | 'csv'
    | 'header'
    | 'mode'
    | 'cells'
    | 'references'
    | 'structure'
    | 'gradebook'
    | 'roster'
    | 'api'
    | 'product'
    | 'format';
  /** `fatal`: nothing of the delivery is taken; `error`: something is left out. */
  severity: 'fatal' | 'error' | 'warning' | 'info';
  /** S: the standard; T: official test files as implementers report them; P: practice and safety. */
  basis: 'S' | 'T' | 'P';
  /** Lenient profile: the repair is unambiguous, so the fault becomes a warning and the data are taken. */
  lenient?: 'warning';
  versions?: readonly Version[];
  /** The fault, in the present tense: "A required cell is blank". */
  title: string;
  /** Why it matters, with its consequence: one or two sentences. */
  why: string;
  /** What to do in the SIS. */
  fix: string;
  /** Has exactly this fault (and what cannot help following from it). */
  bad: Example;
  /** The same place, put right. */
  good: Example;
  /** Which version the examples are written in; 1.1 when absent. */
  exampleVersion?: Version;
  /** The examples are whole deliveries of this format, and not changes of the clean OneRoster delivery. */
  exampleFormat?: string;
  /** The fault lies in the zip itself, which files cannot show: what is wrong with it. */
  exampleIsZip?: string;
  /** The rule is about what was pulled from an API, and files do not show it. */
  exampleIsPulled?: string;
  /** The rule compares with what went before: what that was. */
  exampleGiven?: string;
};
