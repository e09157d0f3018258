/** Mails in memory for tests of the console and its API: an ordinary one, and one that lets somebody in. */

import type {
  AlertChoice,
  AlertDeps,
  AlertFacts,
  MailFacts,
  MessageFacts,
  WebhookFacts,
} from '../../src/http/alert-deps.ts';

const at = new Date('2026-11-21T10:00:00Z');
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

const kinds = {
  held: 'Held: a delivery waits for a person',
  rejected: 'Rejected: a delivery could not be read',
  late: 'Late: nothing has arrived',
  renamed: 'Renamed: another file name',
};

const message = { event: 'sync.applied', createdAt: at, nextTryAt: at, doneAt: at, status: 204, trouble: null };
const messages: MessageFacts[] = [
  {
    ...message,
    id: '0195562f-0000-7000-8000-000000000022',
    event: 'sync.held',
    state: 'failed',
    attempts: 10,
    status: 503,
    trouble: 'It answered with status 503.',
  },
  { ...message, id: '0195562f-0000-7000-8000-000000000021', state: 'delivered', attempts: 1 },
];

/** Choices and webhooks are kept for as long as the house is. */
export function fakeAlerts(): AlertDeps {
  const choices = new Map<string, AlertChoice[]>();
  const webhooks = new Map<string, WebhookFacts>();
  let told = messages;
  const open: AlertFacts = {
    id: '0195562f-0000-7000-8000-000000000011',
    kind: 'held',
    title: 'Held: a delivery waits for a person',
    districtId: 'd-lakeview',
    sourceId: 's-lakeview-literacy',
    syncId: null,
    openedAt: at,
    resolvedAt: null,
  };
  const elsewhere: AlertFacts[] = [
    {
      ...open,
      id: '0195562f-0000-7000-8000-000000000012',
      kind: 'late',
      title: 'Late: nothing has arrived',
      districtId: 'd-hill-county',
      sourceId: 's-hill-county-literacy',
    },
    {
      ...open,
      id: '0195562f-0000-7000-8000-000000000013',
      kind: 'rejected',
      title: 'Rejected: a delivery could not be read',
      districtId: 'd-northside',
      sourceId: 's-northside-literacy',
    },
  ];
  const over = { ...open, id: '0195562f-0000-7000-8000-000000000010', districtId: 'd-other', resolvedAt: at };
  const choicesOf = (id: string) => ({
    gets: Object.entries(kinds).map(([kind, title]) => ({
      kind,
      title,
      gets: choices.get(id)?.find((each) => each.kind === kind)?.wanted ?? kind !== 'renamed',
    })),
    choices: choices.get(id) ?? [],
  });
  return {
    mails: async ({ state, limit }) => fakeMails.filter((each) => !state || each.state === state).slice(0, limit),
    mail: async (id) => fakeMails.find((each) => each.id === id),
    alerts: async ({ districtId, isOpen }) =>
      [open, ...elsewhere, over].filter(
        (each) =>
          (!districtId || each.districtId === districtId) &&
          (isOpen === undefined || (each.resolvedAt === null) === isOpen),
      ),
    choices: async (id) => choicesOf(id),
    async choose(id, { scope, kind, wanted }) {
      const others = (choices.get(id) ?? []).filter((each) => each.scope !== scope || each.kind !== kind);
      choices.set(id, wanted === null ? others : [...others, { scope, kind, wanted }]);
    },
    webhooks: async () =>
      [...webhooks.values()].map((each) => ({ ...each, waiting: 0, failed: 0, deliveredAt: null, trouble: null })),
    events: () => [
      { name: 'sync.applied', about: 'A delivery was applied.' },
      { name: 'sync.held', about: 'A delivery waits for a person.' },
    ],
    webhook: async (id) => webhooks.get(id),
    async addWebhook({ url, events: chosen, districtId }) {
      const events = chosen.length > 0 ? chosen : ['all'];
      const id = `webhook-${webhooks.size + 1}`;
      webhooks.set(id, { id, url, events, districtId, state: 'active', createdAt: at });
      return { id, url, events, secret: 'whsec_c2VjcmV0' };
    },
    async setWebhook(id, state) {
      webhooks.set(id, { ...(webhooks.get(id) as WebhookFacts), state });
      return true;
    },
    removeWebhook: async (id) => webhooks.delete(id),
    testWebhook: async (id) => ({ id, isDelivered: true, status: 204, trouble: null }),
    sendWebhookAgain: async (_, message) => {
      told = told.map((each) =>
        each.id === message ? { ...each, state: 'delivered', status: 204, trouble: null } : each,
      );
      return { id: message, isDelivered: true, status: 204, trouble: null };
    },
    webhookLog: async () => told,
  };
}
