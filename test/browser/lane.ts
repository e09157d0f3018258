/** A lane for tests of the console: Chromium, the built console and the real HTTP server before a house in memory, fresh for each test. */

import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import pino from 'pino';
import type { Browser } from 'playwright-core';
import type { Account } from '../../src/http/deps.ts';
import { type HttpServer, startHttp } from '../../src/http/server.ts';
import { builtConsole } from './built.ts';
import { openChromium, openTab, sizeOf, type Tab } from './chromium.ts';
import { type FakeHouse, fakeHouse } from './fake-house.ts';

export type Lane = {
  readonly house: FakeHouse;
  readonly url: string;
  /** Runs `work` in an empty tab, then asks that the browser complained about nothing but what is `expected`. */
  inTab(options: TabOptions, work: (tab: Tab) => Promise<void>): Promise<void>;
};

type TabOptions = {
  as?: Account;
  width?: number;
  expected?: RegExp;
  /** In a profile of its own, for what stays with a page: a clock that was set, requests that are caught. */
  fresh?: boolean;
};

/** Adds its hooks to the test file that calls it. */
export function consoleLane(options: { administratorsDecide?: boolean } = {}): Lane {
  let consoleDir: string;
  let browser: Browser;
  let house: FakeHouse;
  let server: HttpServer;
  let kept: Tab | undefined;
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
    async inTab({ as, width = 1280, expected, fresh = false }, work) {
      if (fresh) {
        const tab = await openTab(browser, server.url, width);
        return workIn(tab, as, work, expected).finally(() => tab.context.close());
      }
      // One for all tests of the file, for the console stays compiled in it; given up where a test has failed.
      const tab = kept ?? (await openTab(browser, server.url));
      kept = undefined;
      await tab.page.setViewportSize(sizeOf(width));
      await tab.page.emulateMedia({ colorScheme: 'light' });
      await workIn(tab, as, work, expected).catch(async (error: unknown) => {
        await tab.context.close();
        throw error;
      });
      await empty(tab);
      // Two people at once have had a tab each.
      if (kept) await tab.context.close();
      else kept = tab;
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
  for (const other of context.pages()) if (other !== page) await other.close();
  await page.evaluate(() => {
    localStorage.clear();
    sessionStorage.clear();
  });
  await page.goto('about:blank');
  await context.clearCookies();
  complaints.length = 0;
}
