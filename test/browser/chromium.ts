/** Opens Debian's Chromium for the console's tests, and notes everything it complains about. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Where screenshots go. */
const shotsDir = process.env.HOMEROOM_SHOTS ?? join(tmpdir(), 'homeroom-shots');

/** @throws an Error that names the package to install when there is no Chromium. */
export async function openChromium(): Promise<Browser> {
  if (!existsSync(chromiumPath)) {
    throw new Error(
      `There is no Chromium at ${chromiumPath}. Install it with "apt-get install chromium", or name another in CHROMIUM.`,
    );
  }
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export type Tab = { page: Page; context: BrowserContext; complaints: string[] };

/** A window of this width: a telephone's, or that of a desk. */
export const sizeOf = (width: number) => ({ width, height: width < 600 ? 844 : 860 });

/** A fresh profile with one page; `complaints` collects errors and warnings of the console and of the page's scripts. */
export async function openTab(browser: Browser, baseURL: string, width = 1280): Promise<Tab> {
  const context = await browser.newContext({
    baseURL,
    colorScheme: 'light',
    viewport: sizeOf(width),
    locale: 'en-US',
    timezoneId: 'America/Denver',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  return { page, context, complaints };
}

/** What axe finds wrong with the page as it stands, by all of its rules or by some: rule, impact and the elements. */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axeSource);
  // In the page, for axe tells of all that it has looked at, and to bring that here takes longer than the looking.
  return page.evaluate(async (only) => {
    const results = await (globalThis as unknown as { axe: typeof axe }).axe.run(only ? { runOnly: only } : {});
    return results.violations.map(
      ({ id, impact, nodes }) =>
        `${id} (${impact}): ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join(' | ')}`,
    );
  }, rules);
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(shotsDir, { recursive: true });
  await page.screenshot({ path: join(shotsDir, `${name}.png`), fullPage: true });
}
