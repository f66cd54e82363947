// What every screen is held against.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Collects what must not happen on any screen: script errors and breaches of the content policy. */
export function watch(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

/** Opens a screen and waits for its heading and its first answer. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator('main h1')).toBeVisible();
  await settled(page);
}

/** Waits until nothing is loading any more. */
export async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await expect(page.locator('main [aria-busy="true"], main .skeleton')).toHaveCount(0);
}

/** No violation of WCAG 2.2 AA or best practice that axe can find. */
export async function accessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map((one) => ({
    id: one.id,
    help: one.help,
    at: one.nodes.map((node) => node.html),
  }));
  expect(found).toEqual([]);
}

/** Nothing is wider than the window. */
export async function fits(page: Page): Promise<void> {
  const [wide, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(wide).toBeLessThanOrEqual(window);
}

/** Presses Tab until an element has the focus; fails where the keyboard never gets there. */
export async function tabTo(page: Page, selector: string, most = 120): Promise<void> {
  for (let times = 0; times < most; times += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((of) => document.activeElement?.matches(of) ?? false, selector)) return;
  }
  throw new Error(`Tab never reached ${selector}`);
}
