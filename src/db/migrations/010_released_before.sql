-- From which source a person had taken the record before the change: a rollback of a take over hands that back too.

alter table changes add column released_before uuid;
