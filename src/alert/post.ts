/** The door out: mails and webhooks, delivered from time to time. */
import type { Db } from '../db/db.ts';
import { networksOf, publicDialer } from '../dial.ts';
import type { Log } from '../log.ts';
import type { Vault } from '../vault.ts';
import type { Desk } from './alerts.ts';
import { createMailer } from './mail.ts';
import { createWebhooks, type Webhooks } from './webhook.ts';

export type Post = {
  mails(now: Date): Promise<number>;
  webhooks(now: Date): Promise<number>;
  tellWebhook: Webhooks['tryNow'];
  close(): Promise<void>;
};

export type PostOptions = {
  db: Db;
  vault: Vault;
  desk: Desk;
  log: Log;
  smtpUrl: string;
  mailFrom: string;
  /** Folder of mails when there is no mail server. */
  outbox: string;
  /** Networks that webhooks may be in besides the public internet, with commas between them. */
  webhookNetworks: string;
  retentionDays: number;
};

const connectTimeoutMs = 10_000;

/** @throws SettingError when a setting cannot be used. */
export function openPost(options: PostOptions): Post {
  const { db, vault, desk, log, smtpUrl, mailFrom: from, outbox: folder, retentionDays } = options;
  const allowed = networksOf(options.webhookNetworks, 'HOMEROOM_WEBHOOK_NETWORKS');
  const dialer = publicDialer({ allowed, connectTimeoutMs });
  const mailer = createMailer({ db, smtpUrl, from, folder, log, retentionDays, vault });
  const webhooks = createWebhooks({ db, vault, desk, log, dialer, retentionDays });
  return {
    mails: mailer.deliverDue,
    webhooks: webhooks.deliverDue,
    tellWebhook: webhooks.tryNow,
    async close() {
      await mailer.close();
      await webhooks.close();
      await dialer.destroy();
    },
  };
}
