/** A program of its own on a data folder, for tests that kill it: says `ready`, or why the database did not start. */
import pino from 'pino';
import sql from 'sql-template-tag';
import { openDb } from '../src/db/db.ts';
import { startEmbedded } from '../src/db/embedded.ts';

const dataDir = process.argv[2] as string;
try {
  const engine = await startEmbedded({ dataDir, log: pino({ level: 'silent' }) });
  const db = openDb(engine.config);
  await db.query(sql`create table if not exists written (n integer)`);
  await db.query(sql`insert into written values (1)`);
  process.once('SIGINT', async () => {
    await db.close();
    await engine.close();
    process.exit(0);
  });
  process.once('SIGUSR2', () => process.exit(1));
  setInterval(() => {}, 60_000);
  console.log('ready');
} catch (error) {
  console.log((error as Error).message);
}
