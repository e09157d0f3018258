/** PowerSchool SIS with its OneRoster plugin. */
import type { Preset } from './preset.ts';

export const powerschool: Preset = {
  id: 'powerschool',
  title: 'PowerSchool SIS',
  known: '`powerschool.com`, or a path that begins with `/ws/v1p1/`',
  matches: ({ hostname, pathname }) => /(^|\.)powerschool\.com$/.test(hostname) || /^\/ws\/v1p1\//.test(pathname),
  settings: { clientAuth: 'basic', pageSize: 1000 },
  paths: ['/api/ims/oneroster/v1p1', '/ws/v1p1/ims/oneroster/v1p1'],
  tokenUrls: ({ origin }) => [`${origin}/oauth/access_token`],
  hints: ['The page size of the plugin is 100 until somebody raises it; 1000 makes pulls ten times as fast.'],
};
