/** WebUntis, which does not tell how many records there are. */
import type { Preset } from './preset.ts';

export const untis: Preset = {
  id: 'untis',
  title: 'WebUntis',
  known: '`webuntis.com`',
  matches: ({ hostname }) => /(^|\.)webuntis\.com$/i.test(hostname),
  settings: { version: '1.1' },
  paths: ['/ims/oneroster/v1p1'],
  hints: ['The number of records is not told, so pages are read until one is empty.'],
};
