/** Sets up webhooks, and tries them out: for the command line and the console alike. */
import { nearest } from '../core/nearest.ts';
import { Refusal } from '../core/refusal.ts';
import type { Db } from '../db/db.ts';
import { newId } from '../db/ids.ts';
import * as db from '../db/webhooks.ts';
import { callableUrl } from '../dial.ts';
import type { Vault } from '../vault.ts';
import type { Desk } from './alerts.ts';
import { type EventName, events } from './events.ts';
import { newSecret } from './signature.ts';
import type { Webhooks } from './webhook.ts';

type Making = { db: Db; vault: Vault; now(): Date };

/** @throws Refusal `webhook-url`, `webhook-event` */
export async function makeWebhook(
  deps: Making,
  webhook: { url: string; events: string[]; districtId: string | null },
): Promise<{ id: string; url: string; events: string[]; secret: string }> {
  const url = callableUrl(webhook.url);
  const names = webhook.events.length === 0 ? ['all'] : [...new Set(webhook.events)];
  for (const name of names) checkEvent(name);
  const id = newId();
  const secret = newSecret();
  const sealed = deps.vault.seal(secret, `webhook:${id}`);
  const { districtId } = webhook;
  const added = { id, url, secret: sealed, events: names, districtId, state: 'active' as const, createdAt: deps.now() };
  await db.addWebhook(deps.db, added);
  return { id, url, events: names, secret };
}

function checkEvent(name: string): void {
  if (name === 'all' || Object.hasOwn(events, name)) return;
  const meant = nearest(name, Object.keys(events));
  const guess = meant === undefined ? `Events: all, ${Object.keys(events).join(', ')}.` : `Did you mean ${meant}?`;
  throw new Refusal('webhook-event', 400, `There is no event "${name.slice(0, 80)}". ${guess}`);
}

type Testing = Desk & { db: Db; now(): Date; tellWebhook: Webhooks['tryNow'] };
export type TestOutcome = { id: string; isDelivered: boolean; status: number | null; trouble: string | null };

/** Sends a test event at once. @throws Refusal `webhook-stopped` */
export async function sendTest(deps: Testing, webhookId: string): Promise<TestOutcome> {
  await activeOnly(deps.db, webhookId);
  const at = deps.now();
  const id = newId();
  const event: EventName = 'test';
  const body = JSON.stringify({ id, event, at: at.toISOString(), district: null, link: `${deps.consoleUrl()}/` });
  await db.addMessage(deps.db, { id, webhookId, event, occasion: `test ${id}`, body, at });
  return tell(deps, { id, webhookId }, at);
}

/** Sends a message once more and at once, as it was. @throws Refusal `webhook-stopped`, `message-unknown` */
export async function sendAgain(deps: Pick<Testing, 'db' | 'now' | 'tellWebhook'>, webhookId: string, id: string) {
  await activeOnly(deps.db, webhookId);
  const at = deps.now();
  if (!(await db.askAgain(deps.db, { webhookId, id }, at)))
    throw new Refusal('message-unknown', 404, 'There is no such message, or it was forgotten by now.');
  return tell(deps, { id, webhookId }, at);
}

async function activeOnly(of: Db, webhookId: string): Promise<void> {
  const webhook = await db.webhookById(of, webhookId);
  if (webhook?.state !== 'active')
    throw new Refusal('webhook-stopped', 409, 'This webhook is stopped. Start it first.');
}

type Telling = Pick<Testing, 'tellWebhook'>;

async function tell(
  { tellWebhook }: Telling,
  message: { id: string; webhookId: string },
  at: Date,
): Promise<TestOutcome> {
  const tried = await tellWebhook(message, at);
  return {
    id: message.id,
    isDelivered: tried?.state === 'delivered',
    status: tried?.status ?? null,
    trouble: tried?.trouble ?? null,
  };
}
