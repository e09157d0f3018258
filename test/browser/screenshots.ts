/**
 * `npm run screenshots`: pictures of every screen, light and dark, on a desktop and on a phone, in docs/images. The house
 * behind them is in memory and its clock stands still, so that a picture changes only when its screen does.
 *
 *   npm run screenshots                 all of them
 *   npm run screenshots -- sync search  those whose names begin so
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pino from 'pino';
import type { Page } from 'playwright-core';
import { type HttpServer, startHttp } from '../../src/http/server.ts';
import { builtConsole } from './built.ts';
import { openChromium, openTab } from './chromium.ts';
import { fakeHouse } from './fake-house.ts';
import { openScreen, type Screen, screens } from './screens.ts';

const root = resolve(import.meta.dirname, '../..');
const imagesDir = process.env.HOMEROOM_SHOTS ?? join(root, 'docs/images');
const now = new Date('2026-11-21T16:40:00Z');
const mostHeight = 8_000;
const sizes = { desktop: 1280, phone: 390 };

/** With ImageMagick a picture takes a third of the room. */
const canShrink = spawnSync('convert', ['-version']).status === 0;

const wanted = process.argv.slice(2);
const chosen = screens.filter(({ name }) => wanted.length === 0 || wanted.some((each) => name.startsWith(each)));
if (chosen.length === 0) {
  process.stderr.write(`No screen begins with ${wanted.join(' or ')}. See test/browser/screens.ts.\n`);
  process.exit(1);
}

const browser = await openChromium().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
const consoleDir = await builtConsole();
mkdirSync(imagesDir, { recursive: true });
try {
  for (const screen of chosen) {
    for (const size of ['desktop', 'phone'] as const)
      await inHouse((server, house) => picture(server, house, screen, size));
    process.stdout.write(`${screen.name}\n`);
  }
} finally {
  await browser.close();
}

type House = ReturnType<typeof fakeHouse>;

/** A house of its own for each screen and size: what is done on one shows on no other. */
async function inHouse(work: (server: HttpServer, house: House) => Promise<void>): Promise<void> {
  const house = fakeHouse(now);
  const place = { host: '127.0.0.1', port: 0, publicUrl: '', consoleDir };
  const log = pino({ level: 'silent' });
  const server = await startHttp(house.deps, { ...place, administratorsDecide: false, log });
  try {
    await work(server, house);
  } finally {
    await server.close();
  }
}

/** The window becomes as high as the page, so that what stands at its foot does not stand in the midst of the picture. */
async function growToPage(page: Page, width: number): Promise<void> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const { height: now = 0 } = page.viewportSize() ?? {};
  await page.setViewportSize({ width, height: Math.min(Math.max(height, now), mostHeight) });
}

async function picture(server: HttpServer, house: House, screen: Screen, size: keyof typeof sizes): Promise<void> {
  const width = sizes[size];
  const { page, context } = await openTab(browser, server.url, width);
  try {
    await page.clock.setFixedTime(now);
    const who = screen.as ?? 'owner';
    if (who !== 'nobody') {
      const value = await house.deps.createSession(house.people[who].id);
      await context.addCookies([{ name: 'homeroom', value, url: server.url, httpOnly: true, sameSite: 'Lax' }]);
    }
    await openScreen(page, screen);
    if (!screen.isDialog) await growToPage(page, width);
    for (const colour of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: colour });
      await page.locator(`html[data-mantine-color-scheme=${colour}]`).waitFor();
      const path = join(imagesDir, `${screen.name}-${colour}-${size}.png`);
      await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
      if (canShrink) spawnSync('convert', [path, '+dither', '-colors', '255', `PNG8:${path}`]);
    }
  } finally {
    await context.close();
  }
}
