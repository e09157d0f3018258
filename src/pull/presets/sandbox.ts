/** The sandbox against which programs are certified. */
import type { Preset } from './preset.ts';

export const sandbox: Preset = {
  id: 'certification-sandbox',
  title: 'Certification sandbox',
  known: '`imsglobal.org`',
  matches: ({ hostname }) => /(^|\.)imsglobal\.org$/i.test(hostname),
  settings: { version: '1.1', changes: 'off' },
  paths: ['/ims/oneroster/v1p1'],
  tokenUrls: () => ['https://oauth2server.imsglobal.org/oauth2server/clienttoken'],
  hints: ['It ignores filters and sorting.'],
};
