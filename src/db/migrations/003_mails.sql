-- Mails are written in the transaction of what they tell, and delivered afterwards.

create table mails (
  id uuid primary key,
  recipient text not null check (recipient <> '' and length(recipient) <= 254),
  subject text not null check (subject <> '' and length(subject) <= 300),
  -- Empty once it is not needed any more, when it held a link that lets somebody in.
  text text not null,
  html text,
  -- It holds a link that lets somebody in.
  secret boolean not null default false,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'kept', 'failed')),
  attempts integer not null default 0,
  next_try_at timestamptz not null,
  -- Why the last try did not work: a plain sentence without an address.
  trouble text,
  created_at timestamptz not null,
  done_at timestamptz
);

create index mails_due on mails (next_try_at) where state = 'waiting';
create index mails_created on mails (created_at);
