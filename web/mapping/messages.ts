/** What the page of a mapping and the thread that looks for it say to each other. */

import type { Looked } from './look.ts';

export type Asked =
  | { open: { files: File[]; name: string } }
  | { look: { text: string; ask: number } }
  | { draft: { title: string } };

export type Said =
  | { opened: number }
  | { looked: Looked; ask: number }
  | { drafted: { text: string; notes: string[] } }
  | { failed: string };
