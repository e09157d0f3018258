-- Sources that pull: where and as whom, and each pull with the pages that are kept until it is whole.

create table pull_connections (
  source_id uuid primary key references sources (id),
  address text not null check (address ~ '^https?://'),
  token_url text,
  client_id text not null,
  sealed_secret bytea not null,
  preset text,
  settings jsonb not null default '{}',
  -- What was pulled last, in the store of pulls: with which the next full pull is compared.
  memory_key text,
  changed_at timestamptz not null default now()
);

create table pulls (
  roster_id uuid not null references rosters (id),
  id uuid not null,
  source_id uuid not null references sources (id),
  scope text not null check (scope in ('full', 'changes')),
  state text not null check (state in ('waiting', 'pulling', 'done', 'failed')),
  -- A person asked for it; null: the schedule did.
  asked_by text,
  -- The due time of the delivery that it is for.
  due_at timestamptz,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  -- Not before this time: it has failed, and is tried again then.
  next_at timestamptz,
  attempts integer not null default 0,
  -- What was decided before the first page, so that it holds to the last.
  plan jsonb,
  -- By collection: how far it has come.
  progress jsonb not null default '{}',
  trouble jsonb,
  -- By collection: changes are asked for from here on the next time.
  watermarks jsonb not null default '{}',
  -- What the delivery was found to hold.
  facts jsonb not null default '{}',
  sync_id uuid,
  primary key (roster_id, id)
);

create index pulls_id on pulls (id);
create index pulls_source on pulls (roster_id, source_id, id);
-- One at a time.
create unique index pulls_open on pulls (roster_id, source_id) where state in ('waiting', 'pulling');

create table pull_pages (
  roster_id uuid not null,
  pull_id uuid not null,
  collection text not null,
  number integer not null,
  store_key text not null,
  rows integer not null,
  notes jsonb not null,
  primary key (roster_id, pull_id, collection, number),
  foreign key (roster_id, pull_id) references pulls (roster_id, id) on delete cascade
);

-- Remarks that were made when it was received, such as those about an API; they are findings of every check of it.
alter table deliveries add column remarks jsonb;
