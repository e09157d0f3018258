/** Aspen, formerly X2, by Follett. */
import type { Preset } from './preset.ts';

export const aspen: Preset = {
  id: 'aspen',
  title: 'Aspen / X2 (Follett)',
  known: '`myfollett.com`, or `aspen` or `x2` as a word of the host',
  matches: ({ hostname }) => /(^|\.)myfollett\.com$|(^|[.-])(aspen|x2)([.-]|$)/i.test(hostname),
  settings: {},
  paths: ['/ims/oneroster/v1p1'],
  hints: [],
};
