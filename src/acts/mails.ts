/** Acts on the outbox: which mails there are, and what one of them says. */
import { textOf } from '../alert/mail.ts';
import { Refusal } from '../core/refusal.ts';
import { listMails, type Mail, type MailState, mailById } from '../db/mails.ts';
import { type ActsDeps, noted } from './deps.ts';

export function mailActs({ db, people }: ActsDeps) {
  return {
    /** Newest first, without their texts. */
    async mails({ state, limit = 50 }: { state?: MailState; limit?: number }) {
      const rows = await listMails(db, { state, limit: Math.min(Math.max(1, limit), 1000) });
      return rows.map(mailFacts);
    },

    async mail({ id }: { id: string }) {
      const mail = await mailById(db, id);
      if (!mail) throw new Refusal('mail-unknown', 404, `There is no mail ${id}.`);
      await noted(db, 'mail read', id);
      return { ...mailFacts(mail), text: textOf(mail, people.vault) ?? mail.text };
    },
  };
}

const mailFacts = ({ text: _, html: __, sealedLink: ___, ...facts }: Mail) => facts;
