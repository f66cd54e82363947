import { expect, fits, inEveryLook, test, visit, watch } from './helpers.ts';

test('lists measures with their meaning, and filters in the address', async ({ page }) => {
  const complaints = watch(page);
  await visit(page, '/measures');
  const rows = page.getByRole('table').locator('tbody tr');
  const all = await rows.count();
  expect(all).toBeGreaterThan(20);
  await page.getByLabel('Perspective').selectOption({ index: 1 });
  await expect(page).toHaveURL(/perspective=/);
  expect(await rows.count()).toBeLessThan(all);
  await page.getByRole('link', { name: 'Clear' }).click();
  await expect(rows).toHaveCount(all);
  expect(complaints).toEqual([]);
});

test('search narrows, and says when nothing fits', async ({ page }) => {
  await visit(page, '/measures');
  const field = page.getByRole('searchbox', { name: 'Search measures' });
  await field.fill('rate');
  await expect(page).toHaveURL(/q=rate/);
  await expect(page.getByRole('table').locator('tbody tr').first()).toContainText(/rate/i);
  await field.fill('zzzz');
  await expect(page.getByText('No measure fits.')).toBeVisible();
  await page.getByRole('link', { name: 'Show all measures' }).click();
  await expect(page.getByRole('table')).toBeVisible();
});

test('sorts by a column head', async ({ page }) => {
  await visit(page, '/measures');
  const head = page.getByRole('columnheader', { name: 'Measure' });
  await head.getByRole('button').click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  await head.getByRole('button').click();
  await expect(head).toHaveAttribute('aria-sort', 'descending');
});

test('leads to a measure', async ({ page }) => {
  await visit(page, '/measures?only=scorecard');
  await page.getByRole('table').locator('tbody a').first().click();
  await expect(page).toHaveURL(/\/measures\/[a-z_0-9]+/);
});

test('is accessible and no wider than the window', async ({ page }) => {
  await inEveryLook(page, () => visit(page, '/measures'));
});

test('fits a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await visit(page, '/measures');
  await fits(page);
});
