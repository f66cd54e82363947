import type { Page } from '@playwright/test';
import { expect, inEveryLook, test } from './helpers.ts';

/** A customer there is, whichever data the server holds. */
async function first(page: Page): Promise<string> {
  await page.goto('/customers');
  const option = page.getByRole('option').first();
  await expect(option).toBeVisible();
  return (await option.getAttribute('href')) ?? '';
}

test('a search is typed, chosen and opened by keyboard', async ({ page }) => {
  const address = await first(page);
  const id = decodeURIComponent(address.split('?')[0].split('/').at(-1) ?? '');
  const search = page.getByRole('combobox', { name: 'Search customers' });
  await expect(search).toBeFocused();
  await search.pressSequentially(id, { delay: 10 });
  await expect(page).toHaveURL(new RegExp(`search=${id}`));
  await expect(page.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('option')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/customers\/./);
  await page.goBack();
  await expect(page).toHaveURL(/search=/);
});

test('typing asks once it pauses, not with every letter', async ({ page }) => {
  await first(page);
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/customers?')) asked.push(request.url());
  });
  await page.getByRole('combobox').pressSequentially('C0000', { delay: 20 });
  await expect(page).toHaveURL(/search=C0000/);
  expect(asked.length).toBeLessThanOrEqual(2);
});

test('nobody found says what to do', async ({ page }) => {
  await page.goto('/customers?search=nobody-has-this-name');
  await expect(page.getByText('Nobody has such a name.')).toBeVisible();
});

test('one time line: filter by kind, follow a thread, read on', async ({ page }) => {
  await page.goto(await first(page));
  await expect(page.locator('.lead')).toContainText('Last seen');
  const points = page.locator('ol ol > li');
  await expect(points.first()).toBeVisible();
  await page.locator('label', { hasText: /Orders/ }).click();
  await expect(page).toHaveURL(/kind=orders/);
  await page
    .getByRole('link', { name: /^order / })
    .first()
    .click();
  await expect(page).toHaveURL(/thread=/);
  const followed = await points.count();
  await page.getByRole('link', { name: 'Show everything again' }).first().click();
  await expect(page).not.toHaveURL(/thread=/);
  expect(await points.count()).toBeGreaterThanOrEqual(followed);
});

test('thousands of touchpoints are drawn in windows', async ({ page }) => {
  await page.route(/\/api\/v1\/customers\/LONG/, (route) => {
    const touchpoints = Array.from({ length: 4000 }, (_, place) => ({
      at: new Date(Date.UTC(2024, 0, 1) + place * 3_600_000 * 5).toISOString(),
      stage: 'awareness',
      kind: 'direct_visit',
      channel: 'direct',
      table: 'interactions',
      key: `I${place}`,
      source_seq: place,
      customer_ref: 'LONG',
      order_id: null,
      ticket_id: null,
      campaign: null,
      product_id: null,
      amount: null,
      score: null,
      content: null,
    }));
    return route.fulfill({ json: { customer_id: 'LONG', aliases: [], links: [], touchpoints } });
  });
  await page.goto('/customers/LONG');
  const points = page.locator('ol ol > li');
  await expect(points.first()).toBeVisible();
  const before = await points.count();
  expect(before).toBeLessThan(500);
  await page.getByRole('button', { name: /^Show more/ }).click();
  expect(await points.count()).toBeGreaterThan(before);
});

for (const [what, address] of [
  ['the list', () => '/customers'],
  ['a time line', first],
] as const)
  test(`${what} is accessible and no wider than the window`, async ({ page }) => {
    const at = await address(page);
    await inEveryLook(page, async () => {
      await page.goto(at);
      await expect(page.locator('[role="option"], ol ol > li').first()).toBeVisible();
    });
  });
