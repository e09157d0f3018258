-- Made by `node src/db/dump-schema.ts` from all migrations: read it, do not change it.

CREATE OR REPLACE FUNCTION public.audit_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the audit log is append only';
end $function$
;

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
  status text not null default 'active'::text,
  date_last_modified timestamp with time zone not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamp with time zone,
  released_from uuid,
  constraint academic_sessions_pkey PRIMARY KEY (roster_id, sourced_id),
  constraint academic_sessions_status_check CHECK ((status = ANY (ARRAY['active'::text, 'tobedeleted'::text])))
);

CREATE INDEX academic_sessions_archived ON public.academic_sessions USING btree (roster_id, archived_at) WHERE (archived_at IS NOT NULL);
CREATE INDEX academic_sessions_by_hand ON public.academic_sessions USING btree (roster_id, sourced_id) WHERE (source_id IS NULL);

create table account_keys (
  id uuid not null,
  account_id uuid not null,
  algorithm text not null,
  public_key bytea not null,
  fingerprint text not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  created_by uuid,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  removed_at timestamp with time zone,
  constraint account_keys_pkey PRIMARY KEY (id),
  constraint account_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint account_keys_algorithm_check CHECK ((algorithm = ANY (ARRAY['ssh-ed25519'::text, 'ecdsa-sha2-nistp256'::text, 'ecdsa-sha2-nistp384'::text, 'ecdsa-sha2-nistp521'::text, 'ssh-rsa'::text]))),
  constraint account_keys_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint account_keys_name_check CHECK ((name <> ''::text))
);

CREATE UNIQUE INDEX account_keys_live ON public.account_keys USING btree (account_id, fingerprint) WHERE (removed_at IS NULL);

create table accounts (
  id uuid not null,
  email text not null,
  name text not null default ''::text,
  password_hash text,
  role text not null,
  district_id uuid,
  created_at timestamp with time zone not null default now(),
  disabled_at timestamp with time zone,
  removed_at timestamp with time zone,
  created_by uuid,
  password_set_at timestamp with time zone,
  password_used_at timestamp with time zone,
  former_password_hash text,
  former_password_until timestamp with time zone,
  former_password_used_at timestamp with time zone,
  provider_subject text,
  constraint accounts_pkey PRIMARY KEY (id),
  constraint accounts_check CHECK (((role = ANY (ARRAY['owner'::text, 'operator'::text])) = (district_id IS NULL))),
  constraint accounts_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint accounts_district_id_fkey FOREIGN KEY (district_id) REFERENCES districts(id),
  constraint accounts_email_check CHECK (((email <> ''::text) AND (length(email) <= 254))),
  constraint accounts_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'operator'::text, 'administrator'::text, 'viewer'::text])))
);

CREATE INDEX accounts_district ON public.accounts USING btree (district_id);
CREATE UNIQUE INDEX accounts_email ON public.accounts USING btree (lower(email)) WHERE (removed_at IS NULL);
CREATE UNIQUE INDEX accounts_provider_subject ON public.accounts USING btree (provider_subject) WHERE (removed_at IS NULL);

create table alert_choices (
  account_id uuid not null,
  scope text not null,
  kind text not null,
  wanted boolean not null,
  constraint alert_choices_pkey PRIMARY KEY (account_id, scope, kind),
  constraint alert_choices_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
);

create table alerts (
  id uuid not null,
  subject text not null,
  kind text not null,
  occasion text not null,
  district_id uuid,
  source_id uuid,
  sync_id uuid,
  opened_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  constraint alerts_pkey PRIMARY KEY (id),
  constraint alerts_district_id_fkey FOREIGN KEY (district_id) REFERENCES districts(id),
  constraint alerts_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
  constraint alerts_subject_kind_occasion_key UNIQUE (subject, kind, occasion)
);

CREATE INDEX alerts_district ON public.alerts USING btree (district_id, id);
CREATE UNIQUE INDEX alerts_open ON public.alerts USING btree (subject, kind) WHERE (resolved_at IS NULL);

create table applied_syncs (
  roster_id uuid not null,
  sync_id uuid not null,
  at timestamp with time zone not null default now(),
  constraint applied_syncs_pkey PRIMARY KEY (roster_id, sync_id)
);

create table attempts (
  key text not null,
  failures integer not null,
  first_at timestamp with time zone not null,
  locked_until timestamp with time zone,
  constraint attempts_pkey PRIMARY KEY (key)
);

create table audit (
  id uuid not null,
  at timestamp with time zone not null default now(),
  account_id uuid,
  address text,
  act text not null,
  object text,
  detail jsonb not null default '{}'::jsonb,
  constraint audit_pkey PRIMARY KEY (id),
  constraint audit_act_check CHECK ((act <> ''::text))
);

CREATE INDEX audit_account ON public.audit USING btree (account_id, id);
CREATE INDEX audit_locked ON public.audit USING btree (at) WHERE (act = 'sign in locked'::text);
CREATE INDEX audit_object ON public.audit USING btree (object, id);

CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

create table changes (
  roster_id uuid not null,
  id uuid not null,
  sync_id uuid,
  account_id uuid,
  at timestamp with time zone not null default now(),
  kind text not null,
  sourced_id text collate "C" not null,
  action text not null,
  before jsonb,
  source_before uuid,
  hash_before bigint,
  archived_before timestamp with time zone,
  sync_before uuid,
  source_after uuid,
  sync_after uuid,
  released_before uuid,
  schools text collate "C",
  constraint changes_pkey PRIMARY KEY (roster_id, id),
  constraint changes_action_check CHECK ((action = ANY (ARRAY['create'::text, 'update'::text, 'archive'::text, 'reactivate'::text, 'take over'::text, 'release'::text, 'hand back'::text, 'purge'::text])))
);

CREATE INDEX changes_by_people ON public.changes USING btree (roster_id, kind, sourced_id) WHERE (sync_id IS NULL);
CREATE INDEX changes_of_record ON public.changes USING btree (roster_id, kind, sourced_id, at, id);
CREATE INDEX changes_of_school ON public.changes USING btree (roster_id, sync_id, kind, schools, action, sourced_id) WHERE (schools IS NOT NULL);
CREATE INDEX changes_of_sync ON public.changes USING btree (roster_id, sync_id, kind, action, sourced_id) WHERE (sync_id IS NOT NULL);

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
  status text not null default 'active'::text,
  date_last_modified timestamp with time zone not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamp with time zone,
  released_from uuid,
  constraint classes_pkey PRIMARY KEY (roster_id, sourced_id),
  constraint classes_status_check CHECK ((status = ANY (ARRAY['active'::text, 'tobedeleted'::text])))
);

CREATE INDEX classes_archived ON public.classes USING btree (roster_id, archived_at) WHERE (archived_at IS NOT NULL);
CREATE INDEX classes_by_hand ON public.classes USING btree (roster_id, sourced_id) WHERE (source_id IS NULL);

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
  status text not null default 'active'::text,
  date_last_modified timestamp with time zone not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamp with time zone,
  released_from uuid,
  constraint courses_pkey PRIMARY KEY (roster_id, sourced_id),
  constraint courses_status_check CHECK ((status = ANY (ARRAY['active'::text, 'tobedeleted'::text])))
);

CREATE INDEX courses_archived ON public.courses USING btree (roster_id, archived_at) WHERE (archived_at IS NOT NULL);
CREATE INDEX courses_by_hand ON public.courses USING btree (roster_id, sourced_id) WHERE (source_id IS NULL);

create table created_records (
  roster_id uuid not null,
  sync_id uuid not null,
  kind text not null,
  sourced_id text collate "C" not null,
  schools text collate "C",
  constraint created_records_pkey PRIMARY KEY (roster_id, sync_id, kind, sourced_id)
);

create table deliveries (
  roster_id uuid not null,
  id uuid not null,
  source_id uuid not null,
  name text not null,
  size_bytes bigint not null,
  sha256 text not null,
  received_at timestamp with time zone not null default now(),
  account_id uuid,
  address text,
  archive_key text,
  expires_at timestamp with time zone,
  remarks jsonb,
  constraint deliveries_pkey PRIMARY KEY (roster_id, id),
  constraint deliveries_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint deliveries_roster_id_fkey FOREIGN KEY (roster_id) REFERENCES rosters(id),
  constraint deliveries_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint deliveries_size_bytes_check CHECK ((size_bytes >= 0)),
  constraint deliveries_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources(id)
);

CREATE INDEX deliveries_expiry ON public.deliveries USING btree (expires_at) WHERE (archive_key IS NOT NULL);
CREATE INDEX deliveries_id ON public.deliveries USING btree (id);
CREATE INDEX deliveries_source ON public.deliveries USING btree (roster_id, source_id, received_at);

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
  status text not null default 'active'::text,
  date_last_modified timestamp with time zone not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamp with time zone,
  released_from uuid,
  constraint demographics_pkey PRIMARY KEY (roster_id, sourced_id),
  constraint demographics_status_check CHECK ((status = ANY (ARRAY['active'::text, 'tobedeleted'::text])))
);

CREATE INDEX demographics_archived ON public.demographics USING btree (roster_id, archived_at) WHERE (archived_at IS NOT NULL);
CREATE INDEX demographics_by_hand ON public.demographics USING btree (roster_id, sourced_id) WHERE (source_id IS NULL);

create table districts (
  id uuid not null,
  site_code text not null,
  slug text not null,
  name text not null,
  time_zone text not null,
  created_at timestamp with time zone not null default now(),
  sftp_networks text[] not null default '{}'::text[],
  constraint districts_pkey PRIMARY KEY (id),
  constraint districts_name_check CHECK ((name <> ''::text)),
  constraint districts_site_code_check CHECK ((site_code ~ '^[A-Za-z0-9._-]{1,64}$'::text)),
  constraint districts_site_code_key UNIQUE (site_code),
  constraint districts_slug_check CHECK ((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text))
);

CREATE UNIQUE INDEX districts_folder ON public.districts USING btree (lower(((site_code || '-'::text) || slug)));
CREATE INDEX districts_slug ON public.districts USING btree (slug);

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
  status text not null default 'active'::text,
  date_last_modified timestamp with time zone not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamp with time zone,
  released_from uuid,
  constraint enrollments_pkey PRIMARY KEY (roster_id, sourced_id),
  constraint enrollments_status_check CHECK ((status = ANY (ARRAY['active'::text, 'tobedeleted'::text])))
);

CREATE INDEX enrollments_archived ON public.enrollments USING btree (roster_id, archived_at) WHERE (archived_at IS NOT NULL);
CREATE INDEX enrollments_by_hand ON public.enrollments USING btree (roster_id, sourced_id) WHERE (source_id IS NULL);

create table format_versions (
  format text not null,
  version integer not null,
  content text not null,
  note text not null default ''::text,
  made_by text not null,
  made_at timestamp with time zone not null,
  constraint format_versions_pkey PRIMARY KEY (format, version),
  constraint format_versions_format_check CHECK ((format <> ''::text)),
  constraint format_versions_version_check CHECK ((version > 0))
);

create table formats_in_use (
  format text not null,
  version integer not null,
  constraint formats_in_use_pkey PRIMARY KEY (format),
  constraint formats_in_use_format_version_fkey FOREIGN KEY (format, version) REFERENCES format_versions(format, version)
);

create table former_ids (
  roster_id uuid not null,
  kind text not null,
  former_id text collate "C" not null,
  sourced_id text collate "C" not null,
  sync_id uuid,
  at timestamp with time zone not null default now(),
  constraint former_ids_pkey PRIMARY KEY (roster_id, kind, former_id)
);

create table links (
  id uuid not null,
  token_hash bytea not null,
  account_id uuid not null,
  purpose text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint links_pkey PRIMARY KEY (id),
  constraint links_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint links_purpose_check CHECK ((purpose = ANY (ARRAY['sign-in'::text, 'invitation'::text, 'reset'::text]))),
  constraint links_token_hash_key UNIQUE (token_hash)
);

CREATE INDEX links_account ON public.links USING btree (account_id);
CREATE INDEX links_expiry ON public.links USING btree (expires_at);

create table mails (
  id uuid not null,
  recipient text not null,
  subject text not null,
  text text not null,
  html text,
  secret boolean not null default false,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  next_try_at timestamp with time zone not null,
  trouble text,
  created_at timestamp with time zone not null,
  done_at timestamp with time zone,
  sealed_link bytea,
  constraint mails_pkey PRIMARY KEY (id),
  constraint mails_recipient_check CHECK (((recipient <> ''::text) AND (length(recipient) <= 254))),
  constraint mails_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'kept'::text, 'failed'::text]))),
  constraint mails_subject_check CHECK (((subject <> ''::text) AND (length(subject) <= 300)))
);

CREATE INDEX mails_created ON public.mails USING btree (created_at);
CREATE INDEX mails_due ON public.mails USING btree (next_try_at) WHERE (state = 'waiting'::text);

create table orgs (
  roster_id uuid not null,
  sourced_id text collate "C" not null,
  name text,
  type text,
  identifier text,
  parent_sourced_id text collate "C",
  metadata jsonb,
  status text not null default 'active'::text,
  date_last_modified timestamp with time zone not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamp with time zone,
  released_from uuid,
  constraint orgs_pkey PRIMARY KEY (roster_id, sourced_id),
  constraint orgs_status_check CHECK ((status = ANY (ARRAY['active'::text, 'tobedeleted'::text])))
);

CREATE INDEX orgs_archived ON public.orgs USING btree (roster_id, archived_at) WHERE (archived_at IS NOT NULL);
CREATE INDEX orgs_by_hand ON public.orgs USING btree (roster_id, sourced_id) WHERE (source_id IS NULL);

create table products (
  id uuid not null,
  slug text not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  profile text,
  formats text[] not null default '{}'::text[],
  receiving jsonb,
  constraint products_pkey PRIMARY KEY (id),
  constraint products_name_check CHECK ((name <> ''::text)),
  constraint products_slug_check CHECK ((slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text)),
  constraint products_slug_key UNIQUE (slug)
);

create table pull_connections (
  source_id uuid not null,
  address text not null,
  token_url text,
  client_id text not null,
  sealed_secret bytea not null,
  preset text,
  settings jsonb not null default '{}'::jsonb,
  memory_key text,
  changed_at timestamp with time zone not null default now(),
  constraint pull_connections_pkey PRIMARY KEY (source_id),
  constraint pull_connections_address_check CHECK ((address ~ '^https?://'::text)),
  constraint pull_connections_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources(id)
);

create table pull_pages (
  roster_id uuid not null,
  pull_id uuid not null,
  collection text not null,
  number integer not null,
  store_key text not null,
  rows integer not null,
  notes jsonb not null,
  constraint pull_pages_pkey PRIMARY KEY (roster_id, pull_id, collection, number),
  constraint pull_pages_roster_id_pull_id_fkey FOREIGN KEY (roster_id, pull_id) REFERENCES pulls(roster_id, id) ON DELETE CASCADE
);

create table pulls (
  roster_id uuid not null,
  id uuid not null,
  source_id uuid not null,
  scope text not null,
  state text not null,
  asked_by text,
  due_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  next_at timestamp with time zone,
  attempts integer not null default 0,
  plan jsonb,
  progress jsonb not null default '{}'::jsonb,
  trouble jsonb,
  watermarks jsonb not null default '{}'::jsonb,
  facts jsonb not null default '{}'::jsonb,
  sync_id uuid,
  constraint pulls_pkey PRIMARY KEY (roster_id, id),
  constraint pulls_roster_id_fkey FOREIGN KEY (roster_id) REFERENCES rosters(id),
  constraint pulls_scope_check CHECK ((scope = ANY (ARRAY['full'::text, 'changes'::text]))),
  constraint pulls_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
  constraint pulls_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'pulling'::text, 'done'::text, 'failed'::text])))
);

CREATE INDEX pulls_id ON public.pulls USING btree (id);
CREATE UNIQUE INDEX pulls_open ON public.pulls USING btree (roster_id, source_id) WHERE (state = ANY (ARRAY['waiting'::text, 'pulling'::text]));
CREATE INDEX pulls_source ON public.pulls USING btree (roster_id, source_id, id);

create table recovery_codes (
  account_id uuid not null,
  code_hash bytea not null,
  used_at timestamp with time zone,
  constraint recovery_codes_pkey PRIMARY KEY (account_id, code_hash),
  constraint recovery_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
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
  status text not null default 'active'::text,
  date_last_modified timestamp with time zone not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamp with time zone,
  released_from uuid,
  constraint roles_pkey PRIMARY KEY (roster_id, sourced_id),
  constraint roles_status_check CHECK ((status = ANY (ARRAY['active'::text, 'tobedeleted'::text])))
);

CREATE INDEX roles_archived ON public.roles USING btree (roster_id, archived_at) WHERE (archived_at IS NOT NULL);
CREATE INDEX roles_by_hand ON public.roles USING btree (roster_id, sourced_id) WHERE (source_id IS NULL);

create table roster_versions (
  roster_id uuid not null,
  version bigint not null default 0,
  at timestamp with time zone not null default now(),
  constraint roster_versions_pkey PRIMARY KEY (roster_id)
);

create table rosters (
  id uuid not null,
  district_id uuid not null,
  product_id uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint rosters_pkey PRIMARY KEY (id),
  constraint rosters_district_id_fkey FOREIGN KEY (district_id) REFERENCES districts(id),
  constraint rosters_district_id_product_id_key UNIQUE (district_id, product_id),
  constraint rosters_product_id_fkey FOREIGN KEY (product_id) REFERENCES products(id)
);

create table schema_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (version)
);

create table second_factors (
  account_id uuid not null,
  sealed_secret bytea not null,
  created_at timestamp with time zone not null default now(),
  confirmed_at timestamp with time zone,
  last_period bigint,
  constraint second_factors_pkey PRIMARY KEY (account_id),
  constraint second_factors_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
);

create table sessions (
  token_hash bytea not null,
  account_id uuid not null,
  created_at timestamp with time zone not null default now(),
  seen_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint sessions_pkey PRIMARY KEY (token_hash),
  constraint sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
);

CREATE INDEX sessions_account ON public.sessions USING btree (account_id);
CREATE INDEX sessions_expiry ON public.sessions USING btree (expires_at);

create table sources (
  id uuid not null,
  roster_id uuid not null,
  kind text not null,
  name text not null,
  format text not null default 'auto'::text,
  profile text not null default 'default'::text,
  mode text not null default 'active'::text,
  trust_first boolean not null default false,
  needs_full boolean not null default false,
  last_file_name text,
  settings jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  watched_from timestamp with time zone,
  constraint sources_pkey PRIMARY KEY (id),
  constraint sources_kind_check CHECK ((kind = ANY (ARRAY['sftp'::text, 'upload'::text, 'pull'::text]))),
  constraint sources_mode_check CHECK ((mode = ANY (ARRAY['active'::text, 'paused'::text, 'dry run'::text, 'additions only'::text]))),
  constraint sources_name_check CHECK ((name <> ''::text)),
  constraint sources_profile_check CHECK ((profile = ANY (ARRAY['default'::text, 'strict'::text, 'lenient'::text]))),
  constraint sources_roster_id_fkey FOREIGN KEY (roster_id) REFERENCES rosters(id),
  constraint sources_roster_id_name_key UNIQUE (roster_id, name)
);

CREATE UNIQUE INDEX sources_upload_path ON public.sources USING btree (roster_id) WHERE (kind = 'sftp'::text);

create table sync_findings (
  roster_id uuid not null,
  sync_id uuid not null,
  rule text not null,
  ordinal integer not null,
  severity text not null,
  file text,
  line integer,
  column_name text,
  key text,
  value text,
  message text not null,
  fix text not null,
  constraint sync_findings_pkey PRIMARY KEY (roster_id, sync_id, rule, ordinal),
  constraint sync_findings_roster_id_sync_id_fkey FOREIGN KEY (roster_id, sync_id) REFERENCES syncs(roster_id, id) ON DELETE CASCADE,
  constraint sync_findings_severity_check CHECK ((severity = ANY (ARRAY['fatal'::text, 'error'::text, 'warning'::text, 'info'::text])))
);

create table sync_rules (
  roster_id uuid not null,
  sync_id uuid not null,
  rule text not null,
  severity text not null,
  count integer not null,
  constraint sync_rules_pkey PRIMARY KEY (roster_id, sync_id, rule),
  constraint sync_rules_roster_id_sync_id_fkey FOREIGN KEY (roster_id, sync_id) REFERENCES syncs(roster_id, id) ON DELETE CASCADE,
  constraint sync_rules_severity_check CHECK ((severity = ANY (ARRAY['fatal'::text, 'error'::text, 'warning'::text, 'info'::text])))
);

create table sync_steps (
  roster_id uuid not null,
  sync_id uuid not null,
  step text not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  detail jsonb not null default '{}'::jsonb,
  constraint sync_steps_pkey PRIMARY KEY (roster_id, sync_id, step),
  constraint sync_steps_roster_id_sync_id_fkey FOREIGN KEY (roster_id, sync_id) REFERENCES syncs(roster_id, id) ON DELETE CASCADE
);

CREATE INDEX sync_steps_open ON public.sync_steps USING btree (step, roster_id) WHERE (finished_at IS NULL);

create table syncs (
  roster_id uuid not null,
  id uuid not null,
  source_id uuid not null,
  delivery_id uuid,
  number integer not null,
  state text not null,
  step text,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
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
  origin text not null default 'delivery'::text,
  origin_detail jsonb,
  dry_run boolean not null default false,
  follows integer,
  removals_only boolean not null default false,
  waiting integer not null default 0,
  checked_as text,
  schools jsonb,
  constraint syncs_pkey PRIMARY KEY (roster_id, id),
  constraint syncs_number_check CHECK ((number > 0)),
  constraint syncs_origin_check CHECK ((origin = ANY (ARRAY['delivery'::text, 'rollback'::text, 'year reset'::text]))),
  constraint syncs_roster_id_delivery_id_fkey FOREIGN KEY (roster_id, delivery_id) REFERENCES deliveries(roster_id, id),
  constraint syncs_roster_id_fkey FOREIGN KEY (roster_id) REFERENCES rosters(id),
  constraint syncs_roster_id_number_key UNIQUE (roster_id, number),
  constraint syncs_source_id_fkey FOREIGN KEY (source_id) REFERENCES sources(id),
  constraint syncs_state_check CHECK ((state = ANY (ARRAY['received'::text, 'checking'::text, 'comparing'::text, 'applying'::text, 'applied'::text, 'rejected'::text, 'unchanged'::text, 'held'::text, 'superseded'::text, 'discarded'::text, 'failed'::text, 'rolled back'::text])))
);

CREATE INDEX syncs_id ON public.syncs USING btree (id);
CREATE INDEX syncs_open ON public.syncs USING btree (roster_id, number) WHERE (state = ANY (ARRAY['received'::text, 'checking'::text, 'comparing'::text, 'applying'::text, 'held'::text, 'failed'::text]));
CREATE INDEX syncs_source ON public.syncs USING btree (roster_id, source_id, number);

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
  status text not null default 'active'::text,
  date_last_modified timestamp with time zone not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamp with time zone,
  released_from uuid,
  constraint user_profiles_pkey PRIMARY KEY (roster_id, sourced_id),
  constraint user_profiles_status_check CHECK ((status = ANY (ARRAY['active'::text, 'tobedeleted'::text])))
);

CREATE INDEX user_profiles_archived ON public.user_profiles USING btree (roster_id, archived_at) WHERE (archived_at IS NOT NULL);
CREATE INDEX user_profiles_by_hand ON public.user_profiles USING btree (roster_id, sourced_id) WHERE (source_id IS NULL);

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
  status text not null default 'active'::text,
  date_last_modified timestamp with time zone not null default now(),
  source_id uuid,
  content_hash bigint,
  created_sync uuid,
  updated_sync uuid,
  archived_at timestamp with time zone,
  released_from uuid,
  constraint users_pkey PRIMARY KEY (roster_id, sourced_id),
  constraint users_status_check CHECK ((status = ANY (ARRAY['active'::text, 'tobedeleted'::text])))
);

CREATE INDEX users_archived ON public.users USING btree (roster_id, archived_at) WHERE (archived_at IS NOT NULL);
CREATE INDEX users_by_hand ON public.users USING btree (roster_id, sourced_id) WHERE (source_id IS NULL);
CREATE INDEX users_names ON public.users USING btree (roster_id, lower(family_name) text_pattern_ops, lower(given_name) text_pattern_ops);

create table webhook_deliveries (
  webhook_id uuid not null,
  id uuid not null,
  event text not null,
  occasion text not null,
  body text not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  next_try_at timestamp with time zone not null,
  status integer,
  trouble text,
  created_at timestamp with time zone not null,
  done_at timestamp with time zone,
  constraint webhook_deliveries_pkey PRIMARY KEY (webhook_id, id),
  constraint webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text]))),
  constraint webhook_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhooks(id) ON DELETE CASCADE,
  constraint webhook_deliveries_webhook_id_occasion_key UNIQUE (webhook_id, occasion)
);

CREATE INDEX webhook_deliveries_done ON public.webhook_deliveries USING btree (done_at) WHERE (state <> 'waiting'::text);
CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (next_try_at) WHERE (state = 'waiting'::text);

create table webhooks (
  id uuid not null,
  url text not null,
  sealed_secret bytea not null,
  events text[] not null,
  district_id uuid,
  state text not null default 'active'::text,
  created_at timestamp with time zone not null,
  constraint webhooks_pkey PRIMARY KEY (id),
  constraint webhooks_district_id_fkey FOREIGN KEY (district_id) REFERENCES districts(id),
  constraint webhooks_state_check CHECK ((state = ANY (ARRAY['active'::text, 'stopped'::text]))),
  constraint webhooks_url_check CHECK (((url <> ''::text) AND (length(url) <= 2000)))
);
