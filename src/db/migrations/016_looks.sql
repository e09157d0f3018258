-- What a look at very many changes needs: those of one action, and those at one school, without reading the others.

drop index changes_of_sync;
create index changes_of_sync on changes (roster_id, sync_id, kind, action, sourced_id) where sync_id is not null;

-- The orgs that the record named before, separated by commas; null where its kind names none.
alter table changes add column schools text collate "C";
create index changes_of_school on changes (roster_id, sync_id, kind, schools, action, sourced_id)
  where schools is not null;

-- Which records a sync added to those that were there. Those of a first load are nearly all of their kind, and need no list.
create table created_records (
  roster_id uuid not null,
  sync_id uuid not null,
  kind text not null,
  sourced_id text collate "C" not null,
  schools text collate "C",
  primary key (roster_id, sync_id, kind, sourced_id)
);

-- Counts by school of what was applied; until then they are part of its plan. By itself, for lists of syncs have no use for it.
alter table syncs add column schools jsonb;
