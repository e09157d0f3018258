/** Blackbaud: signed requests to the school, or tokens from SKY. */
import type { Preset } from './preset.ts';

export const blackbaud: Preset = {
  id: 'blackbaud',
  title: 'Blackbaud',
  known: '`myschoolapp.com`, or the token address of SKY',
  matches: ({ hostname }) => /(^|\.)myschoolapp\.com$/.test(hostname) || hostname === 'oauth2.sky.blackbaud.com',
  settings: { auth: 'oauth1', version: '1.1' },
  paths: ['/ims/oneroster/v1p1'],
  hints: ['With a SKY application, use OAuth 2 and the token address https://oauth2.sky.blackbaud.com/token'],
};
