/**
 * The pages of a sync with 100,000 findings and 800,000 changes against those of a small one, in the same run: each answer
 * of the console's API that a person waits for, over HTTP from a whole house on one private PostgreSQL, median of several
 * askings. Held, applied, held again with updates and removals, and an ordinary night of the large roster; and the overview
 * with 1,000 districts against that with two. 1 would be "opens as fast as a small one". The deliveries are kept in the
 * temporary folder for the next run; everything else is made anew.
 */
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sql from 'sql-template-tag';
import { readConfig } from '../src/config.ts';
import type { SchoolPlan } from '../src/core/plan.ts';
import type { Kind } from '../src/core/tables.ts';
import { addAccount } from '../src/db/accounts.ts';
import { newId } from '../src/db/ids.ts';
import { type House, openHouse } from '../src/house.ts';
import { createLog } from '../src/log.ts';
import { createSession } from '../src/people/sessions.ts';
import { type Edit, generate } from '../src/sample/generate.ts';
import { writeSample } from '../src/sample/write.ts';

const largeStudents = Number(process.env.BENCH_STUDENTS ?? 100_000);
const districts = Number(process.env.BENCH_DISTRICTS ?? 1000);
const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
/** Slow calls are asked fewer times. */
const fewestRounds = Math.min(rounds, 5);
const enoughMs = 1500;
const smallStudents = 100;
const product = 'literacy';
const sizes = { small: smallStudents, large: largeStudents };
type Size = keyof typeof sizes;
type Ask = (path: string, body?: unknown) => Promise<Record<string, unknown>>;

export default async function bench(): Promise<Record<string, number>> {
  const home = await mkdtemp(join(tmpdir(), 'homeroom-bench-console-'));
  const config = readConfig({
    HOMEROOM_DATA: join(home, 'data'),
    HOMEROOM_HTTP_PORT: '0',
    HOMEROOM_UPLOAD_LIMIT_BYTES: String(2 ** 32),
  });
  const house = await openHouse(config, createLog('error'), { doors: ['http'] });
  try {
    const ask = await askingAsOwner(house);
    await house.acts.addProduct({ slug: product, name: 'Literacy' });
    for (const size of ['small', 'large'] as const) {
      await house.acts.addDistrict({ siteCode: codeOf(size), name: `The ${size} district` });
      await house.acts.addSource({ district: codeOf(size), product, kind: 'upload' });
    }
    const found: Record<string, number> = {};
    const slowestMs: number[] = [];
    const compare = async (state: string, make: (size: Size) => Promise<string>) => {
      const ids = { small: await make('small'), large: await make('large') };
      const { ratios, slowest } = await compareSyncs(house, ask, state, ids);
      Object.assign(found, ratios);
      slowestMs.push(slowest);
    };
    let overviewBefore = 0;
    await compare('firstHeld', (size) => deliver(house, size, 0, 'held'));
    await compare('applied', (size) => approved(house, size));
    await compare('night', (size) => deliver(house, size, 1, 'applied'));
    await compare('updatesHeld', (size) => deliver(house, size, 2, 'held'));
    overviewBefore = await median(() => ask('/overview'));
    await addDistricts(house, districts);
    const overviewMs = await median(() => ask('/overview'));
    const districtsMs = await median(() => ask('/districts?q=9'));
    const slowest = Math.max(...Object.entries(found).flatMap(([name, value]) => (name.endsWith('Ms') ? [] : [value])));
    return {
      slowestCallToSmall: slowest,
      slowestCallMs: rounded(Math.max(...slowestMs)),
      overviewOfThousandToTwo: ratio(overviewMs, overviewBefore),
      overviewMs: rounded(overviewMs),
      districtsMs: rounded(districtsMs),
      ...found,
    };
  } finally {
    await house.close();
    await rm(home, { recursive: true, force: true });
  }
}

const codeOf = (size: Size): string => (size === 'small' ? '1' : '2');
const ratio = (ms: number, of: number): number => Math.round((100 * ms) / of) / 100;
const rounded = (ms: number): number => Math.round(10 * ms) / 10;

async function askingAsOwner(house: House): Promise<Ask> {
  const { url } = house.http as { url: string };
  const { id } = await addAccount(house.db, { email: 'owner@vendor.example', role: 'owner', districtId: null });
  const headers = {
    origin: url,
    'x-homeroom-console': '1',
    'content-type': 'application/json',
    cookie: `homeroom=${await createSession(house.db, id)}`,
  };
  return async (path, body) => {
    const answer = await fetch(`${url}/api/console${path}`, {
      headers,
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
}

/** Generation 0 is the first delivery with a fault for each student, 1 an ordinary night, 2 one that changes nearly all. */
async function deliver(house: House, size: Size, generation: number, wanted: string): Promise<string> {
  const path = await delivery(size, generation);
  const { sync } = await house.acts.sync({ path, district: codeOf(size), product });
  return settled(house, sync, wanted);
}

/** Made once for all runs of this very code. */
async function delivery(size: Size, generation: number): Promise<string> {
  const folder = join(tmpdir(), `homeroom-bench-console-deliveries-${codeHash()}`);
  const path = join(folder, `${sizes[size]}-${generation}.zip`);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  await mkdir(folder, { recursive: true });
  const drawn = { students: sizes[size], seed: 1, churn: size === 'small' ? 0.02 : 0.001 };
  await writeSample(generate({ ...drawn, generation: Math.min(generation, 1) }, faulty(generation)), path);
  return path;
}

function codeHash(): string {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  const folder = join(import.meta.dirname, '../src/sample');
  for (const file of globSync('*.ts', { cwd: folder }).sort()) hash.update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}

const badEmail = (n: number): string => `no address ${n}`;

/** Each student has a fault; the large night also changes each enrollment and leaves out each seventh. */
function faulty(generation: number): Edit {
  return function* (kind: Kind, columns, rows) {
    const at = (column: string) => columns.indexOf(column);
    let n = 0;
    for (const row of rows) {
      n++;
      if (kind === 'users' && row[at('role')] === 'student') {
        if (n % 3 === 0) row[at('grades')] = 'Z9';
        else if (n % 50 === 0) row[at('agentSourcedIds')] = 'gone';
        else row[at('email')] = badEmail(n);
        if (generation === 2) row[at('middleName')] = 'Q';
      }
      if (kind === 'enrollments' && generation === 2) {
        if (n % 7 === 0) continue;
        row[at('beginDate')] = '2025-09-02';
      }
      yield row;
    }
  };
}

async function approved(house: House, size: Size): Promise<string> {
  const { id } = (await house.db.one<{ id: string }>(sql`
    select y.id from syncs y join rosters r on r.id = y.roster_id join districts d on d.id = r.district_id
    where d.site_code = ${codeOf(size)} and y.state = 'held'`)) as { id: string };
  await house.acts.decide({ sync: id, choice: 'apply all' });
  return settled(house, id, 'applied');
}

async function settled(house: House, sync: string, wanted: string): Promise<string> {
  for (;;) {
    const { state, steps, decided, reasons } = await house.acts.follow({ sync });
    const isTold = steps.some(({ step, finishedAt }) => step === 'published' && finishedAt !== null);
    if (isTold && !decided && state === wanted) return sync;
    if (isTold && !decided && !['received', 'checking', 'comparing', 'applying', 'held'].includes(state))
      throw new Error(`A sync is ${state} and not ${wanted}: ${reasons.join(' ')}`);
    await sleep(100);
  }
}

/** What a person's browser asks for on the page of a sync, and on the next pages of its lists. */
async function callsOf(ask: Ask, id: string): Promise<Record<string, () => Promise<unknown>>> {
  const at = `/syncs/${id}`;
  const { rules } = (await ask(`${at}/rules`)) as { rules: { rule: string }[] };
  const rule = encodeURIComponent(rules[0]?.rule ?? '');
  const plan = (await ask(`${at}/plan`)) as { schools: SchoolPlan[] };
  const bySize = plan.schools.toSorted((a, b) => changesAt(b) - changesAt(a));
  const [large, small] = [bySize[0], bySize.at(-1)].map((each) => encodeURIComponent(each?.school ?? ''));
  const first = (await ask(`${at}/changes?kind=users`)) as { next: string | null };
  const changes = (query: string) => () => ask(`${at}/changes?${query}`);
  return {
    sync: () => ask(at),
    plan: () => ask(`${at}/plan`),
    rules: () => ask(`${at}/rules`),
    newRules: () => ask(`${at}/rules?only=new`),
    news: () => ask(`${at}/findings/news`),
    findings: () => ask(`${at}/findings?rule=${rule}&page=1`),
    newFindings: () => ask(`${at}/findings?rule=${rule}&page=1&only=new`),
    findingsSearched: () => ask(`${at}/findings/search`, { words: 'line 11', page: 1 }),
    changes: changes(''),
    changesOfKind: changes('kind=enrollments'),
    changesOfAction: changes('kind=users&action=update'),
    removals: changes('action=archive'),
    additions: changes('action=create'),
    nextChanges: changes(first.next ? `kind=users&after=${encodeURIComponent(first.next)}` : 'kind=users'),
    changesOfSchool: changes(`school=${large}`),
    changesOfSmallSchool: changes(`school=${small}`),
    changesOfKindAndSchool: changes(`kind=enrollments&school=${large}`),
    changesOfKindAndSmallSchool: changes(`kind=enrollments&school=${small}`),
    changesOfActionAndSchool: changes(`action=update&school=${small}`),
  };
}

const changesAt = ({ archive, added = 0, changed = 0 }: SchoolPlan): number => archive + added + changed;

async function compareSyncs(house: House, ask: Ask, state: string, ids: Record<Size, string>) {
  const small = await callsOf(ask, ids.small);
  const large = await callsOf(ask, ids.large);
  const counts = (await house.acts.follow({ sync: ids.large })).counts;
  const { findings } = await ask(`/syncs/${ids.large}`);
  console.error(`${state}: ${JSON.stringify(counts)} and ${findings} findings in the large district`);
  const ratios: Record<string, number> = {};
  let slowest = 0;
  for (const [name, call] of Object.entries(large)) {
    const largeMs = await median(call);
    const smallMs = await median(small[name] as typeof call);
    ratios[`${state}.${name}`] = ratio(largeMs, smallMs);
    slowest = Math.max(slowest, largeMs);
    console.error(`  ${name.padEnd(24)} ${largeMs.toFixed(1).padStart(8)} ms, small ${smallMs.toFixed(1)} ms`);
  }
  return { ratios, slowest };
}

async function median(call: () => Promise<unknown>): Promise<number> {
  await call();
  const times: number[] = [];
  const first = performance.now();
  for (let n = 0; n < rounds && (n < fewestRounds || performance.now() - first < enoughMs); n++) {
    const begun = performance.now();
    await call();
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] as number;
}

/** Districts with a source each and a month of nights, written straight into the tables of the house. */
async function addDistricts(house: House, count: number): Promise<void> {
  const { id: productId } = (await house.db.one<{ id: string }>(sql`select id from products`)) as { id: string };
  const ids = Array.from({ length: count }, () => ({ district: newId(), roster: newId(), source: newId() }));
  const of = (key: 'district' | 'roster' | 'source') => ids.map((each) => each[key]);
  await house.db.query(sql`
    insert into districts (id, site_code, slug, name, time_zone)
    select u.id, (1000000 + u.at)::text, 'district-' || u.at, 'District ' || u.at, 'America/Denver'
    from unnest(${of('district')}::uuid[]) with ordinality u (id, at)`);
  await house.db.query(sql`
    insert into rosters (id, district_id, product_id)
    select u.id, u.district, ${productId} from unnest(${of('roster')}::uuid[], ${of('district')}::uuid[]) u (id, district)`);
  await house.db.query(sql`
    insert into sources (id, roster_id, kind, name)
    select u.id, u.roster, 'upload', 'Upload' from unnest(${of('source')}::uuid[], ${of('roster')}::uuid[]) u (id, roster)`);
  for (let night = 1; night <= 30; night++) {
    const syncs = ids.map(() => newId());
    await house.db.query(sql`
      insert into syncs (id, roster_id, source_id, number, state, created_at, started_at, finished_at, plan, tables, changes)
      select u.id, u.roster, u.source, ${night}, 'unchanged', y.created_at, y.started_at, y.finished_at, y.plan, y.tables, 0
      from unnest(${syncs}::uuid[], ${of('roster')}::uuid[], ${of('source')}::uuid[]) u (id, roster, source)
      cross join (select * from syncs where state = 'applied' order by created_at limit 1) y`);
  }
}
