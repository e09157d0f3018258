/** Delivers events to webhooks: signed, bounded in time and size, tried again with growing pauses, and given up at last. */
import type { Db } from '../db/db.ts';
import {
  claimMessage,
  dueMessages,
  forgetMessages,
  type Message,
  noteTry,
  type SealedWebhook,
  setWebhookState,
  type Tried,
  webhookById,
} from '../db/webhooks.ts';
import { DialError, type Dialer } from '../dial.ts';
import type { Log } from '../log.ts';
import { type Vault, VaultError } from '../vault.ts';
import { type About, closeAlerts, type Desk, openAlert } from './alerts.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { signedHeaders } from './signature.ts';

export type Webhooks = {
  /** Delivers what is due. @returns how many messages were taken. */
  deliverDue(now: Date): Promise<number>;
  /** Tries one message at once; undefined when another node has it, or it is not waiting. */
  tryNow(message: Pick<Message, 'id' | 'webhookId'>, now: Date): Promise<Tried | undefined>;
  close(): Promise<void>;
};

export type WebhookOptions = {
  db: Db;
  vault: Vault;
  desk: Desk;
  log: Log;
  /** See `publicDialer`. */
  dialer: Dialer;
  /** Longest time of one try. */
  tryLimitMs?: number;
  /** Days after which messages are forgotten. */
  retentionDays: number;
};

const minute = 60_000;
const hour = 60 * minute;
/** Pauses after each try that did not work; after the last one the message is given up. */
export const pausesMs = [
  15_000,
  minute,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
] as const;
const leaseMs = 5 * minute;
const dueAtOnce = 500;
const answerLimitBytes = 16 * 1024;
const dayMs = 24 * hour;

export function createWebhooks(options: WebhookOptions): Webhooks {
  const rounds = oneAtATime((clock) => deliver(options, clock));
  return {
    deliverDue: rounds.run,
    tryNow: (message, now) => tryMessage(options, message, () => now),
    close: rounds.close,
  };
}

/** Webhooks do not wait for each other; the messages of one go one after the other. */
async function deliver(options: WebhookOptions, clock: () => Date): Promise<number> {
  const due = await dueMessages(options.db, clock(), dueAtOnce);
  const byWebhook = Map.groupBy(due, ({ webhookId }) => webhookId);
  const taken = await Promise.all([...byWebhook.values()].map((messages) => deliverTo(options, messages, clock)));
  await forgetMessages(options.db, new Date(clock().getTime() - options.retentionDays * dayMs));
  return taken.reduce((sum, count) => sum + count, 0);
}

async function deliverTo(
  options: WebhookOptions,
  messages: Pick<Message, 'id' | 'webhookId'>[],
  clock: () => Date,
): Promise<number> {
  let taken = 0;
  for (const message of messages) {
    const tried = await tryMessage(options, message, clock);
    if (tried === undefined) continue;
    // The others would meet the same.
    if (tried.state !== 'delivered') break;
    taken++;
  }
  return taken;
}

async function tryMessage(
  options: WebhookOptions,
  which: Pick<Message, 'id' | 'webhookId'>,
  clock: () => Date,
): Promise<Tried | undefined> {
  const { db, log } = options;
  const webhook = await webhookById(db, which.webhookId);
  if (!webhook) return undefined;
  const now = clock();
  const message = await claimMessage(db, which, now, new Date(now.getTime() + leaseMs));
  if (!message) return undefined;
  const answer = await send(webhook, message, options, now);
  const at = clock();
  const tried = triedOf(message, answer, at);
  await db.tx(async (tx) => {
    await noteTry(tx, message, tried, at);
    if (answer.status === 410) await setWebhookState(tx, webhook.id, 'stopped');
    await alertOn({ ...options, db: tx }, webhook, message, tried, at);
  });
  const facts = { webhookId: webhook.id, messageId: message.id, attempts: message.attempts, status: tried.status };
  if (tried.state === 'failed') log.error({ ...facts, trouble: tried.trouble }, 'an event is given up');
  else if (tried.state === 'waiting')
    log.warn({ ...facts, trouble: tried.trouble }, 'an event could not be delivered yet');
  return tried;
}

type Answer = { status: number | null; trouble: string | null };

function triedOf({ attempts }: Message, { status, trouble }: Answer, at: Date): Tried {
  if (trouble === null) return { state: 'delivered', status, trouble, nextTryAt: null };
  const pauseMs = status === 410 ? undefined : pausesMs[attempts - 1];
  if (pauseMs === undefined) return { state: 'failed', status, trouble, nextTryAt: null };
  return { state: 'waiting', status, trouble, nextTryAt: new Date(at.getTime() + pauseMs) };
}

async function alertOn(
  { db, desk }: Pick<WebhookOptions, 'db' | 'desk'>,
  webhook: SealedWebhook,
  message: Message,
  tried: Tried,
  at: Date,
): Promise<void> {
  const about: About = { subject: `webhook:${webhook.id}`, district: null };
  if (tried.state === 'delivered') return closeAlerts(db, desk, about, ['webhook failing'], at);
  if (tried.state !== 'failed') return;
  const facts = { host: new URL(webhook.url).host, tries: message.attempts, isGone: tried.status === 410 };
  await openAlert(db, desk, { kind: 'webhook failing', occasion: message.id, about, facts, at });
}

async function send(
  webhook: SealedWebhook,
  message: Message,
  { vault, dialer, tryLimitMs = 15_000 }: WebhookOptions,
  at: Date,
): Promise<Answer> {
  try {
    const secret = vault.open(webhook.secret, `webhook:${webhook.id}`);
    const answer = await dialer.request(webhook.url, {
      method: 'POST',
      body: message.body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Homeroom',
        ...signedHeaders(secret, message.id, at, message.body),
      },
      headersTimeout: tryLimitMs,
      bodyTimeout: tryLimitMs,
      signal: AbortSignal.timeout(tryLimitMs),
    });
    const status = answer.statusCode;
    // What it says does not matter; reading a little of it lets the connection end well.
    await answer.body.dump({ limit: answerLimitBytes }).catch(() => {});
    return { status, trouble: status >= 200 && status < 300 ? null : troubleOfStatus(status) };
  } catch (error) {
    return { status: null, trouble: troubleOf(error) };
  }
}

function troubleOfStatus(status: number): string {
  if (status >= 300 && status < 400) return `It answered with a redirect (${status}); those are not followed.`;
  if (status === 410) return 'It answered that it is gone (410).';
  return `It answered with status ${status}.`;
}

/** Without the words of the error, which may hold anything. */
function troubleOf(error: unknown): string {
  const { code, name, cause } = error as { code?: string; name?: string; cause?: unknown };
  if (error instanceof DialError) {
    return 'Its address is not one of the public internet over https. HOMEROOM_WEBHOOK_NETWORKS allows others.';
  }
  if (error instanceof VaultError)
    return 'Its secret cannot be read with the key of this data folder. Add the webhook anew.';
  if (name === 'TimeoutError' || name === 'AbortError' || /TIMEOUT|TIMEDOUT/.test(code ?? '')) {
    return 'It did not answer in time.';
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'Its name could not be found.';
  if (cause !== undefined && code === undefined) return troubleOf(cause);
  return `It could not be reached${code ? ` (${code})` : ''}.`;
}
