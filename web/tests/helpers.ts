// What every screen is held against. Tests take `test` and `expect` from here.
import axe from 'axe-core';
import { expect, test as plain, type Page } from '@playwright/test';

export { expect };

/** Requests of a page that have no answer yet. */
const asked = new WeakMap<Page, Set<unknown>>();

export const test = plain.extend({
  page: async ({ page }, use) => {
    const open = new Set<unknown>();
    asked.set(page, open);
    page.on('request', (request) => open.add(request));
    page.on('requestfinished', (request) => open.delete(request));
    page.on('requestfailed', (request) => open.delete(request));
    await use(page);
    // A page may ask something while its test ends; an answer that was to be changed on its way is then dropped.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  },
});

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

/** Waits until nothing is loading any more: nothing is asked, and what was answered has led to no new question. */
export async function settled(page: Page): Promise<void> {
  const twoFrames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const quiet = async () => {
    if (asked.get(page)?.size) return false;
    await page.evaluate(twoFrames);
    return !asked.get(page)?.size;
  };
  await expect.poll(quiet, { intervals: [20, 50, 100] }).toBe(true);
  await expect(page.locator('main [aria-busy="true"], main .skeleton')).toHaveCount(0);
}

/** Of long lists the beginning is looked at: what follows is made alike. */
const REPEATED = [['li:nth-child(n+31)'], ['tbody tr:nth-child(n+31)']];

/** No violation of WCAG 2.2 AA or best practice that axe can find; `rules` narrows what it looks for. */
export async function accessible(page: Page, rules?: string[]): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    ([only, exclude]) => {
      const { run } = (window as unknown as { axe: typeof axe }).axe;
      return run({ exclude }, { resultTypes: ['violations'], ...(only ? { runOnly: only } : {}) });
    },
    [rules, REPEATED] as const,
  );
  const found = violations.map((one) => ({
    id: one.id,
    help: one.help,
    at: one.nodes.map((node) => [node.html, node.failureSummary]),
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

/** A screen on a desk in light and dark, and on a phone in the dark: accessible, and no wider than the window. */
export async function inEveryLook(page: Page, open: () => Promise<void>): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' });
  await open();
  await settled(page);
  await fits(page);
  await accessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await accessible(page, ['color-contrast']);
  await page.setViewportSize({ width: 390, height: 844 });
  await open();
  await settled(page);
  await fits(page);
  await accessible(page);
}

/** Presses Tab until an element has the focus; fails where the keyboard never gets there. */
export async function tabTo(page: Page, selector: string, most = 120): Promise<void> {
  for (let times = 0; times < most; times += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((of) => document.activeElement?.matches(of) ?? false, selector)) return;
  }
  throw new Error(`Tab never reached ${selector}`);
}
