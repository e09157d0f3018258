-- The live roster and its history: one table for each rostering kind, its text columns as src/core/tables.ts declares them.

create schema if not exists stage;

create table orgs (
  roster_id uuid not null,
  sourced_id text collate "C" not null,
  name text,
  type text,
  identifier text,
  parent_sourced_id text collate "C",
  metadata jsonb,
  status text not null default 'active' check (status in ('active', 'tobedeleted')),
  date_last_modified timestamptz not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamptz,
  primary key (roster_id, sourced_id)
);

create table academic_sessions (
  roster_id uuid not null,
  sourced_id text collate "C" not null,
  title text,
  type text,
  start_date text,
  end_date text,
  parent_sourced_id text collate "C",
  school_year text,
  metadata jsonb,
  status text not null default 'active' check (status in ('active', 'tobedeleted')),
  date_last_modified timestamptz not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamptz,
  primary key (roster_id, sourced_id)
);

create table courses (
  roster_id uuid not null,
  sourced_id text collate "C" not null,
  school_year_sourced_id text collate "C",
  title text,
  course_code text,
  grades text,
  org_sourced_id text collate "C",
  subjects text,
  subject_codes text,
  metadata jsonb,
  status text not null default 'active' check (status in ('active', 'tobedeleted')),
  date_last_modified timestamptz not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamptz,
  primary key (roster_id, sourced_id)
);

create table classes (
  roster_id uuid not null,
  sourced_id text collate "C" not null,
  title text,
  grades text,
  course_sourced_id text collate "C",
  class_code text,
  class_type text,
  location text,
  school_sourced_id text collate "C",
  term_sourced_ids text,
  subjects text,
  subject_codes text,
  periods text,
  metadata jsonb,
  status text not null default 'active' check (status in ('active', 'tobedeleted')),
  date_last_modified timestamptz not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamptz,
  primary key (roster_id, sourced_id)
);

create table users (
  roster_id uuid not null,
  sourced_id text collate "C" not null,
  enabled_user text,
  org_sourced_ids text,
  role text,
  username text,
  user_ids text,
  given_name text,
  family_name text,
  middle_name text,
  identifier text,
  email text,
  sms text,
  phone text,
  agent_sourced_ids text,
  grades text,
  password text,
  user_master_identifier text,
  preferred_given_name text,
  preferred_middle_name text,
  preferred_family_name text,
  primary_org_sourced_id text collate "C",
  pronouns text,
  metadata jsonb,
  status text not null default 'active' check (status in ('active', 'tobedeleted')),
  date_last_modified timestamptz not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamptz,
  primary key (roster_id, sourced_id)
);

create table user_profiles (
  roster_id uuid not null,
  sourced_id text collate "C" not null,
  user_sourced_id text collate "C",
  profile_type text,
  vendor_id text,
  application_id text,
  description text,
  credential_type text,
  username text,
  password text,
  metadata jsonb,
  status text not null default 'active' check (status in ('active', 'tobedeleted')),
  date_last_modified timestamptz not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamptz,
  primary key (roster_id, sourced_id)
);

create table roles (
  roster_id uuid not null,
  sourced_id text collate "C" not null,
  user_sourced_id text collate "C",
  role_type text,
  role text,
  begin_date text,
  end_date text,
  org_sourced_id text collate "C",
  user_profile_sourced_id text collate "C",
  metadata jsonb,
  status text not null default 'active' check (status in ('active', 'tobedeleted')),
  date_last_modified timestamptz not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamptz,
  primary key (roster_id, sourced_id)
);

create table demographics (
  roster_id uuid not null,
  sourced_id text collate "C" not null,
  birth_date text,
  sex text,
  american_indian_or_alaska_native text,
  asian text,
  black_or_african_american text,
  native_hawaiian_or_other_pacific_islander text,
  white text,
  demographic_race_two_or_more_races text,
  hispanic_or_latino_ethnicity text,
  country_of_birth_code text,
  state_of_birth_abbreviation text,
  city_of_birth text,
  public_school_residence_status text,
  metadata jsonb,
  status text not null default 'active' check (status in ('active', 'tobedeleted')),
  date_last_modified timestamptz not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamptz,
  primary key (roster_id, sourced_id)
);

create table enrollments (
  roster_id uuid not null,
  sourced_id text collate "C" not null,
  class_sourced_id text collate "C",
  school_sourced_id text collate "C",
  user_sourced_id text collate "C",
  role text,
  "primary" text,
  begin_date text,
  end_date text,
  metadata jsonb,
  status text not null default 'active' check (status in ('active', 'tobedeleted')),
  date_last_modified timestamptz not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamptz,
  primary key (roster_id, sourced_id)
);

-- Which syncs changed the roster, and when; written together with their changes, so that none is applied twice.
create table applied_syncs (
  roster_id uuid not null,
  sync_id uuid not null,
  at timestamptz not null default now(),
  primary key (roster_id, sync_id)
);

-- What happened to records, with the values before. That a sync created a record stands in the record itself
-- (created_sync): a first load need not write everything twice. What purges a record writes that down here first.
create table changes (
  roster_id uuid not null,
  id uuid not null,
  sync_id uuid,
  account_id uuid,
  at timestamptz not null default now(),
  kind text not null,
  sourced_id text collate "C" not null,
  action text not null check (action in ('create', 'update', 'archive', 'reactivate', 'take over', 'purge')),
  before jsonb,
  primary key (roster_id, id)
);

create index changes_of_record on changes (roster_id, kind, sourced_id);
