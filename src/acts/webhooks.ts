/** Acts on webhooks: add, list, stop, start, remove and try them out. */
import { makeWebhook, sendAgain, sendTest } from '../alert/endpoints.ts';
import { Refusal } from '../core/refusal.ts';
import { listDistricts } from '../db/districts.ts';
import * as db from '../db/webhooks.ts';
import { type ActsDeps, noted } from './deps.ts';
import { districtOf } from './lookups.ts';

export function webhookActs(deps: ActsDeps) {
  return {
    /** Answers with the secret, which cannot be read again. @param events names, or none for all. */
    async addWebhook({ url, events: names = [], district }: { url: string; events?: string[]; district?: string }) {
      const webhook = await makeWebhook(deps, { url, events: names, districtId: await districtId(district) });
      await noted(deps.db, 'webhook added', webhook.id, { events: webhook.events });
      return webhook;
    },

    async webhooks() {
      const all = await listDistricts(deps.db);
      return (await db.listWebhooks(deps.db)).map(({ districtId, ...row }) => ({
        ...row,
        district: all.find(({ id }) => id === districtId)?.siteCode ?? null,
      }));
    },

    async setWebhook({ id, state }: { id: string; state: db.Webhook['state'] }) {
      await known(id);
      await db.setWebhookState(deps.db, id, state);
      await noted(deps.db, `webhook ${state === 'active' ? 'started' : 'stopped'}`, id);
      return { id, state };
    },

    async removeWebhook({ id }: { id: string }) {
      await known(id);
      await db.removeWebhook(deps.db, id);
      await noted(deps.db, 'webhook removed', id);
      return { id };
    },

    /** Sends a test event at once, and answers with what came of it. */
    async testWebhook({ id }: { id: string }) {
      await known(id);
      await noted(deps.db, 'webhook tested', id);
      return sendTest(deps, id);
    },

    /** Sends a message once more, and answers with what came of it. @param message its id, as the log says it. */
    async sendWebhookAgain({ id, message }: { id: string; message: string }) {
      await known(id);
      const sent = await sendAgain(deps, id, message);
      await noted(deps.db, 'webhook message sent again', id, { message });
      return sent;
    },

    /** What it was told, newest first. */
    async webhookLog({ id, limit = 50 }: { id: string; limit?: number }) {
      await known(id);
      return (await db.messagesOf(deps.db, id, { limit: Math.min(Math.max(1, limit), 1000) })).map(messageFacts);
    },
  };

  async function known(id: string): Promise<void> {
    if (!(await db.webhookById(deps.db, id))) throw new Refusal('webhook-unknown', 404, `There is no webhook ${id}.`);
  }
  async function districtId(text: string | undefined): Promise<string | null> {
    return text === undefined ? null : (await districtOf(deps.db, text)).id;
  }
}

const messageFacts = ({ id, event, state, attempts, createdAt, nextTryAt, doneAt, status, trouble }: db.Message) => ({
  id,
  event,
  state,
  attempts,
  createdAt,
  nextTryAt: state === 'waiting' ? nextTryAt : null,
  doneAt,
  status,
  trouble,
});
