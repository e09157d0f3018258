-- Records that people add, change and remove by hand, beside those that a source sends.

-- The source from whose care a person took the record: what it sends under this id is left alone from then on.
alter table orgs add column released_from uuid;
alter table academic_sessions add column released_from uuid;
alter table courses add column released_from uuid;
alter table classes add column released_from uuid;
alter table users add column released_from uuid;
alter table user_profiles add column released_from uuid;
alter table roles add column released_from uuid;
alter table demographics add column released_from uuid;
alter table enrollments add column released_from uuid;

-- Records added by hand are few among many, and each delivery asks for them.
create index orgs_by_hand on orgs (roster_id, sourced_id) where source_id is null;
create index academic_sessions_by_hand on academic_sessions (roster_id, sourced_id) where source_id is null;
create index courses_by_hand on courses (roster_id, sourced_id) where source_id is null;
create index classes_by_hand on classes (roster_id, sourced_id) where source_id is null;
create index users_by_hand on users (roster_id, sourced_id) where source_id is null;
create index user_profiles_by_hand on user_profiles (roster_id, sourced_id) where source_id is null;
create index roles_by_hand on roles (roster_id, sourced_id) where source_id is null;
create index demographics_by_hand on demographics (roster_id, sourced_id) where source_id is null;
create index enrollments_by_hand on enrollments (roster_id, sourced_id) where source_id is null;

-- What was archived, for what its time is over.
create index orgs_archived on orgs (roster_id, archived_at) where archived_at is not null;
create index academic_sessions_archived on academic_sessions (roster_id, archived_at) where archived_at is not null;
create index courses_archived on courses (roster_id, archived_at) where archived_at is not null;
create index classes_archived on classes (roster_id, archived_at) where archived_at is not null;
create index users_archived on users (roster_id, archived_at) where archived_at is not null;
create index user_profiles_archived on user_profiles (roster_id, archived_at) where archived_at is not null;
create index roles_archived on roles (roster_id, archived_at) where archived_at is not null;
create index demographics_archived on demographics (roster_id, archived_at) where archived_at is not null;
create index enrollments_archived on enrollments (roster_id, archived_at) where archived_at is not null;

alter table changes drop constraint changes_action_check;
alter table changes add constraint changes_action_check check (action in
  ('create', 'update', 'archive', 'reactivate', 'take over', 'release', 'hand back', 'purge'));

-- Counts what changes a roster beside its syncs, so that what was concluded from an older state is concluded anew. The row
-- is also the lock that lets a sync and a person change a roster one after the other.
create table roster_versions (
  roster_id uuid primary key,
  version bigint not null default 0,
  at timestamptz not null default now()
);

-- Under which ids records stood before a source took them over under its own. The history moved along.
create table former_ids (
  roster_id uuid not null,
  kind text not null,
  former_id text collate "C" not null,
  sourced_id text collate "C" not null,
  sync_id uuid,
  at timestamptz not null default now(),
  primary key (roster_id, kind, former_id)
);
