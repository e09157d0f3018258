/** What the pages about mails, alerts and webhooks need from the house. */

export type MailState = 'waiting' | 'sent' | 'kept' | 'failed';
export type MailFacts = {
  id: string;
  to: string;
  subject: string;
  /** Empty when it let somebody in and is not kept any longer. */
  text: string;
  /** It holds a link that lets somebody in. */
  secret: boolean;
  state: MailState;
  attempts: number;
  createdAt: Date;
  nextTryAt: Date;
  doneAt: Date | null;
  trouble: string | null;
};

export type AlertFacts = {
  id: string;
  kind: string;
  title: string;
  districtId: string | null;
  sourceId: string | null;
  syncId: string | null;
  openedAt: Date;
  /** Null as long as it is so. */
  resolvedAt: Date | null;
};

/** `scope`: all, district:<id> or source:<id>; `kind`: a kind of alert, or all. */
export type AlertChoice = { scope: string; kind: string; wanted: boolean };

export type WebhookFacts = {
  id: string;
  url: string;
  /** Names of events, or `all`. */
  events: string[];
  districtId: string | null;
  state: 'active' | 'stopped';
  createdAt: Date;
};

export type MessageFacts = {
  id: string;
  event: string;
  state: 'waiting' | 'delivered' | 'failed';
  attempts: number;
  createdAt: Date;
  nextTryAt: Date;
  doneAt: Date | null;
  status: number | null;
  trouble: string | null;
};

/** What came of telling a webhook something. */
type Told = { id: string; isDelivered: boolean; status: number | null; trouble: string | null };

export type AlertDeps = {
  /** Newest first; `before` is the id of the last mail already seen. */
  mails(range: { before?: string; state?: MailState | undefined; limit: number }): Promise<MailFacts[]>;
  mail(id: string): Promise<MailFacts | undefined>;

  /** Newest first; must obey the district. `isOpen` undefined: all of them. */
  alerts(scope: {
    districtId?: string;
    isOpen?: boolean | undefined;
    before?: string;
    limit: number;
  }): Promise<AlertFacts[]>;
  /** What somebody gets by their role and their choices, and these choices. */
  choices(
    accountId: string,
  ): Promise<{ gets: { kind: string; title: string; gets: boolean }[]; choices: AlertChoice[] }>;
  /** `wanted` null goes back to what the role gets. */
  choose(accountId: string, choice: Omit<AlertChoice, 'wanted'> & { wanted: boolean | null }): Promise<void>;

  webhooks(): Promise<
    (WebhookFacts & { waiting: number; failed: number; deliveredAt: Date | null; trouble: string | null })[]
  >;
  webhook(id: string): Promise<WebhookFacts | undefined>;
  /** The events that there are, with a sentence each. */
  events(): { name: string; about: string }[];
  /** Answers with the secret, which cannot be read again. */
  addWebhook(webhook: {
    url: string;
    events: string[];
    districtId: string | null;
  }): Promise<{ id: string; url: string; events: string[]; secret: string }>;
  setWebhook(id: string, state: WebhookFacts['state']): Promise<boolean>;
  removeWebhook(id: string): Promise<boolean>;
  /** Sends a test event at once. */
  testWebhook(id: string): Promise<Told>;
  /** Sends a message once more and at once. @throws Refusal `webhook-stopped`, `message-unknown` */
  sendWebhookAgain(id: string, message: string): Promise<Told>;
  webhookLog(id: string, range: { before?: string | undefined; limit: number }): Promise<MessageFacts[]>;
};
