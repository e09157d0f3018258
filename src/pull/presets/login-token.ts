/** Small servers of no one maker that give their tokens at `/login`. */
import type { Preset } from './preset.ts';

export const loginToken: Preset = {
  id: 'login-token',
  title: 'A server with tokens at /login',
  known: 'a token address that ends in `/login`',
  matches: ({ pathname }) => /\/login\/?$/i.test(pathname),
  settings: { clientAuth: 'login', version: '1.1' },
  paths: ['/ims/oneroster', '/ims/oneroster/v1p1'],
  hints: [],
};
