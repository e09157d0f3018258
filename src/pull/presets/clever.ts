/** Clever, whose API is one of its own: told before a key is sent to it. */
import type { Elsewhere } from './preset.ts';

export const clever: Elsewhere = {
  id: 'clever',
  title: 'Clever',
  known: '`clever.com`',
  matches: ({ hostname }) => /(^|\.)clever\.com$/.test(hostname),
  instead:
    'The API of Clever is one of its own, not one of OneRoster. Take the address of the SIS behind it, or have its files sent: they are a format that is read.',
};
