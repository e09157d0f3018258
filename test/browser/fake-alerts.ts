/** Mails in memory for tests of the console and its API: an ordinary one, and one that lets somebody in. */

import type { AlertDeps, MailFacts } from '../../src/http/alert-deps.ts';

const at = new Date('2026-03-02T10:00:00Z');
const mail: MailFacts = {
  id: '0195562f-0000-7000-8000-000000000001',
  to: 'lee@lakeview.example',
  subject: 'Lakeview Unified, Literacy: held, 412 removals wait for you',
  text: 'A delivery is held.\n',
  secret: false,
  state: 'sent',
  attempts: 1,
  createdAt: at,
  nextTryAt: at,
  doneAt: at,
  trouble: null,
};
export const fakeMails: MailFacts[] = [
  {
    ...mail,
    id: '0195562f-0000-7000-8000-000000000002',
    subject: 'Your invitation',
    text: 'https://rosters.example/invitation?token=abc\n',
    secret: true,
    state: 'kept',
  },
  mail,
];

export function fakeAlerts(): AlertDeps {
  return {
    mails: async ({ state, limit }) => fakeMails.filter((each) => !state || each.state === state).slice(0, limit),
    mail: async (id) => fakeMails.find((each) => each.id === id),
  };
}
