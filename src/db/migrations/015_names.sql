-- People of all rosters are found by the beginning of their family name, and of their given name with it.
create index users_names on users (roster_id, lower(family_name) text_pattern_ops, lower(given_name) text_pattern_ops);
