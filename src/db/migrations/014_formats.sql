-- Formats of the vendor's and the districts' own: mappings, and what was changed of a declared format for a product.
create table format_versions (
  -- `mapping:<name>`, or `<format>@<slug of the product>`.
  format text not null check (format <> ''),
  version integer not null check (version > 0),
  -- YAML of a mapping, JSON of changes.
  content text not null,
  note text not null default '',
  made_by text not null,
  made_at timestamptz not null,
  primary key (format, version)
);

-- The version that counts. A format without a row here is not used yet.
create table formats_in_use (
  format text primary key,
  version integer not null,
  foreign key (format, version) references format_versions (format, version)
);
