/** GG4L, now SchoolDay. */
import type { Preset } from './preset.ts';

export const gg4l: Preset = {
  id: 'gg4l',
  title: 'GG4L / SchoolDay',
  known: '`gg4l` or `schoolday` in the host',
  matches: ({ hostname }) => /gg4l|schoolday/i.test(hostname),
  settings: { version: '1.1' },
  paths: ['/ims/oneroster/v1p1'],
  hints: [],
};
