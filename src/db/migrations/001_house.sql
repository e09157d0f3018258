-- Who sends what to whom, who may see it, and what became of each delivery.

create table products (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text not null check (name <> ''),
  created_at timestamptz not null default now()
);

create table districts (
  id uuid primary key,
  site_code text not null unique check (site_code ~ '^[A-Za-z0-9._-]{1,64}$'),
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text not null check (name <> ''),
  time_zone text not null,
  created_at timestamptz not null default now()
);

create index districts_slug on districts (slug);
-- The folder of an upload path: site code 12 with slug a-b is not to meet site code 12-a with slug b.
create unique index districts_folder on districts (lower(site_code || '-' || slug));

create table rosters (
  id uuid primary key,
  district_id uuid not null references districts (id),
  product_id uuid not null references products (id),
  created_at timestamptz not null default now(),
  unique (district_id, product_id)
);

create table sources (
  id uuid primary key,
  roster_id uuid not null references rosters (id),
  kind text not null check (kind in ('sftp', 'upload', 'pull')),
  name text not null check (name <> ''),
  format text not null default 'auto',
  profile text not null default 'default' check (profile in ('default', 'strict', 'lenient')),
  mode text not null default 'active' check (mode in ('active', 'paused', 'dry run', 'additions only')),
  -- The first delivery is applied without a person having looked at it.
  trust_first boolean not null default false,
  -- A delta was lost: later deltas wait for a bulk delivery.
  needs_full boolean not null default false,
  last_file_name text,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  unique (roster_id, name)
);

-- An upload path names district and product, so it can lead to one source only.
create unique index sources_upload_path on sources (roster_id) where kind = 'sftp';

create table accounts (
  id uuid primary key,
  email text not null check (email <> '' and length(email) <= 254),
  name text not null default '',
  -- Null until the person has set a password by a link.
  password_hash text,
  role text not null check (role in ('owner', 'operator', 'administrator', 'viewer')),
  district_id uuid references districts (id),
  created_at timestamptz not null default now(),
  disabled_at timestamptz,
  -- The vendor's people see every district, a district's people see their own.
  check ((role in ('owner', 'operator')) = (district_id is null))
);

create unique index accounts_email on accounts (lower(email));
create index accounts_district on accounts (district_id);

create table links (
  id uuid primary key,
  token_hash bytea not null unique,
  account_id uuid not null references accounts (id) on delete cascade,
  purpose text not null check (purpose in ('sign-in', 'invitation', 'reset')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);

create index links_account on links (account_id);
create index links_expiry on links (expires_at);

create table sessions (
  token_hash bytea primary key,
  account_id uuid not null references accounts (id) on delete cascade,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create index sessions_account on sessions (account_id);
create index sessions_expiry on sessions (expires_at);

-- Failed sign-ins by account and by address; keys are hashed, so that no address typed by mistake is kept.
create table attempts (
  key text primary key,
  failures integer not null,
  first_at timestamptz not null,
  locked_until timestamptz
);

create table audit (
  id uuid primary key,
  at timestamptz not null default now(),
  account_id uuid,
  address text,
  act text not null check (act <> ''),
  object text,
  detail jsonb not null default '{}'
);

create index audit_account on audit (account_id, id);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append only';
end $$;

create trigger audit_append_only before update or delete on audit
  for each row execute function audit_is_append_only();

create trigger audit_no_truncate before truncate on audit
  for each statement execute function audit_is_append_only();

create table deliveries (
  roster_id uuid not null references rosters (id),
  id uuid not null,
  source_id uuid not null references sources (id),
  name text not null,
  size_bytes bigint not null check (size_bytes >= 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  received_at timestamptz not null default now(),
  account_id uuid references accounts (id),
  address text,
  -- Where the archive keeps the bytes; null when they have expired.
  archive_key text,
  expires_at timestamptz,
  primary key (roster_id, id)
);

create index deliveries_id on deliveries (id);
create index deliveries_source on deliveries (roster_id, source_id, received_at);
create index deliveries_expiry on deliveries (expires_at) where archive_key is not null;

create table syncs (
  roster_id uuid not null references rosters (id),
  id uuid not null,
  source_id uuid not null references sources (id),
  -- Null for a sync that came from no file, such as a rollback.
  delivery_id uuid,
  -- 1, 2, … within the roster: what people call it.
  number integer not null check (number > 0),
  state text not null check (state in ('received', 'checking', 'comparing', 'applying', 'applied', 'rejected',
    'unchanged', 'held', 'superseded', 'discarded', 'failed', 'rolled back')),
  step text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  format text,
  format_version text,
  bulk boolean,
  tables jsonb,
  plan jsonb,
  finding_counts jsonb,
  left_out integer,
  changes integer,
  hold jsonb,
  decision jsonb,
  fault text,
  attempts integer not null default 0,
  primary key (roster_id, id),
  unique (roster_id, number),
  foreign key (roster_id, delivery_id) references deliveries (roster_id, id)
);

create index syncs_id on syncs (id);
create index syncs_source on syncs (roster_id, source_id, number);
create index syncs_open on syncs (roster_id, number)
  where state in ('received', 'checking', 'comparing', 'applying', 'held', 'failed');

create table sync_steps (
  roster_id uuid not null,
  sync_id uuid not null,
  step text not null,
  started_at timestamptz not null,
  finished_at timestamptz,
  detail jsonb not null default '{}',
  primary key (roster_id, sync_id, step),
  foreign key (roster_id, sync_id) references syncs (roster_id, id) on delete cascade
);

create index sync_steps_open on sync_steps (step, roster_id) where finished_at is null;

create table sync_rules (
  roster_id uuid not null,
  sync_id uuid not null,
  rule text not null,
  severity text not null check (severity in ('fatal', 'error', 'warning', 'info')),
  count integer not null,
  primary key (roster_id, sync_id, rule),
  foreign key (roster_id, sync_id) references syncs (roster_id, id) on delete cascade
);

-- The first findings of each rule; the whole list is a file beside the delivery.
create table sync_findings (
  roster_id uuid not null,
  sync_id uuid not null,
  rule text not null,
  ordinal integer not null,
  severity text not null check (severity in ('fatal', 'error', 'warning', 'info')),
  file text,
  line integer,
  column_name text,
  key text,
  value text,
  message text not null,
  fix text not null,
  primary key (roster_id, sync_id, rule, ordinal),
  foreign key (roster_id, sync_id) references syncs (roster_id, id) on delete cascade
);
