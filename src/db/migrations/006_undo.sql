-- Syncs that come from no file, and what a change must remember so that it can be undone.

alter table syncs add column origin text not null default 'delivery'
  check (origin in ('delivery', 'rollback', 'year reset'));
-- Which syncs are undone, which variant: what the plan of such a sync is made from.
alter table syncs add column origin_detail jsonb;

-- Whose the record was, the hash of its content, since when it was archived and which sync had made it what it was;
-- and whose it is afterwards, and which sync counts as having made it so: a rollback hands that back too.
alter table changes add column source_before uuid;
alter table changes add column hash_before bigint;
alter table changes add column archived_before timestamptz;
alter table changes add column sync_before uuid;
alter table changes add column source_after uuid;
alter table changes add column sync_after uuid;

-- Until now a sync changed records of its own source only, but for those that it took over.
update changes c set source_after = y.source_id, sync_after = y.id,
  source_before = case when c.action = 'take over' then null else y.source_id end
from syncs y where y.roster_id = c.roster_id and y.id = c.sync_id;

-- What people did, and what time did: few beside what syncs do.
create index changes_by_people on changes (roster_id, kind, sourced_id) where sync_id is null;
