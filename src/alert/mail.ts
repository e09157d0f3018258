/** Mails: written into the outbox in the transaction of what they tell, and delivered by SMTP or into a folder. */
import type { SentMessageInfo, Transporter } from 'nodemailer';
import { SettingError } from '../config.ts';
import type { Db } from '../db/db.ts';
import {
  addMail,
  claimMail,
  dueMails,
  forgetMails,
  type Mail,
  mailDone,
  mailFailed,
  type NewMail,
} from '../db/mails.ts';
import type { Log } from '../log.ts';
import { type Vault, VaultError } from '../vault.ts';
import { keepInFolder, removeFromFolder } from './mail-folder.ts';
import { oneAtATime } from './one-at-a-time.ts';

export type { NewMail };

/** What the parts of an address may be: no quoted names, lists, routes or line breaks, whatever a header makes of them. */
const addressForm = /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@[\p{L}\p{N}]([\p{L}\p{N}.-]{0,251}[\p{L}\p{N}])?$/u;
const subjectLimit = 300;
const textLimitBytes = 1024 * 1024;

/** Whether mail can go to this address. */
export const isMailAddress = (text: string): boolean => text.length <= 254 && addressForm.test(text);

/**
 * Writes a mail into the outbox; with `db` a transaction, the mail is there when, and only when, that is committed.
 * @throws Error when the address cannot be one, or the subject holds line breaks: a fault of whoever calls this.
 */
export async function queueMail(db: Db, mail: NewMail): Promise<{ id: string }> {
  if (!isMailAddress(mail.to)) throw new Error('A mail needs one plain address.');
  const subject = mail.subject.trim();
  if (subject === '' || subject.length > subjectLimit || /[\p{Cc}\u2028\u2029]/u.test(subject))
    throw new Error(`The subject of a mail is one line of 1 to ${subjectLimit} characters.`);
  for (const body of [mail.text, mail.html ?? ''])
    if (Buffer.byteLength(body) > textLimitBytes) throw new Error('The text of a mail is too long.');
  return { id: await addMail(db, { ...mail, subject, text: mail.text.replaceAll('\0', '␀') }) };
}

export type Mailer = {
  /**
   * Delivers what is due, one after the other. While one call is under way, another waits for it and does nothing.
   * @returns how many were sent or kept.
   */
  deliverDue(now: Date): Promise<number>;
  /** Waits for what is under way. */
  close(): Promise<void>;
};

export type MailerOptions = {
  db: Db;
  /** `smtp://` or `smtps://`, with user and password if need be; empty: mails are kept in `folder`. */
  smtpUrl: string;
  /** Sender, for example `Homeroom <homeroom@example.org>`. */
  from: string;
  /** Where mails are kept as .eml files when there is no mail server. */
  folder: string;
  log: Log;
  /** Days after which mails are forgotten. */
  retentionDays: number;
  /** Opens the links that wait sealed. */
  vault: Vault;
};

const second = 1000;
const minute = 60 * second;
/** Longer than one try can take. */
const leaseMs = 10 * minute;
const tryLimitMs = 3 * minute;
const triesLimit = 14;
const firstPauseMs = minute;
const longestPauseMs = 4 * 60 * minute;
const dueAtOnce = 200;
/** The links in mails are good for a day. */
const secretMs = 24 * 60 * minute;
const dayMs = 24 * 60 * minute;

/**
 * @throws SettingError when HOMEROOM_SMTP_URL or HOMEROOM_MAIL_FROM cannot be used.
 */
export function createMailer(options: MailerOptions): Mailer {
  const sender = senderOf(options.from);
  checkUrl(options.smtpUrl);
  const rounds = oneAtATime((clock) => deliver(options, sender, clock));
  return { deliverDue: rounds.run, close: rounds.close };
}

type Sender = { name: string; address: string };

async function deliver(options: MailerOptions, sender: Sender, time: () => Date): Promise<number> {
  const { db } = options;
  let done = 0;
  const due = await dueMails(db, time(), dueAtOnce);
  const transport = due.length > 0 ? await transportOf(options.smtpUrl) : undefined;
  try {
    for (const id of due) {
      const mail = await claimMail(db, id, time(), new Date(time().getTime() + leaseMs));
      if (!mail) continue;
      const outcome = await tryOnce(mail, transport, sender, options);
      if (outcome.state !== 'failed') {
        await mailDone(db, id, outcome.state, time());
        done++;
        continue;
      }
      await noteFailure(options, mail, outcome, time());
      // The others would meet the same server.
      if (outcome.isServer) break;
    }
  } finally {
    transport?.close();
  }
  await forget(options, time());
  return done;
}

type Failure = { state: 'failed'; trouble: string; isServer: boolean; isFinal: boolean };
type Outcome = { state: 'sent' | 'kept' } | Failure;

async function tryOnce(
  mail: Mail,
  transport: Transporter<SentMessageInfo> | undefined,
  sender: Sender,
  options: MailerOptions,
): Promise<Outcome> {
  const text = textOf(mail, options.vault);
  if (text === undefined) return { state: 'failed', trouble: sealedForEver, isServer: false, isFinal: true };
  const message = {
    from: sender,
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text,
    ...(mail.html === null ? {} : { html: mail.html }),
    // The same at every try, so that a mail that is sent twice is known as one.
    messageId: `<${mail.id}@${sender.address.split('@')[1]}>`,
    date: mail.createdAt,
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  try {
    if (!transport) {
      const { message: bytes } = await (await asBytes()).sendMail(message);
      await keepInFolder(options.folder, mail, bytes as Buffer);
      return { state: 'kept' };
    }
    await inTime(transport.sendMail(message), transport);
    return { state: 'sent' };
  } catch (error) {
    return failureOf(error as SmtpError);
  }
}

const sealedForEver = 'The link of this mail was sealed with a key that is not there any more. Send a new one.';

/** The text with its link. @returns undefined when the link cannot be opened. */
export function textOf({ text, sealedLink }: Pick<Mail, 'text' | 'sealedLink'>, vault: Vault): string | undefined {
  if (sealedLink === null) return text;
  try {
    return text.replaceAll('{link}', vault.open(sealedLink, 'mail link'));
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}

type SmtpError = Error & { code?: string; responseCode?: number };

/** The words of a mail server may hold the address, so they are not kept. */
function failureOf({ code, responseCode }: SmtpError): Failure {
  const isFinal = code === 'EENVELOPE' && responseCode !== undefined && responseCode >= 500;
  const isServer = code !== 'EENVELOPE' && code !== 'EMESSAGE';
  return { state: 'failed', trouble: troubleOf(code, responseCode), isServer, isFinal };
}

function troubleOf(code: string | undefined, responseCode: number | undefined): string {
  const answer = responseCode === undefined ? '' : ` (${responseCode})`;
  switch (code) {
    case 'EENVELOPE':
      return `The mail server did not take the address${answer}.`;
    case 'EMESSAGE':
      return `The mail server did not take the message${answer}.`;
    case 'EAUTH':
      return `The mail server did not take user and password of HOMEROOM_SMTP_URL${answer}.`;
    case 'EDNS':
      return 'The name of the mail server could not be found.';
    case 'ETIMEDOUT':
      return 'The mail server did not answer in time.';
    case 'ETLS':
      return 'The mail server could not be reached over TLS.';
    default:
      return `The mail server could not be reached${answer || (code ? ` (${code})` : '')}.`;
  }
}

async function noteFailure({ db, log }: MailerOptions, mail: Mail, failure: Failure, at: Date): Promise<void> {
  const gaveUp = failure.isFinal || mail.attempts >= triesLimit;
  const pauseMs = Math.min(firstPauseMs * 2 ** (mail.attempts - 1), longestPauseMs);
  await mailFailed(db, mail.id, failure.trouble, at, gaveUp ? null : new Date(at.getTime() + pauseMs));
  const facts = { mailId: mail.id, attempts: mail.attempts, trouble: failure.trouble };
  if (gaveUp) log.error(facts, 'a mail could not be delivered, and is not tried again');
  else log.warn(facts, 'a mail could not be delivered yet');
}

async function forget({ db, folder, retentionDays }: MailerOptions, at: Date): Promise<void> {
  const before = new Date(at.getTime() - retentionDays * dayMs);
  const gone = await forgetMails(db, { secretBefore: new Date(at.getTime() - secretMs), before });
  if (gone.length > 0) await removeFromFolder(folder, gone);
}

/** What sends mails takes longer to read than all else of the outbox, and is read when there is one to send. */
const nodemailer = () => import('nodemailer');

async function transportOf(url: string): Promise<Transporter<SentMessageInfo> | undefined> {
  if (url === '') return undefined;
  return (await nodemailer()).createTransport({
    url,
    pool: true,
    maxConnections: 1,
    connectionTimeout: 20 * second,
    greetingTimeout: 20 * second,
    socketTimeout: 60 * second,
    dnsTimeout: 20 * second,
  });
}

/** Makes the bytes of a message and sends them nowhere. */
const asBytes = async () =>
  (await nodemailer()).createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

/** A server that sends a byte now and then must not hold up the others. */
async function inTime(sending: Promise<unknown>, transport: Transporter<SentMessageInfo>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      transport.close();
      reject(Object.assign(new Error('late'), { code: 'ETIMEDOUT' }));
    }, tryLimitMs);
  });
  sending.catch(() => {});
  try {
    await Promise.race([sending, late]);
  } finally {
    clearTimeout(timer);
  }
}

function senderOf(text: string): Sender {
  const [, name = '', named] = /^\s*"?([^"<>\p{Cc}]*?)"?\s*<([^<>]+)>\s*$/u.exec(text) ?? [];
  const address = named ?? text.trim();
  if (!isMailAddress(address)) {
    throw new SettingError('HOMEROOM_MAIL_FROM must be an address, for example: Homeroom <homeroom@example.org>');
  }
  return { name, address };
}

function checkUrl(url: string): void {
  if (url === '') return;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^smtps?:$/.test(parsed.protocol) && parsed.hostname !== '') return;
  throw new SettingError(
    'HOMEROOM_SMTP_URL must begin with smtp:// or smtps:// and name a server, for example smtps://user:password@mail.example.org',
  );
}
