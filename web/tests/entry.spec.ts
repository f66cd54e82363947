// How people come in: the start without data, and signing in.
import type { Page } from '@playwright/test';
import { accessible, expect, fits, test, visit, watch } from './helpers.ts';

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

/** A server that offers the sample company, and tells of its arrival by events. */
async function offering(page: Page, states: Record<string, unknown>[]): Promise<() => number> {
  let asked = 0;
  let done = false;
  const empty = { has_data: false, periods: [], latest_period: null, sample: true };
  await page.route('**/api/v1/workspace*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...(done ? {} : empty) } });
  });
  const job = { id: 7, kind: 'sample', who: 'local', started_at: '2026-05-01T00:00:00Z', ended_at: null };
  const told = (state: Record<string, unknown>) => ({ ...job, problem: null, result: null, ...state });
  await page.route('**/api/v1/sample', (route) => {
    asked += 1;
    expect(route.request().method()).toBe('POST');
    expect(route.request().headers()['x-throughline']).toBe('1');
    const waiting = { state: 'waiting', progress: { text: '', done: null, of: null } };
    return route.fulfill({ status: 202, json: told(waiting) });
  });
  await page.route('**/api/v1/jobs/7/events', async (route) => {
    const body = states.map((state) => {
      const event = state.state === 'running' ? 'progress' : 'done';
      return `event: ${event}\ndata: ${JSON.stringify(told(state))}\n\n`;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    done = states.at(-1)?.state === 'done';
    await route.fulfill({ contentType: 'text/event-stream', body: body.join('') });
  });
  return () => asked;
}

test('one click brings the sample company in and leads to the scorecard', async ({ page }) => {
  const complaints = watch(page);
  const progress = { text: 'Reading orders.csv', done: 3, of: 12 };
  const asked = await offering(page, [
    { state: 'running', progress },
    { state: 'done', progress, ended_at: '2026-05-01T00:01:00Z' },
  ]);
  await visit(page, '/');
  await accessible(page);
  await page.getByRole('button', { name: 'Try the sample company' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Scorecard');
  expect(asked()).toBe(1);
  expect(complaints).toEqual([]);
});

test('a sample company that does not arrive says why, and may be tried again', async ({ page }) => {
  const progress = { text: 'Reading orders.csv', done: 3, of: 12 };
  const problem = {
    status: 500,
    title: 'Full',
    detail: 'The disk is full.',
    hint: 'Make room.',
    error: 'internal',
  };
  const asked = await offering(page, [
    { state: 'running', progress },
    { state: 'failed', progress, problem, ended_at: '2026-05-01T00:01:00Z' },
  ]);
  await page.setViewportSize({ width: 360, height: 740 });
  await visit(page, '/start');
  await page.getByRole('button', { name: 'Try the sample company' }).click();
  await expect(page.getByText('The disk is full.')).toBeVisible();
  await fits(page);
  await accessible(page);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(asked).toBe(2);
});

test('where the server brings no sample company, the page says how to do it by hand', async ({ page }) => {
  await workspaceWith(page, { has_data: false, periods: [], latest_period: null, sample: false });
  await visit(page, '/');
  await expect(page.getByText('throughline demo ../sample-company')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Try the sample company' })).toHaveCount(0);
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
