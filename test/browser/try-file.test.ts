/** "Try a file" in a real Chromium: it says what the command line says, sends nothing, and stays awake over a large file. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pino from 'pino';
import type { Browser, Page, Request } from 'playwright-core';
import yazl from 'yazl';
import type { Finding } from '../../src/core/record.ts';
import { findingLine, findingsHeader } from '../../src/core/report.ts';
import { type HttpServer, startHttp } from '../../src/http/server.ts';
import { writeXlsx } from '../../src/package/write-xlsx.ts';
import { generateFaulty } from '../../src/sample/faults.ts';
import { generate, type Sample } from '../../src/sample/generate.ts';
import { writeSample } from '../../src/sample/write.ts';
import { tempFolder } from '../sync/district.ts';
import { buildZip, type ZipPart } from '../zip.ts';
import { builtConsole } from './built.ts';
import { openChromium, openTab, shoot, type Tab, violations } from './chromium.ts';
import { fakeHouse } from './fake-house.ts';
import { assertSound } from './sound.ts';

const folder = await tempFolder();
let browser: Browser;
let server: HttpServer;

const serve = async () =>
  startHttp(fakeHouse().deps, {
    host: '127.0.0.1',
    port: 0,
    publicUrl: '',
    consoleDir: await builtConsole(),
    administratorsDecide: false,
    log: pino({ level: 'silent' }),
  });

before(async () => {
  browser = await openChromium();
  server = await serve();
});
after(async () => {
  await browser?.close();
  await server?.close();
  await folder.remove();
});

/** Opens the page, not signed in, and asks at the end that the browser complained about nothing but what is `expected`. */
async function onPage(
  work: (tab: Tab) => Promise<void>,
  { width = 1280, expected }: { width?: number; expected?: RegExp } = {},
) {
  const tab = await openTab(browser, server.url, width);
  try {
    await tab.page.goto('/try');
    await tab.page.getByText('Your file stays on this computer.').waitFor();
    await work(tab).catch((error: unknown) => {
      throw new Error(`The browser complained: ${tab.complaints.join('\n') || 'nothing'}`, { cause: error });
    });
    assert.deepEqual(
      tab.complaints.filter((complaint) => !expected?.test(complaint)),
      [],
    );
  } finally {
    await tab.context.close();
  }
}

const waitMs = 120_000;
const choose = (page: Page, paths: string | string[], input = 'Files') =>
  page.getByLabel(input, { exact: true }).setInputFiles(paths);
const verdictOf = (page: Page) => page.getByText(/eady to send:/);
const done = (page: Page) => verdictOf(page).waitFor({ timeout: waitMs });

async function put(name: string, bytes: Buffer | string): Promise<string> {
  const path = join(folder.path, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

type Told = {
  summary: string[];
  tables: { kind: string; mode: string; rows: number; leftOut: number }[];
  counts: Record<string, number>;
  findings: Finding[];
};

/** What the command line says of the same files. */
async function told(paths: string[], profile = 'default', product?: string): Promise<Told> {
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const asked = product === undefined ? [] : ['--product', product];
  const given = ['check', ...paths, '--output', 'json', '--profile', profile, ...asked];
  const stdout = await promisify(execFile)(process.execPath, [main, ...given], { maxBuffer: 64 * 1024 ** 2 }).then(
    (run) => run.stdout,
    (error: { stdout: string }) => error.stdout,
  );
  return JSON.parse(stdout);
}
const csvOf = ({ findings }: Told): string => findingsHeader + findings.map(findingLine).join('');

/** Reads what the page shows, and what it gives along. */
async function shown(page: Page) {
  const number = (text: string) => Number(text.replaceAll(',', ''));
  const rows = await page.getByRole('table', { name: 'Rows, and rows left out, by kind' }).locator('tbody tr').all();
  const tables = await Promise.all(
    rows.map(async (row) => {
      const [kind = '', count = '', leftOut = ''] = await row.locator('th, td').allTextContents();
      return { kind, rows: number(count), leftOut: number(leftOut) };
    }),
  );
  const heading = (await page.getByRole('heading', { level: 2, name: /^Findings/ }).textContent()) ?? '';
  const total = number(/: ([\d,]+)/.exec(heading)?.[1] ?? '0');
  const severities = await page.locator('article').evaluateAll((groups) =>
    groups.map((group) => {
      const [severity = '', count = ''] = [...group.querySelectorAll('div:first-child > span')].map(
        (each) => each.textContent ?? '',
      );
      return { severity: severity.toLowerCase(), count: Number(count.replace(/\D/g, '')) };
    }),
  );
  const counts: Record<string, number> = { fatal: 0, error: 0, warning: 0, info: 0 };
  for (const { severity, count } of severities) counts[severity] = (counts[severity] ?? 0) + count;
  const summary = await page.getByRole('list', { name: 'What follows' }).getByRole('listitem').allTextContents();
  return { tables, total, counts, summary, csv: total > 0 ? await downloaded(page) : '' };
}

async function downloaded(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download all as CSV' }).click(),
  ]);
  return readFile(await download.path(), 'utf8');
}

/** Checks the same files on the page and by the command line, and compares all that is said. */
async function compare(page: Page, paths: string[], input?: string): Promise<void> {
  const [there] = await Promise.all([told(paths), choose(page, paths, input).then(() => done(page))]);
  const here = await shown(page);
  const sent = there.tables.filter(({ mode }) => mode !== 'absent');
  assert.deepEqual(
    here.tables,
    sent.map(({ kind, rows, leftOut }) => ({ kind, rows, leftOut })),
  );
  assert.deepEqual(here.counts, there.counts);
  assert.deepEqual(here.summary, there.summary);
  assert.equal(here.total, there.findings.length);
  if (here.total > 0) assert.equal(here.csv, csvOf(there));
  await page.getByRole('button', { name: 'Check another file' }).click();
}

const orgs = 'sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\n1,,,Lakeview,school,,\r\n';
const manifest =
  'propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.1\r\nfile.orgs,bulk\r\nsource.systemName,x\r\n';
const parts: ZipPart[] = [
  { name: 'manifest.csv', data: manifest },
  { name: 'orgs.csv', data: orgs },
];

test('the page says what the command line says, of good zips and bad ones, of folders and of files', async () => {
  const clean = join(folder.path, 'clean.zip');
  await writeSample(generate({ students: 300, seed: 7 }), clean);
  const faulty = join(folder.path, 'faulty.zip');
  await writeSample(generateFaulty({ students: 300, seed: 7 }), faulty);
  const set = join(folder.path, 'set');
  await writeSample(generateFaulty({ students: 80, seed: 9 }), set);
  const whole = await readFile(faulty);
  const zips = {
    wrapped: buildZip(parts.map((part) => ({ ...part, name: `export/${part.name}` }))),
    truncated: whole.subarray(0, whole.length >> 1),
    encrypted: buildZip(parts.map((part) => ({ ...part, flags: 1 }))),
    bomb: buildZip([...parts, { name: 'users.csv', data: Buffer.alloc(8 * 1024 ** 2) }]),
    'lying-bomb': buildZip([...parts, { name: 'users.csv', data: Buffer.alloc(40 * 1024 ** 2), saysSize: 500 }]),
    'not-a-zip': Buffer.from('This is not a zip.'),
    utf16: buildZip([parts[0] as ZipPart, { name: 'orgs.csv', data: Buffer.from(`\ufeff${orgs}`, 'utf16le') }]),
    'bad-checksum': buildZip([parts[0] as ZipPart, { name: 'orgs.csv', data: orgs, saysCrc: 7 }]),
    empty: Buffer.alloc(0),
    '7z': Buffer.from("7z\xbc\xaf'\x1c\0\x04", 'latin1'),
  };
  const single = await put('single/orgs.csv', orgs);
  await onPage(async ({ page }) => {
    await compare(page, [clean]);
    await compare(page, [faulty]);
    await compare(page, [set], 'Folder');
    await compare(page, [single]);
    for (const [name, bytes] of Object.entries(zips)) await compare(page, [await put(`${name}.zip`, bytes)]);
  });
});

test('workbooks and other formats are read as on the command line, and what is neither says what it is', async () => {
  const columns = ['StudentNumber', 'FirstName', 'LastName', 'Username', 'GradeLevel', 'OrganizationNumber'];
  const rows = [
    ['000451', 'Mia', 'Stone', 'mia451', '3', '0101'],
    ['000452', 'Leo', 'Park', 'leo452', '77', '0101'],
  ];
  const book = Buffer.from(await writeXlsx({ title: 'Students', columns, rows }));
  const orgsCsv = 'OrganizationNumber,OrganizationName\n0101,Hill Elementary\n';
  const student = await put('books/Student.xlsx', book);
  await put('books/Organization.csv', orgsCsv);
  const zip = await put(
    'traditional.zip',
    buildZip([
      { name: 'Student.xlsx', data: book },
      { name: 'Organization.csv', data: orgsCsv },
    ]),
  );
  const pdf = await put('students.pdf', '%PDF-1.4 roster');
  await onPage(async ({ page }) => {
    await compare(page, [student]);
    await compare(page, [join(folder.path, 'books')], 'Folder');
    await compare(page, [zip]);
    await compare(page, [await put('called.zip', book)]);
    await compare(page, [pdf]);
    await choose(page, zip);
    await done(page);
    await page.getByText('Traditional Literacy').first().waitFor();
    await page.getByText(/GradeLevel "77" is not known/).waitFor();
    await page.getByRole('button', { name: 'Check another file' }).click();
    await choose(page, pdf);
    await done(page);
    await page.getByText(/students\.pdf is in truth a PDF document/).waitFor();
  });
});

test('a stricter choice checks the same file again', async () => {
  const faulty = join(folder.path, 'again.zip');
  await writeSample(generateFaulty({ students: 100, seed: 7 }), faulty);
  await onPage(async ({ page }) => {
    await choose(page, faulty);
    await done(page);
    const file = page.getByRole('link', { name: 'Download all as CSV' });
    for (const [name, profile] of [
      ['Strict', 'strict'],
      ['Lenient', 'lenient'],
    ] as const) {
      const address = await file.getAttribute('href');
      await page.getByRole('radio', { name }).check();
      await page.locator(`a[download]:not([href="${address}"])`).waitFor();
      assert.equal(await downloaded(page), csvOf(await told([faulty], profile)));
      assert.ok(await page.getByRole('radio', { name }).isChecked());
    }
  });
});

test('for a product, the page says besides what it would not take, as the command line does', async () => {
  const faulty = join(folder.path, 'product.zip');
  await writeSample(generateFaulty({ students: 100, seed: 7 }), faulty);
  await onPage(async ({ page }) => {
    await page.getByRole('radio', { name: /^Math/ }).check();
    await choose(page, faulty);
    await done(page);
    const seen: string[] = [];
    for (const [name, product] of [
      [undefined, 'math'],
      [/^Literacy/, 'literacy'],
      [/^Any program/, undefined],
    ] as const) {
      if (name) {
        const file = page.getByRole('link', { name: 'Download all as CSV' });
        const address = await file.getAttribute('href');
        await page.getByRole('radio', { name }).check();
        await page.locator(`a[download]:not([href="${address}"])`).waitFor();
      }
      const csv = await downloaded(page);
      assert.equal(csv, csvOf(await told([faulty], 'default', product)));
      assert.equal(/^product-/m.test(csv), product !== undefined);
      seen.push(csv);
    }
    assert.equal(new Set(seen).size, 3, 'the three say different things of this file');
  });
});

test('nothing of the file leaves the browser, and nothing could', async () => {
  const marked = 'Zebulon-Quark';
  const path = await put(
    'marked.zip',
    buildZip([parts[0] as ZipPart, { name: 'orgs.csv', data: orgs.replace('school', marked) }]),
  );
  await onPage(
    async ({ page, context }) => {
      const requests: Request[] = [];
      context.on('request', (request) => requests.push(request));
      await choose(page, path);
      await done(page);
      await page.getByText(marked).first().waitFor();
      await page.getByRole('button', { name: 'Check another file' }).click();
      await choose(page, path);
      await done(page);
      for (const request of requests) {
        assert.equal(request.method(), 'GET');
        assert.ok(request.url().startsWith(`${server.url}/assets/`), request.url());
        assert.equal(request.postData(), null);
        assert.ok(!request.url().includes(marked));
      }
      assert.ok(!page.url().includes(marked));
      const [worker] = page.workers();
      assert.ok(worker, 'the check has a thread of its own');
      const said = await worker.evaluate(
        async (url) =>
          fetch(url).then(
            () => 'sent',
            () => 'refused',
          ),
        `${server.url}/healthz`,
      );
      assert.equal(said, 'refused', 'the policy of the thread lets it connect to nothing, not even to us');
      const outside = await page.evaluate(() =>
        fetch('http://127.0.0.2:9/').then(
          () => 'sent',
          () => 'refused',
        ),
      );
      assert.equal(outside, 'refused');
    },
    { expected: /Content Security Policy|Refused to connect|ERR_|violates/ },
  );
});

test('the page checks on when the server is gone', async () => {
  const path = await put('alone.zip', buildZip(parts));
  const own = await serve();
  const tab = await openTab(browser, own.url);
  await tab.page.goto('/try');
  await tab.page.getByRole('button', { name: 'Choose files' }).waitFor();
  await tab.page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.includes('/worker-')),
  );
  await own.close();
  for (let times = 0; times < 2; times += 1) {
    await choose(tab.page, path);
    await done(tab.page);
    await tab.page.getByRole('button', { name: 'Check another file' }).click();
  }
  assert.deepEqual(tab.complaints, []);
  await tab.context.close();
});

test('by keyboard alone, from the sign-in page', async () => {
  const path = await put('keys.zip', buildZip(parts));
  await onPage(async ({ page }) => {
    await page.goto('/sign-in');
    await page.getByLabel('Email address').focus();
    await focusOn(page, 'Check a file without signing in');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Try a file' }).waitFor();
    // Asked for before the key is pressed, so that the browser is told in time to hand the choice to the test.
    const chooser = page.waitForEvent('filechooser', { timeout: waitMs });
    await focusOn(page, 'Choose files');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(path);
    await done(page);
    await focusOn(page, 'Download all as CSV');
    await focusOn(page, 'Check another file', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
  });
});

async function focusOn(page: Page, text: string, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press(key);
    if ((await page.evaluate(() => document.activeElement?.textContent)) === text) return;
  }
  assert.fail(`The keyboard does not reach "${text}".`);
}

test('files are taken wherever they are dropped, and what cannot be one delivery is refused in a sentence', async () => {
  await onPage(async ({ page }) => {
    const drop = async (files: [string, string][]) => {
      const data = await page.evaluateHandle((given) => {
        const transfer = new DataTransfer();
        for (const [name, base64] of given)
          transfer.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name));
        return transfer;
      }, files);
      await page.dispatchEvent('h1', 'dragover', { dataTransfer: data });
      await page.dispatchEvent('h1', 'drop', { dataTransfer: data });
    };
    const zip = buildZip(parts).toString('base64');
    await drop([
      ['a.zip', zip],
      ['b.zip', zip],
    ]);
    await page.getByText('Choose one zip at a time').waitFor();
    await drop([['OneRoster.zip', zip]]);
    await done(page);
    assert.equal(await page.getByText('Choose one zip at a time').count(), 0);
    await drop(parts.map(({ name, data }) => [name as string, Buffer.from(data ?? '').toString('base64')]));
    await page.getByText('in 2 files').waitFor();
    await done(page);
  });
});

test('of many findings all are counted, a thousand can be looked at, and all can be taken along', async () => {
  const rows = Array.from({ length: 30_000 }, (_, at) => `${at},,,School ${at},academy,,\r\n`);
  const path = await put('many/orgs.csv', `${orgs.split('\r\n')[0]}\r\n${rows.join('')}`);
  await onPage(async ({ page }) => {
    await choose(page, path);
    await done(page);
    await page
      .getByRole('link', { name: /All 30,000 rows/ })
      .first()
      .click();
    await page.getByText('The first 1,000 of 30,000 rows are kept here.').waitFor();
    await page.getByText('1 to 50 of 1,000').waitFor();
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.getByText('51 to 100 of 1,000').waitFor();
    const csv = await downloaded(page);
    assert.equal(csv, csvOf(await told([path])));
    assert.ok(csv.split('\r\n').length > 30_000);
  });
});

test('sound in light and dark, wide and narrow', async () => {
  const faulty = join(folder.path, 'sound.zip');
  await writeSample(generateFaulty({ students: 100, seed: 7 }), faulty);
  const broken = await put('broken.zip', 'This is not a zip.');
  const clean = join(folder.path, 'sound-clean.zip');
  await writeSample(generate({ students: 100, seed: 7 }), clean);
  await onPage(async ({ page }) => {
    const look = async (name: string) => {
      await assertSound(page, name);
      await page.setViewportSize({ width: 1280, height: 860 });
    };
    await look('idle');
    for (const [name, path] of [
      ['faulty', faulty],
      ['broken', broken],
      ['clean', clean],
    ] as const) {
      await choose(page, path);
      await done(page);
      await look(name);
      await page.getByRole('button', { name: 'Check another file' }).click();
    }
  });
});

/** A zip of stored entries: as large as its files. */
async function writeStored(sample: Sample, path: string): Promise<void> {
  const zip = new yazl.ZipFile();
  for (const file of sample.files)
    zip.addReadStreamLazy(file.name, { compress: false }, (ready) => ready(null, Readable.from(file.text())));
  zip.end();
  await pipeline(zip.outputStream as Readable, createWriteStream(path));
}

test('a zip of 100 MB: the page stays awake, shows how far it is, and can be stopped', async (t) => {
  const path = join(folder.path, 'large.zip');
  const sample = generate({ students: 155_000, seed: 7 });
  await writeStored(sample, path);
  await onPage(async ({ page }) => {
    await choose(page, path);
    await page.getByRole('progressbar', { name: 'Read of users.csv' }).waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll('progress')].some(({ value, max }) => value > 1 && value < max),
    );
    await shoot(page, 'try-checking-light-1280');
    assert.deepEqual(await violations(page), []);
    const [former] = page.workers();
    // The browser tells of the end of one and of the beginning of the next in either order.
    const ended = new Promise((resolve) => former?.once('close', resolve));
    const begun = page.waitForEvent('worker');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Choose files' }).waitFor();
    await Promise.all([ended, begun]);
    assert.equal(page.workers().length, 1);

    await page.evaluate(() => {
      const kept = { frames: 0, longestMs: 0 };
      let last = performance.now();
      const tick = () => {
        const now = performance.now();
        kept.longestMs = Math.max(kept.longestMs, now - last);
        kept.frames += 1;
        last = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
      Object.assign(globalThis, { kept });
    });
    const frames = () =>
      page.evaluate(() => (globalThis as unknown as { kept: { frames: number; longestMs: number } }).kept);
    await choose(page, path);
    await page.getByRole('progressbar', { name: 'Read of users.csv' }).waitFor();
    const counted = [(await frames()).frames];
    while ((await verdictOf(page).count()) === 0) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      counted.push((await frames()).frames);
    }
    t.diagnostic(`longest time without a frame: ${Math.round((await frames()).longestMs)} ms`);
    assert.ok(
      counted.every((count, at) => at === 0 || count > (counted[at - 1] as number)),
      counted.join(', '),
    );
    const users = sample.files.find(({ name }) => name === 'users.csv');
    const lines = [...(users?.text() ?? [])].reduce((sum, text) => sum + text.split('\n').length - 1, 0);
    await page.getByRole('row', { name: `users ${(lines - 1).toLocaleString('en-US')} 0` }).waitFor();
  });
});
