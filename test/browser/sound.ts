/** Holds screens to be sound: no violation that axe finds in light and dark, wide and narrow, and no scrolling sideways on a small phone. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { sizeOf, violations } from './chromium.ts';
import type { Lane } from './lane.ts';
import { openScreen, type Screen } from './screens.ts';

/** What is dark and narrow has the colours of one and the places of another. */
const looks = [
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
] as const;

/** A test for each screen. */
export function seeSound(lane: Lane, screens: Screen[]): void {
  for (const screen of screens) {
    test(`${screen.name} is sound in light and dark, wide and narrow`, async () => {
      const who = screen.as ?? 'owner';
      await lane.inTab(who === 'nobody' ? {} : { as: lane.house.people[who] }, async ({ page }) => {
        await openScreen(page, screen);
        await assertSound(page, screen.name);
      });
    });
  }
}

/** Looks at the page as it stands in every way; it stands narrow and light afterwards. */
export async function assertSound(page: Page, name: string): Promise<void> {
  for (const [colour, width] of looks) {
    await page.setViewportSize(sizeOf(width));
    await page.emulateMedia({ colorScheme: colour });
    await page.locator(`html[data-mantine-color-scheme=${colour}]`).waitFor();
    // Other colours change nothing else.
    const only = colour === 'dark' ? ['color-contrast'] : undefined;
    assert.deepEqual(await violations(page, only), [], `${name}, ${colour}, ${width} px`);
  }
  await page.setViewportSize({ width: 360, height: 780 });
  // Charts take a moment to follow.
  await page.waitForFunction(() => document.documentElement.scrollWidth <= 360);
}
