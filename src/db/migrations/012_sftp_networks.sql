-- From where the people of a district may reach SFTP: addresses and CIDR blocks; empty: from everywhere.

alter table districts add column sftp_networks text[] not null default '{}';
