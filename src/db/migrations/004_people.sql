-- How people come in: keys, passwords that overlap, a second factor, the vendor's own provider.

alter table accounts
  -- Who is removed stays for the history; the address is free again.
  add column removed_at timestamptz,
  -- Null: the command line.
  add column created_by uuid references accounts (id),
  add column password_set_at timestamptz,
  add column password_used_at timestamptz,
  -- The password before this one, for as long as scripts may still send it.
  add column former_password_hash text,
  add column former_password_until timestamptz,
  add column former_password_used_at timestamptz,
  -- Who this is for the vendor's OpenID Connect provider, noted at the first sign-in with it.
  add column provider_subject text;

drop index accounts_email;
create unique index accounts_email on accounts (lower(email)) where removed_at is null;
create unique index accounts_provider_subject on accounts (provider_subject) where removed_at is null;

-- Public keys for SFTP. A key that is removed stays for the history.
create table account_keys (
  id uuid primary key,
  account_id uuid not null references accounts (id) on delete cascade,
  algorithm text not null check (algorithm in ('ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521', 'ssh-rsa')),
  -- As SSH sends it: what stands in base64 in a .pub file.
  public_key bytea not null,
  -- SHA256:…, as ssh-keygen -l shows it.
  fingerprint text not null,
  name text not null check (name <> ''),
  created_at timestamptz not null default now(),
  -- Null: the command line.
  created_by uuid references accounts (id),
  expires_at timestamptz,
  last_used_at timestamptz,
  removed_at timestamptz
);

create unique index account_keys_live on account_keys (account_id, fingerprint) where removed_at is null;

-- Columns named sealed_… hold what is encrypted with a key outside of the database.
create table second_factors (
  account_id uuid primary key references accounts (id) on delete cascade,
  sealed_secret bytea not null,
  created_at timestamptz not null default now(),
  -- Null until a first code has shown that the app has the secret.
  confirmed_at timestamptz,
  -- The period of the last code that was taken: each is good once.
  last_period bigint
);

create table recovery_codes (
  account_id uuid not null references accounts (id) on delete cascade,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (account_id, code_hash)
);

create index audit_object on audit (object, id);

alter table products
  -- Id of the profile whose remarks deliveries get; null: those of OneRoster alone.
  add column profile text,
  -- Ids of the formats that are taken; empty: all.
  add column formats text[] not null default '{}',
  -- When files are awaited, as {"from": "20:00", "to": "03:00", "days": [1, 2]}; null: at any time.
  add column receiving jsonb;
