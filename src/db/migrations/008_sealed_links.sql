-- A link that lets somebody in waits sealed until its mail is delivered; in the text stands {link}.

alter table mails add column sealed_link bytea;
