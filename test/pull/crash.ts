/** Kills processes in the middle of pulls, and cuts the connections of the server, until there were so many kills. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sql from 'sql-template-tag';
import { addPull, type PullRow, pullById, setPull } from '../../src/db/pulls.ts';
import type { PullMoment } from '../../src/pull/pull.ts';
import { differences } from './compare.ts';
import type { ChildInput } from './crash-child.ts';
import type { Harness } from './harness.ts';
import { filesOf } from './read-zip.ts';
import { rosterOf, sampleFiles } from './roster.ts';
import { startSis } from './server.ts';

const child = fileURLToPath(new URL('./crash-child.ts', import.meta.url));
const moments: PullMoment[] = ['planned', 'page', 'page', 'page', 'page', 'read', 'made', 'delivered'];

/** @returns how many kills hit a process, by where. @throws AssertionError when a pull ends with another roster. */
export async function killPulls(
  harness: Harness,
  { kills, seed }: { kills: number; seed: number },
): Promise<Map<string, number>> {
  let state = seed >>> 0;
  const chance = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const files = sampleFiles(60);
  const dir = mkdtempSync(join(tmpdir(), 'hr-pull-crash-'));
  const hits = new Map<string, number>();
  let done = 0;
  try {
    for (let round = 1; done < kills; round++) {
      const version = round % 2 ? '1.1' : '1.2';
      const sis = await startSis(rosterOf(files, version), chance() < 0.5 ? ['connection breaks'] : [], round);
      try {
        const source = await harness.source(sis, { pageSize: 20, concurrency: 1 + Math.floor(chance() * 3) });
        const { id: sourceId, rosterId } = source;
        const pull = (await addPull(harness.db, { sourceId, rosterId, scope: 'full', at: new Date() })) as PullRow;
        const before = sis.requests.length;
        for (let run = 1; ; run++) {
          const isLast = done >= kills || run > 12;
          const at = moments[Math.floor(chance() * moments.length)] as PullMoment;
          const kill = isLast ? null : { at, times: at === 'page' ? 1 + Math.floor(chance() * 12) : 1 };
          // One in three is killed from outside, wherever it is.
          const afterMs = kill && chance() < 0.33 ? 300 + chance() * 1500 : undefined;
          const isHit = await runChild(
            { config: harness.db.config, dir, pull: pull.id, kill: afterMs === undefined ? kill : null },
            afterMs,
          );
          if (isHit) {
            done++;
            const where = afterMs === undefined ? (kill?.at as string) : 'chance';
            hits.set(where, (hits.get(where) ?? 0) + 1);
          }
          const now = (await pullById(harness.db, pull.id)) as PullRow;
          if (now.state === 'done') break;
          assert.notEqual(now.state, 'failed', JSON.stringify(now.trouble));
          if (!isHit) await setPull(harness.db, now, { nextAt: null, attempts: 0 });
        }
        await judge(pull.id, dir, files, harness);
        assert.ok(sis.requests.length > before);
      } finally {
        await sis.close();
      }
    }
    return hits;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function judge(pull: string, dir: string, files: ReturnType<typeof sampleFiles>, { db }: Harness): Promise<void> {
  const path = join(dir, `${pull}.zip`);
  assert.deepEqual(differences(await filesOf(readFileSync(path)), files), []);
  const pages = await db.one<{ count: number }>(
    sql`select count(*)::int as count from pull_pages where pull_id = ${pull}`,
  );
  assert.equal(pages?.count, 0, 'no page is kept');
  const delivered = existsSync(join(dir, 'delivered')) ? readFileSync(join(dir, 'delivered'), 'utf8').split('\n') : [];
  assert.ok(delivered.filter((line) => line === pull).length <= 1, 'delivered once');
}

/** @returns whether it was killed. */
async function runChild(input: ChildInput, afterMs: number | undefined): Promise<boolean> {
  const running = spawn(process.execPath, [child, JSON.stringify(input)], { stdio: ['ignore', 'inherit', 'inherit'] });
  const timer = afterMs === undefined ? undefined : setTimeout(() => running.kill('SIGKILL'), afterMs);
  const [code, signal] = (await once(running, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  if (signal === 'SIGKILL') return true;
  assert.equal(code, 0, 'the process ended by itself, and well');
  return false;
}
