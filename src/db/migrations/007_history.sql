-- What a look at many changes needs: those of a sync page by page, and those of a record in the order of time.

create index changes_of_sync on changes (roster_id, sync_id, kind, sourced_id, action) where sync_id is not null;

drop index changes_of_record;
create index changes_of_record on changes (roster_id, kind, sourced_id, at, id);

-- Everything but apply was done, for somebody who wanted to see what would happen. Such a sync ends as discarded, and
-- neither its source nor later deliveries notice it.
alter table syncs add column dry_run boolean not null default false;
