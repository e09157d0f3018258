/** Brings a database to the schema of this program: numbered SQL files, each applied once and whole. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import sql, { raw } from 'sql-template-tag';
import { Refusal } from '../core/refusal.ts';
import type { Db } from './db.ts';

const FOLDER = new URL('./migrations/', import.meta.url);

type Migration = { version: number; name: string; text: string; checksum: string };

/**
 * Applies what is missing, each file in a transaction of its own. Several programs may start at once: the row of a
 * migration is inserted first, so that the others wait for it and then find it done.
 * @throws Refusal `database-newer` when a newer program was here, `database-altered` when an applied file has changed.
 */
export async function migrate(db: Db): Promise<void> {
  const migrations = readMigrations();
  await createLedger(db);
  const applied = await db.query<{ version: number; checksum: string }>(
    sql`select version, checksum from schema_migrations order by version`,
  );
  checkApplied(migrations, applied);
  const done = new Set(applied.map((row) => row.version));
  for (const migration of migrations) {
    if (!done.has(migration.version)) await apply(db, migration);
  }
}

/** All migrations of this program, in order. */
export function readMigrations(): Migration[] {
  const files = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.map((file, index) => {
    const version = Number.parseInt(file, 10);
    if (version !== index + 1) throw new Error(`migrations are numbered 001, 002, …; ${file} is out of line`);
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    return {
      version,
      name: file.replace(/\.sql$/, ''),
      text,
      checksum: createHash('sha256').update(text).digest('hex'),
    };
  });
}

async function createLedger(db: Db): Promise<void> {
  // unique violation, duplicate table, duplicate object (the table's row type)
  const codes = ['23505', '42P07', '42710'];
  try {
    await db.query(sql`
      create table if not exists schema_migrations (
        version integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`);
  } catch (error) {
    // Two programs that create it at the same moment: the other one has.
    if (!codes.includes((error as { code?: string }).code ?? '')) throw error;
  }
}

function checkApplied(migrations: Migration[], applied: { version: number; checksum: string }[]): void {
  for (const { version, checksum } of applied) {
    const own = migrations[version - 1];
    if (!own) {
      throw new Refusal(
        'database-newer',
        409,
        `The database was last used by a newer Homeroom (its schema is number ${version}, this program knows ${migrations.length}). ` +
          'Start the newer program, or restore a copy from before the update.',
      );
    }
    if (own.checksum !== checksum) {
      throw new Refusal(
        'database-altered',
        409,
        `The database was made with another text of migration ${own.name}. Start the Homeroom that made it, or use another data folder.`,
      );
    }
  }
}

async function apply(db: Db, migration: Migration): Promise<void> {
  await db.tx(async (tx) => {
    const mine = await tx.one(sql`
      insert into schema_migrations (version, name, checksum)
      values (${migration.version}, ${migration.name}, ${migration.checksum})
      on conflict (version) do nothing
      returning version`);
    if (mine) await tx.query(raw(migration.text));
  });
}
