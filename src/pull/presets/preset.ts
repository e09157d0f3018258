/** What is known of a system beforehand, so that a district need not be asked; everything can be set otherwise. */
import type { PullSettings } from '../../core/pull-settings.ts';

export type Preset = {
  id: string;
  /** Its name for people. */
  title: string;
  /** By what addresses it is recognised, for people. */
  known: string;
  /** Whether an address or a token address is one of this system. */
  matches(url: URL): boolean;
  /** Whether what an API answers shows that it is one of this system, where its address does not. */
  shows?(seen: Shown): boolean;
  /** Settings that differ from the usual ones. */
  settings: Partial<PullSettings>;
  /** Paths below the host at which its API lies, most likely first; `{app}` stands for what the address holds. */
  paths: readonly string[];
  /** Token addresses for an API address, most likely first; all of them under hosts of the system. */
  tokenUrls?(address: URL): string[];
  /** What its people or its users have to know: sentences. */
  hints: readonly string[];
};

/** What the answers of an API have shown that tells systems apart. */
export type Shown = {
  /** Names of the headers, in lower case. */
  headers: Set<string>;
  /** Addresses in references. */
  hrefs: Set<string>;
};

/** A system whose API is none of OneRoster: nothing is sent to it. */
export type Elsewhere = Pick<Preset, 'id' | 'title' | 'known' | 'matches'> & {
  /** How its rosters come instead: sentences. */
  instead: string;
};
