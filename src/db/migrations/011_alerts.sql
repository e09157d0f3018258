-- What the watch has seen and told, who wants to hear it, and the programs that are told.

-- Until then nothing was expected of the source: it was paused, or had no schedule.
alter table sources add column watched_from timestamptz;

create table alerts (
  id uuid primary key,
  -- What it is about: source:<id>, account:<id> or webhook:<id>.
  subject text not null,
  kind text not null,
  -- What it was first seen at; the same occasion is told once.
  occasion text not null,
  district_id uuid references districts (id),
  source_id uuid references sources (id),
  sync_id uuid,
  opened_at timestamptz not null,
  -- Null as long as it is so.
  resolved_at timestamptz,
  unique (subject, kind, occasion)
);

create unique index alerts_open on alerts (subject, kind) where resolved_at is null;
create index alerts_district on alerts (district_id, id);

-- Where somebody wants something else than what their role gets.
create table alert_choices (
  account_id uuid not null references accounts (id) on delete cascade,
  -- all, district:<id> or source:<id>
  scope text not null,
  -- A kind of alert, or all.
  kind text not null,
  wanted boolean not null,
  primary key (account_id, scope, kind)
);

create table webhooks (
  id uuid primary key,
  url text not null check (url <> '' and length(url) <= 2000),
  sealed_secret bytea not null,
  -- Names of events, or all.
  events text[] not null,
  -- Only what concerns this district.
  district_id uuid references districts (id),
  -- stopped: the other side said that it is gone, or a person stopped it.
  state text not null default 'active' check (state in ('active', 'stopped')),
  created_at timestamptz not null
);

create table webhook_deliveries (
  webhook_id uuid not null references webhooks (id) on delete cascade,
  id uuid not null,
  event text not null,
  -- The same occasion is told once.
  occasion text not null,
  body text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_try_at timestamptz not null,
  -- HTTP status of the last answer.
  status integer,
  trouble text,
  created_at timestamptz not null,
  done_at timestamptz,
  primary key (webhook_id, id),
  unique (webhook_id, occasion)
);

create index webhook_deliveries_due on webhook_deliveries (next_try_at) where state = 'waiting';
create index webhook_deliveries_done on webhook_deliveries (done_at) where state <> 'waiting';

create index audit_locked on audit (at) where act = 'sign in locked';
