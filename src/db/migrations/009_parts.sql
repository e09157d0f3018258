-- A delivery may be gone through again: for removals that were left waiting, or because a person asked for it.

alter table syncs
  -- The sync whose delivery it goes through again; it has that one's place in the order of deliveries.
  add column follows integer,
  -- Only the removals of that delivery are meant.
  add column removals_only boolean not null default false,
  -- Removals that were left out when it was applied, or when there was nothing else.
  add column waiting integer not null default 0,
  -- The settings under which the delivery was read.
  add column checked_as text;
