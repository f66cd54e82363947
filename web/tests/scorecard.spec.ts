import { accessible, expect, fits, inEveryLook, settled, tabTo, test, visit, watch } from './helpers.ts';

test('answers first, then perspectives, objectives and measures', async ({ page }) => {
  const complaints = watch(page);
  await visit(page, '/');
  await expect(page.locator('main .lead')).toContainText(/scorecard|score/i);
  const sections = page.locator('main section[data-perspective]');
  await expect(sections).toHaveCount(4);
  await expect(sections.first().locator('.objective').first()).toBeVisible();
  const row = sections.first().locator('li').first();
  await expect(row.locator('.status')).not.toBeEmpty();
  await expect(row.locator('svg[role=img]').first()).toHaveAttribute('aria-label', /target/);
  await expect(page.getByRole('table').first()).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What moved' })).toBeVisible();
  expect(complaints).toEqual([]);
});

test('a measure opens for its details, which stand in the address', async ({ page }) => {
  await visit(page, '/');
  const toggle = page.getByRole('button', { name: /^Details of / }).first();
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-expanded', 'true');
  await expect(page).toHaveURL(/open=/);
  await accessible(page);
  await page.reload();
  await settled(page);
  await expect(page.getByRole('button', { name: /^Details of / }).first()).toHaveAttribute(
    'aria-expanded',
    'true',
  );
});

test('everything leads one step down', async ({ page }) => {
  await visit(page, '/');
  const cell = page.locator('main table a').first();
  await expect(cell).toHaveAttribute('href', /\/measures\?.*stage=/);
  await page.locator('main section[data-perspective] li .name a').first().click();
  await expect(page).toHaveURL(/\/measures\/[^/]+$/);
});

test('another period is asked for and shown', async ({ page }) => {
  await visit(page, '/');
  const before = await page.locator('main .lead').textContent();
  const answer = page.waitForResponse((response) => /\/api\/v1\/scorecard\?.*period=/.test(response.url()));
  await page.getByRole('button', { name: 'Period before' }).click();
  expect((await answer).status()).toBeLessThan(400);
  await expect(page.locator('main .lead')).not.toBeEmpty();
  expect(before).not.toBe('');
});

test('the keyboard alone reaches and opens a measure', async ({ page }) => {
  await visit(page, '/');
  await tabTo(page, 'main button.toggle');
  await page.keyboard.press('Enter');
  await expect(page.locator('main button.toggle').first()).toHaveAttribute('aria-expanded', 'true');
  await tabTo(page, 'main .details a.button');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/measures\//);
});

test('is accessible and no wider than the window', async ({ page }) => {
  await inEveryLook(page, () => visit(page, '/'));
});

test('fits every width', async ({ page }) => {
  await visit(page, '/');
  for (const width of [360, 768, 1100]) {
    await page.setViewportSize({ width, height: 844 });
    await fits(page);
  }
});

test('late data and changed definitions add up to what moved, and stand in the address', async ({ page }) => {
  await visit(page, '/');
  const moved = page.locator('#moved');
  const toggle = moved.getByRole('button', { name: 'Show late data and changed definitions' });
  await toggle.focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/causes=open/);
  const answer = moved.getByRole('table');
  await expect(answer.getByRole('row')).toHaveCount(5, { timeout: 30_000 });
  await expect(answer.getByRole('row').nth(1)).toContainText('Changed definitions');
  await settled(page);
  await fits(page);
  await accessible(page);
  await moved.getByRole('button', { name: 'Hide late data and changed definitions' }).click();
  await expect(page).not.toHaveURL(/causes/);
});

test('a workspace without a period before has nothing that moved', async ({ page }) => {
  await page.route('**/api/v1/scorecard*', async (route) => {
    const response = await route.fetch();
    const card = await response.json();
    await route.fulfill({ response, json: { ...card, previous: null, moves: [] } });
  });
  await visit(page, '/');
  await expect(page.getByText('no period before to compare with')).toBeVisible();
});
