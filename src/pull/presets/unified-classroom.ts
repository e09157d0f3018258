/** PowerSchool Unified Classroom: key and secret stand in the body of the token request. */
import type { Preset } from './preset.ts';

export const unifiedClassroom: Preset = {
  id: 'powerschool-unified-classroom',
  title: 'PowerSchool Unified Classroom',
  known: 'its token address, `accounts.powerschool.com`',
  matches: ({ hostname }) => hostname === 'accounts.powerschool.com',
  settings: { clientAuth: 'body' },
  paths: [],
  tokenUrls: () => ['https://accounts.powerschool.com/as/token.oauth2'],
  hints: [],
};
