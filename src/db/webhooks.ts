/** Programs that are told what happens: where they are, and what became of each message. SQL only. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';
import { isId } from './ids.ts';

export type Webhook = {
  id: string;
  url: string;
  /** Names of events, or `all`. */
  events: string[];
  districtId: string | null;
  state: 'active' | 'stopped';
  createdAt: Date;
};
export type SealedWebhook = Webhook & { secret: Buffer };

const webhookColumns = sql`id, url, events, district_id as "districtId", state, created_at as "createdAt"`;

/** @param webhook.id chosen by the caller, because the secret is sealed under it. */
export async function addWebhook(db: Db, webhook: SealedWebhook): Promise<void> {
  const { id, url, secret, events, districtId, createdAt } = webhook;
  await db.query(sql`
    insert into webhooks (id, url, sealed_secret, events, district_id, created_at)
    values (${id}, ${url}, ${secret}, ${events}, ${districtId}, ${createdAt})`);
}

export async function webhookById(db: Db, id: string): Promise<SealedWebhook | undefined> {
  if (!isId(id)) return undefined;
  return db.one<SealedWebhook>(sql`select ${webhookColumns}, sealed_secret as secret from webhooks where id = ${id}`);
}

/** With how its messages fare. */
export type WebhookRow = Webhook & {
  waiting: number;
  failed: number;
  deliveredAt: Date | null;
  trouble: string | null;
};

export function listWebhooks(db: Db): Promise<WebhookRow[]> {
  return db.query<WebhookRow>(sql`
    select ${webhookColumns},
      (select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.state = 'waiting') as waiting,
      (select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.state = 'failed') as failed,
      (select max(done_at) from webhook_deliveries d where d.webhook_id = w.id and d.state = 'delivered') as "deliveredAt",
      (select trouble from webhook_deliveries d where d.webhook_id = w.id and d.trouble is not null
        order by d.id desc limit 1) as trouble
    from webhooks w order by id`);
}

export async function setWebhookState(db: Db, id: string, state: Webhook['state']): Promise<boolean> {
  return (await db.query(sql`update webhooks set state = ${state} where id = ${id} returning id`)).length > 0;
}

export async function removeWebhook(db: Db, id: string): Promise<boolean> {
  if (!isId(id)) return false;
  return (await db.query(sql`delete from webhooks where id = ${id} returning id`)).length > 0;
}

/** Active ones that want this event of this district. */
export function webhooksFor(db: Db, event: string, districtId: string | null): Promise<Webhook[]> {
  return db.query<Webhook>(sql`
    select ${webhookColumns} from webhooks
    where state = 'active' and (district_id is null or district_id = ${districtId})
      and (${event} = any(events) or 'all' = any(events))
    order by id`);
}

export type MessageState = 'waiting' | 'delivered' | 'failed';
export type Message = {
  id: string;
  webhookId: string;
  event: string;
  body: string;
  state: MessageState;
  attempts: number;
  createdAt: Date;
  nextTryAt: Date;
  doneAt: Date | null;
  /** HTTP status of the last answer. */
  status: number | null;
  trouble: string | null;
};

const messageColumns = sql`id, webhook_id as "webhookId", event, body, state, attempts, created_at as "createdAt",
  next_try_at as "nextTryAt", done_at as "doneAt", status, trouble`;

/** Does nothing when this webhook was told of the occasion already. */
export async function addMessage(
  db: Db,
  message: { id: string; webhookId: string; event: string; occasion: string; body: string; at: Date },
): Promise<void> {
  const { id, webhookId, event, occasion, body, at } = message;
  await db.query(sql`
    insert into webhook_deliveries (webhook_id, id, event, occasion, body, next_try_at, created_at)
    values (${webhookId}, ${id}, ${event}, ${occasion}, ${body}, ${at}, ${at})
    on conflict do nothing`);
}

/** Messages that are due, longest waiting first. What is stopped waits until somebody goes on with it. */
export function dueMessages(db: Db, now: Date, limit: number): Promise<Pick<Message, 'id' | 'webhookId'>[]> {
  return db.query(sql`
    select d.id, d.webhook_id as "webhookId" from webhook_deliveries d join webhooks w on w.id = d.webhook_id
    where d.state = 'waiting' and d.next_try_at <= ${now} and w.state = 'active'
    order by d.next_try_at, d.id limit ${limit}`);
}

/** Takes a due message for one try; undefined when another node has it. */
export function claimMessage(
  db: Db,
  { webhookId, id }: Pick<Message, 'id' | 'webhookId'>,
  now: Date,
  until: Date,
): Promise<Message | undefined> {
  return db.one<Message>(sql`
    update webhook_deliveries set attempts = attempts + 1, next_try_at = ${until}
    where webhook_id = ${webhookId} and id = ${id} and state = 'waiting' and next_try_at <= ${now}
    returning ${messageColumns}`);
}

/** Has a message tried again, whatever became of it; one that is given up once more stays given up. @returns whether there is one. */
export async function askAgain(
  db: Db,
  { webhookId, id }: Pick<Message, 'id' | 'webhookId'>,
  now: Date,
): Promise<boolean> {
  if (!isId(id)) return false;
  const asked = await db.query(sql`
    update webhook_deliveries set state = 'waiting', next_try_at = ${now}, done_at = null
    where webhook_id = ${webhookId} and id = ${id} returning id`);
  return asked.length > 0;
}

export type Tried = { state: MessageState; status: number | null; trouble: string | null; nextTryAt: Date | null };

export async function noteTry(db: Db, message: Message, tried: Tried, at: Date): Promise<void> {
  const doneAt = tried.state === 'waiting' ? null : at;
  await db.query(sql`
    update webhook_deliveries set state = ${tried.state}, status = ${tried.status}, trouble = ${tried.trouble},
      next_try_at = coalesce(${tried.nextTryAt}::timestamptz, next_try_at), done_at = ${doneAt}
    where webhook_id = ${message.webhookId} and id = ${message.id}`);
}

/** Newest first. */
export function messagesOf(
  db: Db,
  webhookId: string,
  range: { before?: string | undefined; limit: number },
): Promise<Message[]> {
  return db.query<Message>(sql`
    select ${messageColumns} from webhook_deliveries
    where webhook_id = ${webhookId} and (${range.before ?? null}::uuid is null or id < ${range.before ?? null})
    order by id desc limit ${range.limit}`);
}

export async function forgetMessages(db: Db, before: Date): Promise<void> {
  await db.query(sql`delete from webhook_deliveries where state <> 'waiting' and done_at < ${before}`);
}
