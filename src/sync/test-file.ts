/** Files that are sent for a test: checked as a delivery would be, told in a report, and nothing else becomes of them. */

import { randomInt, randomUUID } from 'node:crypto';
import { copyFile, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Limits } from '../core/bundle.ts';
import type { CheckResult, Finding } from '../core/record.ts';
import { Refusal } from '../core/refusal.ts';
import { checkText, examplesEach, findingLine, findingsHeader } from '../core/report.ts';
import type { Pool } from '../db/db.ts';
import { type SourceRow, sourceById } from '../db/districts.ts';
import { neighboursOf } from '../db/neighbours.ts';
import { liveIds } from '../db/roster.ts';
import type { Log } from '../log.ts';
import { checkFor, knownTo } from './checking.ts';
import { formatFor } from './format-for.ts';
import { openDelivery } from './open.ts';
import { profileFor } from './product-rules.ts';

export type TestFile = { sourceId: string; name: string; files: readonly { name: string; path: string }[] };

export type TestDesk = {
  /**
   * Takes the files away and checks them when it is their turn. A program that ends before that forgets them: whoever
   * tests sends again.
   * @throws Refusal `busy` when many wait.
   */
  take(test: TestFile): Promise<void>;
  /** Waits for the check under way, and forgets the others. */
  close(): Promise<void>;
};

export type TestDeskDeps = {
  db: Pool;
  /** Private folder for files of the moment. */
  tempDir: string;
  limits: Limits;
  /** Folder of the reports of a source. */
  reportsDir(sourceId: string): string;
  now(): Date;
  log: Log;
};

const mostWaiting = 20;
/** Reports of tests that stay in the folder. */
const reportsKept = 5;

type Waiting = TestFile & { dir: string; at: Date };

/** Tests take their turn one after the other, so that they never crowd out deliveries. */
export function openTestDesk(deps: TestDeskDeps): TestDesk {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;
  let isClosed = false;

  async function run(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { sourceId, dir } = next;
      try {
        if (!isClosed) await checkOne(next, deps);
      } catch (error) {
        deps.log.error({ sourceId, kind: (error as Error).name }, 'a test file could not be checked');
        await writeReport(deps.reportsDir(sourceId), next.at, faultText(next)).catch(() => {});
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    }
    running = undefined;
  }

  return {
    async take({ sourceId, name, files }) {
      if (waiting.length >= mostWaiting)
        throw new Refusal('busy', 503, 'Many test files wait already. Send this one again in a few minutes.');
      const dir = join(deps.tempDir, `test-${randomUUID()}`);
      await mkdir(dir, { mode: 0o700 });
      const taken: { name: string; path: string }[] = [];
      try {
        for (const [at, file] of files.entries()) {
          const path = join(dir, String(at));
          await moved(file.path, path);
          taken.push({ name: file.name, path });
        }
      } catch (error) {
        await rm(dir, { recursive: true, force: true });
        throw error;
      }
      waiting.push({ sourceId, name, files: taken, dir, at: deps.now() });
      running ??= run();
    },
    async close() {
      isClosed = true;
      await running;
    },
  };
}

/** Uploads may lie on another disk than files of the moment. */
async function moved(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error;
    await copyFile(from, to);
  });
}

async function checkOne(test: Waiting, deps: TestDeskDeps): Promise<void> {
  const source = await sourceById(deps.db, test.sourceId);
  if (!source) return;
  // Loose files are told apart by their names.
  const named = await Promise.all(
    test.files.map(async ({ name, path }, at) => {
      const place = join(test.dir, `named-${at}`);
      await mkdir(place);
      await rename(path, join(place, safe(name)));
      return join(place, safe(name));
    }),
  );
  const found = await openFindings(join(test.dir, 'findings'));
  try {
    const bundle = await openDelivery(named, deps.limits, test.name);
    let result: CheckResult;
    try {
      result = await checkFor(await profileFor(deps.db, source.product), bundle, {
        profile: source.profile,
        format: await formatFor(deps.db, source),
        known: knownTo(deps.db, source.rosterId),
        live: (kind) => liveIds(deps.db, source.rosterId, kind, source.id),
        neighbours: await neighboursOf(deps.db, { rosterId: source.rosterId, sourceId: source.id }),
        report: found.report,
        now: deps.now(),
        seed: randomInt(2 ** 31),
      });
    } finally {
      await bundle.close();
    }
    await found.finish();
    const text = `${headOf(source, test)}\n${checkText(test.name, result, found.examples)}`;
    await writeReport(deps.reportsDir(source.id), test.at, text, found.count > 0 ? found.path : undefined);
    const { counts } = result;
    deps.log.info({ sourceId: source.id, files: test.files.length, findings: counts }, 'sftp test file');
  } finally {
    await found.finish();
  }
}

/** A name that came from a client, as one file of a folder. */
const safe = (name: string): string => name.replace(/[/\\\0]/g, '_').slice(-200);

function headOf({ district, product }: SourceRow, { name, at }: Waiting): string {
  return `${district.name}, ${product.name}
Test file: ${name}, received ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC

This was a test: the file was checked as a delivery would be, nothing of it was taken, and it was not kept.
`;
}

const faultText = ({ name }: Waiting): string =>
  `Test file: ${name}\n\nWe could not check this file; the fault is ours. Nothing of it was taken. Send it again later.\n`;

type Findings = {
  path: string;
  /** The first of each rule. */
  examples: Finding[];
  count: number;
  report(finding: Finding): void;
  finish(): Promise<void>;
};

/** All findings go into a file, in pieces; the check does not wait for the disk. */
async function openFindings(path: string): Promise<Findings> {
  const file: FileHandle = await open(path, 'wx', 0o600);
  const seen = new Map<string, number>();
  let text = findingsHeader;
  let writing: Promise<unknown> = Promise.resolve();
  let isOpen = true;
  const flush = () => {
    const piece = text;
    text = '';
    writing = writing.then(() => file.write(piece));
    // Told by `finish`.
    writing.catch(() => {});
  };
  const findings: Findings = {
    path,
    examples: [],
    count: 0,
    report(finding) {
      findings.count++;
      const count = (seen.get(finding.rule) ?? 0) + 1;
      seen.set(finding.rule, count);
      if (count <= examplesEach) findings.examples.push(finding);
      text += findingLine(finding);
      if (text.length > 1 << 18) flush();
    },
    async finish() {
      if (!isOpen) return;
      isOpen = false;
      flush();
      try {
        await writing;
      } finally {
        await file.close();
      }
    },
  };
  return findings;
}

/** @param findings path of a file that is moved beside the report. */
async function writeReport(dir: string, at: Date, text: string, findings?: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const base = freeBase(at, new Set((await readdir(dir)).filter(isOfTest).map(baseOf)));
  const aside = join(dir, `.${randomUUID()}.writing`);
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  if (findings !== undefined) await rename(findings, join(dir, `${base} findings.csv`));
  await rename(aside, join(dir, `${base} report.txt`));
  await removeOldest(dir);
}

/** Named by the second in which it came; of several in one second, each by the next one that is free. */
function freeBase(at: Date, taken: ReadonlySet<string>): string {
  for (let ms = at.getTime(); ; ms += 1000) {
    const base = `test ${new Date(ms).toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '')}`;
    if (!taken.has(base)) return base;
  }
}

const isOfTest = (name: string): boolean => name.startsWith('test ');
const baseOf = (name: string): string => name.slice(0, 'test 2026-11-22 010203'.length);

async function removeOldest(dir: string): Promise<void> {
  const names = (await readdir(dir)).filter(isOfTest).sort();
  const old = new Set([...new Set(names.map(baseOf))].slice(0, -reportsKept));
  for (const name of names) if (old.has(baseOf(name))) await rm(join(dir, name), { force: true });
}
