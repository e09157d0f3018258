/** Fits the console's pages about mails, alerts and webhooks to the rest. */
import type { Desk } from '../alert/alerts.ts';
import { wants } from '../alert/contacts.ts';
import { makeWebhook, sendAgain, sendTest } from '../alert/endpoints.ts';
import { events } from '../alert/events.ts';
import { alertKinds, checkKind, choosable } from '../alert/messages.ts';
import type { Webhooks } from '../alert/webhook.ts';
import { allContacts, choose, listAlerts } from '../db/alerts.ts';
import type { Pool } from '../db/db.ts';
import { listMails, mailById } from '../db/mails.ts';
import { listWebhooks, messagesOf, removeWebhook, setWebhookState, webhookById } from '../db/webhooks.ts';
import type { AlertDeps } from '../http/alert-deps.ts';
import type { Vault } from '../vault.ts';

export type AlertParts = Desk & { db: Pool; vault: Vault; tellWebhook: Webhooks['tryNow']; now(): Date };

export function alertDeps({ db, consoleUrl, vault, tellWebhook, now }: AlertParts): AlertDeps {
  return {
    mails: (range) => listMails(db, range),
    async mail(id) {
      const mail = await mailById(db, id);
      // Whoever reads another's mail here is not let in by it.
      return mail && { ...mail, text: mail.text.replaceAll('{link}', '(a link that only the mail itself has)') };
    },
    async alerts(scope) {
      const rows = await listAlerts(db, scope);
      return rows.map((row) => ({ ...row, title: titleOf(row.kind) }));
    },
    async choices(accountId) {
      const contact = (await allContacts(db)).find(({ id }) => id === accountId);
      const place = { districtId: contact?.districtId ?? null, sourceId: null };
      return {
        gets: choosable.map((kind) => ({
          kind,
          title: titleOf(kind),
          gets: contact !== undefined && wants(contact, kind, place),
        })),
        choices: contact?.choices ?? [],
      };
    },
    async choose(accountId, choice) {
      checkKind(choice.kind);
      await choose(db, accountId, choice);
    },
    webhooks: () => listWebhooks(db),
    events: () =>
      Object.entries(events)
        .filter(([name]) => name !== 'test')
        .map(([name, about]) => ({ name, about })),
    async webhook(id) {
      const found = await webhookById(db, id);
      if (!found) return undefined;
      const { secret: _, ...webhook } = found;
      return webhook;
    },
    addWebhook: (webhook) => makeWebhook({ db, vault, now }, webhook),
    setWebhook: (id, state) => setWebhookState(db, id, state),
    removeWebhook: (id) => removeWebhook(db, id),
    testWebhook: (id) => sendTest({ consoleUrl, db, now, tellWebhook }, id),
    sendWebhookAgain: (id, message) => sendAgain({ db, now, tellWebhook }, id, message),
    webhookLog: (id, range) => messagesOf(db, id, range),
  };
}

/** "Held: a delivery waits for a person", or of the digest what it is. */
const titleOf = (kind: string): string =>
  kind === 'digest' ? 'Digest: what is new, once a day' : (alertKinds[kind as keyof typeof alertKinds]?.title ?? kind);
