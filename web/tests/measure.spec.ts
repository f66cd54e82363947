import type { Page } from '@playwright/test';
import { expect, inEveryLook, test } from './helpers.ts';

const open = async (page: Page, address = '/measures/nps') => {
  await page.goto(address);
  await expect(page.getByRole('heading', { name: 'History' })).toBeVisible();
};

test('answers first, then the picture, the groups and the records', async ({ page }) => {
  await open(page);
  await expect(page.locator('h1')).toHaveCount(1);
  await expect(page.locator('.lead')).toContainText(/It is|In .* it was|There is no value/);
  await expect(page.getByRole('figure').first()).toBeVisible();
  await expect(page.getByRole('heading', { name: /^By / })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What it says' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Can it be trusted?' })).toBeVisible();
  await expect(page.getByText('Completeness')).toBeVisible();
  const records = page.getByRole('table', { name: /^Records behind/ });
  await expect(records.getByRole('link').first()).toHaveAttribute('href', /^\/customers\/.+/);
});

test('the history is a table, too, and is kept as files', async ({ page }) => {
  await open(page);
  const figure = page.getByRole('figure').first();
  await figure.getByRole('button', { name: /^Table/ }).click();
  await expect(figure.getByRole('columnheader', { name: '95 % interval' })).toBeVisible();
  await figure.getByRole('button', { name: /^Keep / }).click();
  const csv = figure.getByRole('link', { name: 'Data (CSV)' });
  await expect(csv).toHaveAttribute('href', /format=csv/);
  await expect(figure.getByRole('button', { name: 'Picture (PNG)' })).toBeVisible();
});

test('signals are named beside the picture and in its table', async ({ page }) => {
  await page.route(/\/api\/v1\/measures\/nps(\?|$)/, async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    answer.readings.at(-4).value = 400;
    await route.fulfill({ response, json: answer });
  });
  await open(page);
  const named = /a value outside the natural limits/;
  await expect(page.getByRole('listitem').filter({ hasText: named })).toBeVisible();
  const figure = page.getByRole('figure').first();
  await figure.getByRole('button', { name: /^Table/ }).click();
  await expect(figure.getByRole('columnheader', { name: 'Signal' })).toBeVisible();
  await expect(figure.getByRole('cell', { name: named }).first()).toBeVisible();
});

test('the SQL opens by keyboard', async ({ page }) => {
  await open(page);
  const summary = page.getByText('The SQL that ran');
  await summary.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: /^SQL of/ })).toContainText('SELECT');
  await expect(page.getByRole('button', { name: 'Copy', exact: true })).toBeVisible();
});

test('a group leads to its records, and stays in the address', async ({ page }) => {
  await open(page);
  const group = page.getByRole('link', { name: /^email$|^web$/ }).first();
  await group.click();
  await expect(page).toHaveURL(/segment=/);
  await expect(page.getByRole('link', { name: /✕/ })).toBeVisible();
  await page.getByText('Left out', { exact: true }).click();
  await expect(page).toHaveURL(/kind=out/);
});

test('what moved is said, drawn, and split by the dimension in the address', async ({ page }) => {
  await open(page, '/measures/conversion');
  const moved = page.locator('#moved');
  await expect(moved.getByRole('heading', { name: /^What moved/ })).toBeVisible();
  await expect(moved.locator('.said')).toContainText(/^(Up|Down|As much)/);
  const steps = moved.getByRole('listitem');
  await expect(steps.first()).toContainText(/as known/);
  expect(await steps.count()).toBeGreaterThan(3);
  await moved.getByRole('combobox', { name: 'By' }).selectOption({ index: 1 });
  await expect(page).toHaveURL(/split=/);
  const link = steps.getByRole('link').first();
  const name = await link.textContent();
  await moved.getByRole('button', { name: /^Table/ }).click();
  await expect(moved.getByRole('columnheader', { name: 'within' })).toBeVisible();
  await expect(moved.getByRole('cell', { name: name ?? '' }).first()).toBeVisible();
  await moved.getByRole('button', { name: /^Picture/ }).click();
  await link.click();
  await expect(page).toHaveURL(/segment=.*#rows/);
});

test('the inputs of a formula lead to their own answers', async ({ page }) => {
  await open(page, '/measures/contacts_per_order');
  const moved = page.locator('#moved');
  await moved.getByRole('link', { name: 'contacts', exact: true }).click();
  await expect(page).toHaveURL(/\/measures\/contacts(\?|#|$)/);
});

test('what cannot be told of then says why', async ({ page }) => {
  await page.route(/\/api\/v1\/measures\/conversion\/moved/, async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    answer.late = { contribution: null, reason: 'Nothing had been recorded by 2026-06-01.', rows: null };
    await route.fulfill({ response, json: answer });
  });
  await open(page, '/measures/conversion');
  const moved = page.locator('#moved');
  await expect(moved).toContainText('Nothing had been recorded by 2026-06-01.');
  await expect(moved.getByRole('listitem').filter({ hasText: 'Late data' })).toHaveCount(0);
});

test('a note is written and taken back', async ({ page }) => {
  await open(page);
  const text = `Free shipping ${Date.now()}`;
  await page.getByRole('button', { name: 'Add a note' }).click();
  await page.getByLabel('What happened?').fill(text);
  await page.keyboard.press('Enter');
  const note = page.getByRole('listitem').filter({ hasText: text });
  await expect(note).toBeVisible();
  await note.getByRole('button', { name: /^Delete/ }).click();
  await expect(note).toHaveCount(0);
});

test('a period that is too early says so', async ({ page }) => {
  await page.route(/\/api\/v1\/measures\/nps(\?|$)/, async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    for (const reading of answer.readings) reading.mature = false;
    await route.fulfill({ response, json: answer });
  });
  await open(page);
  await expect(page.locator('.lead')).toContainText('too early');
});

test('a measure nobody knows is explained', async ({ page }) => {
  await page.route(/\/api\/v1\/measures\/nothing(\?|$)/, (route) =>
    route.fulfill({
      status: 404,
      contentType: 'application/problem+json',
      json: {
        status: 404,
        error: 'not_found',
        detail: 'There is no measure `nothing`.',
        hint: 'Did you mean `nps`?',
      },
    }),
  );
  await page.goto('/measures/nothing');
  await expect(page.getByRole('alert').first()).toContainText('Did you mean');
});

test('is accessible and no wider than the window', async ({ page }) => {
  await inEveryLook(page, async () => {
    await open(page);
    await expect(page.getByRole('table', { name: /^Records behind/ })).toBeVisible();
  });
});
