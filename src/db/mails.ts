/** The outbox: mails that are to be delivered, that were, and that could not be. SQL only. */
import sql from 'sql-template-tag';
import type { Db } from './db.ts';
import { isId, newId } from './ids.ts';

export type NewMail = {
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** It holds a link that lets somebody in: its text is forgotten as soon as it can be. */
  secret?: boolean;
  /** The link, sealed; it stands in the text as `{link}` until the mail is delivered. */
  sealedLink?: Buffer;
  /** When it was written, which is also when it is due. */
  at: Date;
};

/** `kept`: written into the outbox folder, because no mail server is set. */
export type MailState = 'waiting' | 'sent' | 'kept' | 'failed';

export type Mail = {
  id: string;
  to: string;
  subject: string;
  /** Empty when it was forgotten. */
  text: string;
  html: string | null;
  secret: boolean;
  sealedLink: Buffer | null;
  state: MailState;
  /** Tries begun. */
  attempts: number;
  createdAt: Date;
  nextTryAt: Date;
  /** When it was sent, kept, or given up. */
  doneAt: Date | null;
  trouble: string | null;
};

const mailColumns = sql`id, recipient as "to", subject, text, html, secret, sealed_link as "sealedLink", state, attempts, created_at as "createdAt",
  next_try_at as "nextTryAt", done_at as "doneAt", trouble`;

export async function addMail(db: Db, mail: NewMail): Promise<string> {
  const id = newId();
  await db.query(sql`
    insert into mails (id, recipient, subject, text, html, secret, sealed_link, next_try_at, created_at)
    values (${id}, ${mail.to}, ${mail.subject}, ${mail.text}, ${mail.html ?? null}, ${mail.secret ?? false},
      ${mail.sealedLink ?? null}, ${mail.at}, ${mail.at})`);
  return id;
}

/** Ids of mails that are due, longest waiting first. */
export async function dueMails(db: Db, now: Date, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(sql`
    select id from mails where state = 'waiting' and next_try_at <= ${now} order by next_try_at, id limit ${limit}`);
  return rows.map((row) => row.id);
}

/**
 * Takes a due mail for one try: nobody else can take it before `until`.
 * @returns undefined when another node has taken it.
 */
export function claimMail(db: Db, id: string, now: Date, until: Date): Promise<Mail | undefined> {
  return db.one<Mail>(sql`
    update mails set attempts = attempts + 1, next_try_at = ${until}
    where id = ${id} and state = 'waiting' and next_try_at <= ${now}
    returning ${mailColumns}`);
}

/** The mail is where it was to go. What lets somebody in is forgotten when it was sent. */
export async function mailDone(db: Db, id: string, state: 'sent' | 'kept', at: Date): Promise<void> {
  const forgets = sql`secret and ${state} = 'sent'`;
  await db.query(sql`
    update mails set state = ${state}, done_at = ${at}, trouble = null,
      text = case when ${forgets} then '' else text end, html = case when ${forgets} then null else html end,
      sealed_link = case when ${forgets} then null else sealed_link end
    where id = ${id}`);
}

/** A try did not work; with `nextTryAt` null there is no other. */
export async function mailFailed(db: Db, id: string, trouble: string, at: Date, nextTryAt: Date | null): Promise<void> {
  await db.query(sql`
    update mails set trouble = ${trouble}, next_try_at = coalesce(${nextTryAt}::timestamptz, next_try_at),
      state = case when ${nextTryAt}::timestamptz is null then 'failed' else 'waiting' end,
      done_at = case when ${nextTryAt}::timestamptz is null then ${at}::timestamptz end
    where id = ${id}`);
}

/** Newest first. @param range.before id of the last mail already seen. */
export function listMails(
  db: Db,
  range: { before?: string; state?: MailState | undefined; limit: number },
): Promise<Mail[]> {
  const { before = null, state = null, limit } = range;
  return db.query<Mail>(sql`
    select ${mailColumns} from mails
    where (${before}::uuid is null or id < ${before}) and (${state}::text is null or state = ${state})
    order by id desc limit ${limit}`);
}

/** Forgets the texts of secret mails that were written before `secretBefore`, and all mails from before `before`. */
export async function forgetMails(db: Db, { secretBefore, before }: { secretBefore: Date; before: Date }) {
  await db.query(sql`
    update mails set text = '', html = null, sealed_link = null
    where secret and text <> '' and state <> 'waiting' and created_at < ${secretBefore}`);
  const gone = await db.query<{ id: string }>(sql`
    delete from mails where state <> 'waiting' and created_at < ${before} returning id`);
  return gone.map((row) => row.id);
}

export async function mailById(db: Db, id: string): Promise<Mail | undefined> {
  if (!isId(id)) return undefined;
  return db.one<Mail>(sql`select ${mailColumns} from mails where id = ${id}`);
}
