// The frame that all screens stand in: addresses, keyboard, palette, looks, failures.
import type { Schemas } from '../src/api/described.ts';
import { accessible, expect, settled, tabTo, test, visit, watch } from './helpers.ts';

test('links keep the period, and the way back is the browser’s', async ({ page }) => {
  const complaints = watch(page);
  await visit(page, '/');
  const period = page.getByRole('combobox', { name: 'Period' });
  const first = await period.inputValue();
  await page.getByRole('button', { name: 'Period before' }).click();
  await expect(page).toHaveURL(/period=/);
  await settled(page);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Measures' }).click();
  await expect(page).toHaveURL(/\/measures\?.*period=/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Measures');
  await expect(page).toHaveTitle(/Measures/);
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Scorecard');
  await page.goBack();
  await expect(period).toHaveValue(first);
  expect(complaints).toEqual([]);
});

test('the period that is shown is the one that is named', async ({ page }) => {
  const asked = page.waitForResponse((response) => /\/api\/v1\/scorecard(\?|$)/.test(response.url()));
  await visit(page, '/');
  const { period } = (await (await asked).json()) as Schemas['Scorecard'];
  const picker = page.getByRole('combobox', { name: 'Period' });
  await expect(picker).toHaveValue(period.label);
  const newest = (await picker.locator('option').first().getAttribute('value')) ?? '';
  await picker.selectOption(newest);
  if (newest === period.label) await expect(page).not.toHaveURL(/period=/);
  else await expect(page).toHaveURL(new RegExp(`period=${newest}`));
});

test('the palette goes to measures and screens by keyboard alone', async ({ page }) => {
  const complaints = watch(page);
  await visit(page, '/');
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: /Go to a screen/ });
  await expect(field).toBeFocused();
  await field.fill('strategy');
  await expect(page.getByRole('listbox').getByRole('option').first()).toContainText('Strategy map');
  await accessible(page);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/map/);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await expect(field).toBeHidden();
  expect(complaints).toEqual([]);
});

test('the first Tab offers to skip the navigation', async ({ page }) => {
  await visit(page, '/');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'To the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
});

test('dark colours are a choice that stays', async ({ page }) => {
  await visit(page, '/measures');
  await page.getByRole('button', { name: 'Look of the page' }).click();
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const ground = () =>
    page.evaluate(() => getComputedStyle(document.body.parentElement as Element).backgroundColor);
  const dark = await ground();
  await page.reload();
  await settled(page);
  expect(await ground()).toBe(dark);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('an earlier day is asked for and stands in the address', async ({ page }) => {
  await visit(page, '/');
  await page.getByRole('button', { name: /As known/ }).click();
  await page.getByLabel('Day').fill('2026-03-01');
  const asked = page.waitForRequest((request) => /\/scorecard\?.*as_of=2026-03-01/.test(request.url()));
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await asked;
  await expect(page).toHaveURL(/as_of=2026-03-01/);
});

test('an explanation opens by keyboard and closes with Escape', async ({ page }) => {
  await visit(page, '/');
  await tabTo(page, 'main .term button');
  const tip = page.locator('[role=tooltip]:popover-open');
  await expect(tip).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tip).toHaveCount(0);
});

test('a failure says what happened and what to do', async ({ page }) => {
  await page.route('**/api/v1/measures*', (route) =>
    route.fulfill({
      status: 409,
      contentType: 'application/problem+json',
      body: JSON.stringify({
        title: 'busy',
        detail: 'An import is at work.',
        hint: 'Try again in a minute.',
        error: 'busy',
      }),
    }),
  );
  await page.goto('/measures');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('An import is at work.');
  await expect(alert).toContainText('Try again in a minute.');
  await accessible(page);
  await page.unroute('**/api/v1/measures*');
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('table')).toBeVisible();
});

test('an address without a screen leads back', async ({ page }) => {
  await page.goto('/nowhere');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('nothing at this address');
  await page.getByRole('link', { name: 'To the scorecard', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Scorecard');
});

test('a slow answer shows a skeleton, a quick one none', async ({ page }) => {
  await page.route('**/api/v1/scorecard*', async (route) => {
    await new Promise((done) => setTimeout(done, 900));
    await route.continue();
  });
  await page.goto('/');
  await expect(page.locator('.skeleton').first()).toBeVisible();
  await settled(page);
});

test('a server that does not answer is named, and asked again', async ({ page }) => {
  await page.route('**/api/v1/workspace*', (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('alert')).toContainText('The server does not answer.');
  await page.unroute('**/api/v1/workspace*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Scorecard');
});

test('a screen that stops leaves the frame standing', async ({ page }) => {
  await page.route('**/api/v1/scorecard*', (route) =>
    route.fulfill({ json: { headline: 'Half an answer.' } }),
  );
  await page.goto('/');
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Customers' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Customers');
});

test('a phone reaches every room', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await visit(page, '/');
  await page.getByRole('button', { name: 'More' }).click();
  const more = page.getByRole('dialog', { name: 'More' });
  await expect(more.getByRole('link', { name: 'Definitions' })).toBeVisible();
  await accessible(page);
  await page.keyboard.press('Escape');
  await expect(more).toBeHidden();
});

test('opening details asks the server nothing', async ({ page }) => {
  await visit(page, '/');
  let asked = 0;
  page.on('request', (request) => (asked += request.url().includes('/api/') ? 1 : 0));
  await page
    .getByRole('button', { name: /^Details of / })
    .first()
    .click();
  await expect(page).toHaveURL(/open=/);
  await page.waitForTimeout(300);
  expect(asked).toBe(0);
});
