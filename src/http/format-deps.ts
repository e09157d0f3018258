/** What the pages about formats need from the house. */

import type { FormatPage } from '../core/formats/pages.ts';
import type { Actor } from './people-deps.ts';

export type FormatVersionFacts = {
  format: string;
  version: number;
  note: string;
  madeBy: string;
  madeAt: Date;
  isUsed: boolean;
};
type Kept = { format: string; product?: string };
type TriedFacts = {
  kinds: {
    kind: string;
    added: number;
    changed: number;
    removed: number;
    unchanged: number;
    leftOut: number;
    examples: string[];
  }[];
  findings: Record<string, number>;
  rules: { rule: string; severity: string; count: number; before?: number }[];
};

export type FormatDeps = {
  /** Pages of all formats, as a product has changed them where one is named. */
  pages(product: string | undefined): Promise<FormatPage[]>;
  /** @throws Refusal `not-allowed` for people of a district, here and below */
  versions(actor: Actor, kept: Kept | undefined): Promise<FormatVersionFacts[]>;
  /** Sources that read by it. */
  sources(actor: Actor, kept: Kept): Promise<{ id: string; name: string; district: string; product: string }[]>;
  show(
    actor: Actor,
    kept: Kept & { version?: number },
  ): Promise<{
    version: (FormatVersionFacts & { content: string }) | null;
    page: FormatPage;
    lookups: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
    rules: { name: string; value: string; confidence: string }[];
  }>;
  add(actor: Actor, given: Kept & { content: string; note?: string }): Promise<{ format: string; version: number }>;
  use(actor: Actor, given: Kept & { version: number }): Promise<{ format: string; version: number }>;
  try(actor: Actor, given: { source: string; format?: string; version: number }): Promise<TriedFacts>;
};
