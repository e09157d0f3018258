/** A lane for tests of the console: Chromium, the built console and the real HTTP server before a house in memory, fresh for each test. */

import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import pino from 'pino';
import type { Browser } from 'playwright-core';
import type { Account } from '../../src/http/deps.ts';
import { type HttpServer, startHttp } from '../../src/http/server.ts';
import { builtConsole } from './built.ts';
import { openChromium, openTab, type Tab } from './chromium.ts';
import { type FakeHouse, fakeHouse } from './fake-house.ts';

export type Lane = {
  readonly house: FakeHouse;
  readonly url: string;
  /** Runs `work` in a fresh profile, then asks that the browser complained about nothing but what is `expected`. */
  inTab(options: { as?: Account; width?: number; expected?: RegExp }, work: (tab: Tab) => Promise<void>): Promise<void>;
  /** The same in one tab for all tests of the file, emptied after each: for many that only look, as the console stays compiled in it. */
  inSameTab(options: { as?: Account }, work: (tab: Tab) => Promise<void>): Promise<void>;
};

/** Adds its hooks to the test file that calls it. */
export function consoleLane(options: { administratorsDecide?: boolean } = {}): Lane {
  let consoleDir: string;
  let browser: Browser;
  let house: FakeHouse;
  let server: HttpServer;
  let same: Tab | undefined;
  before(async () => {
    consoleDir = await builtConsole();
    browser = await openChromium();
  });
  beforeEach(async () => {
    await server?.close();
    house = fakeHouse();
    // At its old address, so that the browser knows what it has of the console.
    const place = { host: '127.0.0.1', port: server?.port ?? 0, publicUrl: '', consoleDir };
    const { administratorsDecide = false } = options;
    server = await startHttp(house.deps, { ...place, administratorsDecide, log: pino({ level: 'silent' }) });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });
  return {
    get house() {
      return house;
    },
    get url() {
      return server.url;
    },
    async inTab({ as, width, expected }, work) {
      const tab = await openTab(browser, server.url, width);
      try {
        await workIn(tab, as, work, expected);
      } finally {
        await tab.context.close();
      }
    },
    async inSameTab({ as }, work) {
      same ??= await openTab(browser, server.url);
      try {
        await workIn(same, as, work);
      } finally {
        await empty(same);
      }
    },
  };

  async function workIn(tab: Tab, as: Account | undefined, work: (tab: Tab) => Promise<void>, expected?: RegExp) {
    if (as) {
      const value = await house.deps.createSession(as.id);
      await tab.context.addCookies([{ name: 'homeroom', value, url: server.url, httpOnly: true, sameSite: 'Lax' }]);
    }
    await work(tab).catch((error: unknown) => {
      throw new Error(`The browser complained: ${tab.complaints.join('\n') || 'nothing'}`, { cause: error });
    });
    assert.deepEqual(
      tab.complaints.filter((complaint) => !expected?.test(complaint)),
      [],
    );
  }
}

/** Leaves nothing in a tab of who was there: no page that still asks, no cookie, nothing kept. */
async function empty({ page, context, complaints }: Tab): Promise<void> {
  await page.evaluate(() => {
    localStorage.clear();
    sessionStorage.clear();
  });
  await page.goto('about:blank');
  await context.clearCookies();
  complaints.length = 0;
}
