// How people come in: the start without data, and signing in.
import { expect, test, type Page } from '@playwright/test';
import { accessible, fits, visit, watch } from './helpers.ts';

async function workspaceWith(page: Page, change: Record<string, unknown>): Promise<void> {
  await page.route('**/api/v1/workspace*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...change } });
  });
}

test('without data the page begins with a friendly start', async ({ page }) => {
  const complaints = watch(page);
  await workspaceWith(page, { has_data: false, periods: [], latest_period: null });
  await visit(page, '/');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Welcome');
  await expect(page.getByRole('link', { name: 'Import files' })).toHaveAttribute('href', /\/data\/import/);
  await accessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await fits(page);
  expect(complaints).toEqual([]);
});

test('signing in leads to where one wanted to go', async ({ page }) => {
  await page.route('**/api/v1/session', (route) =>
    route.request().postDataJSON().password === 'right'
      ? route.fulfill({ json: { user: { name: 'ada', role: 'analyst' } } })
      : route.fulfill({
          status: 401,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            detail: 'Name or password is wrong.',
            error: 'unauthenticated',
            hint: null,
          }),
        }),
  );
  await visit(page, '/login?next=%2Fmeasures');
  await accessible(page);
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('wrong');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('Name or password is wrong.');
  await page.getByLabel('Password').fill('right');
  const sent = page.waitForRequest('**/api/v1/session');
  await page.getByRole('button', { name: 'Sign in' }).click();
  expect((await sent).headers()['x-throughline']).toBe('1');
  await expect(page).toHaveURL(/\/measures$/);
});

test('who is not signed in is asked to, and another site is never gone to', async ({ page }) => {
  await page.route('**/api/v1/workspace*', (route) =>
    route.fulfill({
      status: 401,
      contentType: 'application/problem+json',
      body: '{"error":"unauthenticated"}',
    }),
  );
  await page.goto('/map');
  await expect(page).toHaveURL(/\/login\?next=%2Fmap/);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.unroute('**/api/v1/workspace*');
  await page.route('**/api/v1/session', (route) => route.fulfill({ json: {} }));
  await page.goto('/login?next=%2F%2Fexample.org');
  await page.getByLabel('Name').fill('ada');
  await page.getByLabel('Password').fill('right');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Scorecard');
});
