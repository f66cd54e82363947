import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';

const SHOP = 'Order;Date;Customer mail;Total\nA-1001;03.06.2026 14:22;maria@example.org;49,90\n';
const job = (state: string, more: object = {}) => ({
  id: 'live',
  kind: 'import',
  state,
  progress: null,
  result: null,
  problem: null,
  who: 'local',
  started_at: '2026-07-01T08:00:00Z',
  ended_at: null,
  ...more,
});

test('sources say how good and how fresh they are', async ({ page }) => {
  await page.goto('/data');
  const table = page.getByRole('table', { name: 'Sources and their quality' });
  await expect(table.getByRole('rowheader').first()).toBeVisible();
  await expect(table).toContainText(/old|not dated/);
  await table.getByRole('button', { name: 'Rows' }).click();
  await expect(table.getByRole('columnheader', { name: 'Rows' })).toHaveAttribute('aria-sort', 'ascending');
});

test('a file is dropped, mapped, tried and imported', async ({ page }) => {
  test.skip(Boolean(process.env.THROUGHLINE_URL), 'writes to the workspace');
  await page.goto('/data/import');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'shop.csv', mimeType: 'text/csv', buffer: Buffer.from(SHOP) });
  await expect(page.getByRole('heading', { name: 'shop.csv' })).toBeVisible();
  const column = page.getByLabel('Column for customer_ref');
  await expect(column).toHaveValue('Customer mail');
  await column.selectOption('Coupon');
  await page.getByText('The layout as text').click();
  await expect(page.getByLabel('Layout of shop.csv')).toHaveValue(/customer_ref = "Coupon"/);
  await page.getByText(/^The first \d+ rows/).click();
  await expect(page.getByRole('cell', { name: 'maria@example.org' }).first()).toBeVisible();
  await page.getByRole('button', { name: /^Try it/ }).click();
  await expect(page.getByText('Nothing has been kept')).toBeVisible({ timeout: 15_000 });
  await page.getByRole('button', { name: 'Import 1 file' }).click();
  await expect(page.getByRole('heading', { name: 'Imported' })).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole('link', { name: 'To the scorecard', exact: true })).toBeVisible();
});

test('a column is added to the layout and taken away again', async ({ page }) => {
  test.skip(Boolean(process.env.THROUGHLINE_URL), 'writes to the workspace');
  await page.goto('/data/import');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'shop.csv', mimeType: 'text/csv', buffer: Buffer.from(SHOP) });
  await page.getByLabel('Another standard column of orders').selectOption('order_id');
  await page.getByLabel('Its column of the file').selectOption('Order');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const added = page.getByLabel('Column for order_id');
  await expect(added).toHaveValue('Order');
  await added.selectOption('');
  await expect(added).toHaveCount(0);
});

test('progress is heard as it happens, and work can be stopped', async ({ page }) => {
  await page.route('**/api/v1/uploads?**', (route) =>
    route.fulfill({ status: 201, json: { upload: 'u1', name: 'a.csv', bytes: 3 } }),
  );
  await page.route('**/api/v1/uploads/u1/preview', (route) =>
    route.fulfill({
      json: {
        layout: 'standard',
        input: 'orders',
        problem: null,
        columns: ['order_id'],
        rows: [['1']],
        suggestion: null,
      },
    }),
  );
  await page.route('**/api/v1/imports', (route) => route.fulfill({ status: 202, json: job('waiting') }));
  const told = job('running', { progress: { text: 'Reading orders', done: 40, of: 100 } });
  await page.route('**/api/v1/jobs/live/events', (route) =>
    route.fulfill({
      contentType: 'text/event-stream',
      body: `event: progress\ndata: ${JSON.stringify(told)}\n\n`,
    }),
  );
  let stopped = false;
  await page.route('**/api/v1/jobs/live', (route) => {
    if (route.request().method() === 'DELETE') stopped = true;
    return route.fulfill({ json: told });
  });
  await page.goto('/data/import');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('order_id\n1\n') });
  await page.getByRole('button', { name: 'Import 1 file' }).click();
  await expect(page.getByText('Reading orders')).toBeVisible();
  await expect(page.getByRole('progressbar')).toHaveAttribute('value', '0.4');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => stopped).toBe(true);
});

test('a row is mended in place and sent back with its id', async ({ page }) => {
  test.skip(Boolean(process.env.THROUGHLINE_URL), 'writes to the workspace');
  await page.goto('/data/rejects');
  const row = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: /^Mend/ }) })
    .first();
  await row.getByRole('button', { name: /^Mend/ }).click();
  const text = page.getByRole('textbox', { name: /^Line / });
  await expect(text).toBeFocused();
  await text.fill('mended,row');
  const sent = page.waitForRequest((request) => request.url().endsWith('/rejects/replay'));
  await page.getByRole('button', { name: 'Bring them in' }).click();
  const body = (await sent).postDataJSON() as { files: { text: string }[] };
  expect(body.files[0].text).toMatch(/^reject_id,.*\n[0-9a-f+]+,mended,row\n$/);
  await expect(page.getByText('1 row brought in.')).toBeVisible();
});

test('names are looked up, linked with a reason, and conflicts are told', async ({ page }) => {
  test.skip(Boolean(process.env.THROUGHLINE_URL), 'writes to the workspace');
  await page.goto('/data/identity');
  await page.getByRole('link', { name: /^Conflicts/ }).click();
  await expect(page.getByText('One session, several customers')).toBeVisible();
  await page.getByRole('searchbox').fill('V0000520704');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/name=V0000520704/);
  await page
    .getByRole('button', { name: /^Unlink/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Why?').fill('two people share this device');
  await dialog.getByRole('button', { name: 'Unlink' }).click();
  await expect(page.getByText(/now belongs to/)).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1440, 390])
    test(`accessible and no wider than the page: ${colorScheme}, ${width}`, async ({ page }) => {
      test.slow();
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      for (const address of ['/data', '/data/import', '/data/rejects', '/data/identity', '/data?view=jobs']) {
        await page.goto(address);
        await expect(page.locator('main h1')).toBeVisible();
        await expect(page.locator('main .card, main .drop').first()).toBeVisible();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        const found = await new AxeBuilder({ page }).analyze();
        expect(found.violations.map((one) => [address, one.id, one.nodes[0]?.html])).toEqual([]);
      }
    });
