import { accessible, expect, fits, inEveryLook, tabTo, test, visit, watch } from './helpers.ts';

test('objectives stand in their perspectives with their status, arrows between them', async ({ page }) => {
  const complaints = watch(page);
  await visit(page, '/map');
  await expect(page.locator('main .lead')).toContainText(/objective/);
  expect(await page.locator('[data-objective]').count()).toBeGreaterThan(3);
  expect(await page.locator('.board .arrow').count()).toBeGreaterThan(2);
  await expect(page.locator('[data-objective] .status').first()).not.toBeEmpty();
  expect(complaints).toEqual([]);
});

test('an objective with the focus shows after what time its links should show', async ({ page }) => {
  await visit(page, '/map');
  await tabTo(page, '[data-objective]');
  await expect(page.locator('.board .arrow.lit').first()).toBeAttached();
  await expect(page.locator('.board .label').first()).toContainText(/after|per/);
  const id = await page.evaluate(() => (document.activeElement as HTMLElement).dataset.objective);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/(\\?.*)?#objective-${id}$`));
  await expect(page.locator(`#objective-${id}`)).toBeInViewport();
});

test('the list says the same in words', async ({ page }) => {
  await visit(page, '/map?view=list');
  await expect(page.getByText(/should lead to/).first()).toBeVisible();
  await accessible(page);
});

test('initiatives are listed', async ({ page }) => {
  await visit(page, '/map');
  await expect(page.getByRole('table', { name: 'Initiatives' })).toBeVisible();
});

test('is accessible and no wider than the window', async ({ page }) => {
  await inEveryLook(page, () => visit(page, '/map'));
});

test('a phone gets the list first and nothing is too wide', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await visit(page, '/map');
  await expect(page.getByText(/should (lead to|come from)/).first()).toBeVisible();
  await fits(page);
});

test('without objectives it says where they come from', async ({ page }) => {
  await page.route('**/api/v1/map*', (route) =>
    route.fulfill({ json: { vision: null, objectives: [], links: [], initiatives: [] } }),
  );
  await visit(page, '/map');
  await expect(page.getByText('No objective stands in the definitions yet.')).toBeVisible();
});
