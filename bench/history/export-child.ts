/** Exports a roster in a process of its own, so that its memory can be told: `export-child.ts {"config","rosterId","until","out"}`. */
import type pg from 'pg';
import { openDb } from '../../src/db/db.ts';
import { exportRoster } from '../../src/sync/export.ts';

type Asked = { config: pg.PoolConfig; rosterId: string; until: string | null; out: string };
const asked = JSON.parse(process.argv[2] as string) as Asked;
const db = openDb(asked.config);
const at = { rosterId: asked.rosterId, until: asked.until === null ? null : new Date(asked.until) };
const started = performance.now();
const { rows, leftOut } = await exportRoster(db, { at, out: asked.out, now: new Date() });
const ms = performance.now() - started;
await db.close();
const count = Object.values(rows).reduce((sum, each) => sum + each, 0);
console.log(JSON.stringify({ ms, count, leftOut: leftOut.length, peakMiB: process.resourceUsage().maxRSS / 1024 }));
