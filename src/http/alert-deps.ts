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

export type AlertDeps = {
  /** Newest first; `before` is the id of the last mail already seen. */
  mails(range: { before?: string; state?: MailState | undefined; limit: number }): Promise<MailFacts[]>;
  mail(id: string): Promise<MailFacts | undefined>;
};
