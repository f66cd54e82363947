import type { Page } from '@playwright/test';
import type { Schemas } from '../src/api/described.ts';
import { expect, inEveryLook, test } from './helpers.ts';

const editor = (page: Page) => page.getByRole('textbox', { name: /^Text of/ });

test('a problem leads to its line', async ({ page }) => {
  await page.route('**/api/v1/definitions', (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const text = Array.from({ length: 80 }, (_, place) => `# line ${place + 1}`).join('\n');
    const problem = {
      level: 'error',
      file: 'scorecard.toml',
      line: 60,
      column: 1,
      message: 'It is wrong.',
      hint: null,
    };
    const files = [{ path: 'scorecard.toml', text, etag: 'a' }];
    return route.fulfill({ json: { files, problems: [problem], revision: 1, changed: true } });
  });
  await page.goto('/definitions');
  await page.getByRole('link', { name: 'scorecard.toml:60' }).click();
  await expect(editor(page)).toBeFocused();
  const chosen = await editor(page).evaluate((area: HTMLTextAreaElement) =>
    area.value.slice(area.selectionStart, area.selectionEnd),
  );
  expect(chosen).toBe('# line 60');
  await expect(page.getByRole('button', { name: 'Apply …' })).toBeDisabled();
});

test('the form changes one number and keeps comments', async ({ page }) => {
  const text =
    '# ours\n[[objective]]\nid = "o"\nmeasures = [{ id = "nps" }]\n\n[[target]]\nmeasure = "nps"\ntarget = 40 # since May\nfloor = 15\n';
  let saved = '';
  await page.route('**/api/v1/definitions', (route) => {
    const files = [{ path: 'scorecard.toml', text: saved || text, etag: 'a1' }];
    return route.fulfill({ json: { files, problems: [], revision: 1, changed: saved !== '' } });
  });
  await page.route('**/api/v1/definitions/scorecard.toml', (route) => {
    expect(route.request().headers()['if-match']).toBe('"a1"');
    saved = (route.request().postDataJSON() as { text: string }).text;
    return route.fulfill({ json: { path: 'scorecard.toml', etag: 'a2', problems: [] } });
  });
  await page.goto('/definitions?file=scorecard.toml&find=nps');
  await page.getByLabel('Target (scores 100)').fill('45');
  await page.keyboard.press('Tab');
  await page.getByLabel('Weight within its objective').fill('2');
  await page.keyboard.press('Tab');
  await expect(editor(page)).toHaveValue(/target = 45 # since May/);
  await editor(page).focus();
  await page.keyboard.press('Control+s');
  await expect(page.getByText('scorecard.toml saved.')).toBeVisible();
  expect(saved).toBe(text.replace('40', '45').replace('"nps" }', '"nps", weight = 2 }'));
});

test('a text that is no TOML is not saved, and says why', async ({ page }) => {
  await page.route('**/api/v1/definitions/scorecard.toml', (route) =>
    route.fulfill({
      status: 422,
      contentType: 'application/problem+json',
      json: { status: 422, error: 'definition', detail: 'scorecard.toml:1:1 is not valid TOML.', hint: null },
    }),
  );
  await page.goto('/definitions?file=scorecard.toml');
  await editor(page).fill('broken =');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toContainText('not valid TOML');
  await expect(editor(page)).toHaveValue('broken =');
});

/** The text of the scorecard to be put in force again after a test. */
let back: string | undefined;
test.afterEach(async ({ request }) => {
  if (back === undefined) return;
  const headers = { 'X-Throughline': '1' };
  await request.put('/api/v1/definitions/scorecard.toml', { headers, data: { text: back } });
  const applied = await request.post('/api/v1/definitions/apply', { headers, data: { why: 'Back again' } });
  expect(applied.ok()).toBe(true);
  back = undefined;
});

test('what would change is shown before it is applied, with a reason', async ({ page, request }) => {
  test.slow();
  const answer = await request.get('/api/v1/definitions');
  const { files } = (await answer.json()) as Schemas['DefinitionFiles'];
  const file = files.find((one) => one.path === 'scorecard.toml');
  const text = file?.text.replace(/^target = ([\d.]+)/m, (_, held) => `target = ${Number(held) + 1}`) ?? '';
  expect(text).not.toBe(file?.text);
  const saved = await request.put('/api/v1/definitions/scorecard.toml', {
    headers: { 'X-Throughline': '1', 'If-Match': `"${file?.etag}"` },
    data: { text },
  });
  expect(saved.ok()).toBe(true);
  back = file?.text;
  await page.goto('/definitions?view=plan');
  const whole = { name: 'The whole' };
  await expect(page.getByRole('rowheader', whole)).toBeVisible({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Apply …' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('rowheader', whole)).toBeVisible({ timeout: 20_000 });
  await dialog.getByLabel('Why?').fill('The board raised the target');
  const sent = page.waitForRequest((asked) => asked.url().endsWith('/definitions/apply'));
  await dialog.getByRole('button', { name: 'Apply' }).click();
  expect((await sent).postDataJSON()).toEqual({ why: 'The board raised the target' });
  await expect(page.getByText(/^In force as revision \d+\.$/)).toBeVisible();
});

test('a token is shown once', async ({ page }) => {
  const name = `web shop ${Date.now()}`;
  await page.goto('/settings?view=tokens');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('button', { name: 'Make it' }).click();
  const secret = dialog.getByLabel('The token');
  await expect(secret).toHaveValue(/^tl_/);
  const told = await secret.inputValue();
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByRole('rowheader', { name })).toBeVisible();
  expect(await page.content()).not.toContain(told);
});

const VIEWS = ['/definitions', '/definitions?view=plan', '/definitions?view=revisions'];
for (const address of [...VIEWS, '/settings', '/settings?view=tokens', '/settings?view=audit'])
  test(`${address} is accessible and no wider than the window`, async ({ page }) => {
    await inEveryLook(page, async () => {
      await page.goto(address);
      await expect(page.locator('main h1')).toBeVisible();
      await expect(page.locator('main .card, main .editor').first()).toBeVisible();
    });
  });
