// The forms of the definitions, on the real server: what is edited, saved and told, and that comments stay.
import { expect, test, type APIRequestContext, type Locator, type Page } from '@playwright/test';
import type { Schemas } from '../src/api/described.ts';
import { accessible, fits, tabTo, visit, watch } from './helpers.ts';

// They write to one workspace, so one after the other.
test.describe.configure({ mode: 'serial' });

const before = new Map<string, string>();
const headers = { 'X-Throughline': '1' };

async function textOf(request: APIRequestContext, path: string): Promise<string> {
  const answer = await request.get('/api/v1/definitions');
  const { files } = (await answer.json()) as Schemas['DefinitionFiles'];
  return files.find((one) => one.path === path)?.text ?? '';
}

test.beforeAll(async ({ request }) => {
  for (const path of ['scorecard.toml', 'journey.toml']) before.set(path, await textOf(request, path));
});
test.afterEach(async ({ request }) => {
  for (const [path, text] of before) {
    const answer = await request.put(`/api/v1/definitions/${path}`, { headers, data: { text } });
    expect(answer.ok()).toBe(true);
  }
});

const held = (path: string) => before.get(path) ?? '';
const comments = (text: string) => text.split('\n').filter((row) => row.trim().startsWith('#'));
const forms = (page: Page): Locator => page.locator('section .card');
const editor = (page: Page) => page.getByRole('textbox', { name: /^Text of/ });
/** The row of a table, by what its button says. */
const row = (page: Page, title: string | RegExp) =>
  forms(page).locator('li', { has: page.getByRole('button', { name: title, expanded: true }) });
async function save(page: Page, path: string): Promise<void> {
  const sent = page.waitForResponse((one) => one.request().method() === 'PUT' && one.url().endsWith(path));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  expect((await sent).ok()).toBe(true);
}

test('tables that are written as one value are left to the text', async ({ page }) => {
  await visit(page, '/definitions?file=scorecard.toml');
  await editor(page).fill('format = 1\nobjective = [{ id = "a", name = "A", perspective = "customer" }]\n');
  await expect(forms(page).getByText('They stand in the text as one value')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Add objective' })).toBeHidden();
  await forms(page).getByRole('button', { name: 'Line 2' }).click();
  await expect(editor(page)).toBeFocused();
});

test('an objective is added, weighed, measured and taken away with its links', async ({ page, request }) => {
  const complaints = watch(page);
  await visit(page, '/definitions?file=scorecard.toml');
  await page.getByLabel('What is to be achieved').fill('Ship within a day');
  await page.getByLabel('In the perspective').selectOption('Internal process');
  await page.getByRole('button', { name: 'Add objective' }).click();
  const entry = row(page, /^Ship within a day/);
  await entry.getByLabel('Who answers for it').fill('logistics lead');
  await entry.getByLabel('Weight in its perspective').fill('2');
  await entry.getByLabel('Another measure').selectOption('on_time_delivery');
  await entry.getByRole('button', { name: 'Add', exact: true }).click();
  await entry.getByRole('spinbutton', { name: /^Weight of/ }).fill('3');
  await entry.getByLabel('Name').fill('Ship within a "day"');
  await page.keyboard.press('Tab');
  await save(page, 'scorecard.toml');
  const block = [
    '[[objective]]',
    'id = "ship_within_a_day"',
    'name = "Ship within a \\"day\\""',
    'perspective = "internal_process"',
    'owner = "logistics lead"',
    'weight = 2',
    'measures = [{ id = "on_time_delivery", weight = 3 }]',
  ].join('\n');
  const saved = await textOf(request, 'scorecard.toml');
  // It stands with its like, and not a letter of anything else has changed.
  expect(saved).toContain(`${block}\n\n# ---- Learning and growth`);
  expect(saved.replace(`\n\n${block}`, '')).toBe(held('scorecard.toml'));
  await expect(page.getByText('scorecard.toml saved.')).toBeVisible();

  await page.getByRole('link', { name: 'Links', exact: true }).click();
  await page.getByLabel('This objective').selectOption('Ship within a "day"');
  await page.getByLabel('leads to').selectOption('Customers are satisfied, and it was easy');
  await page.getByRole('button', { name: 'Add link' }).click();
  await page.getByRole('link', { name: 'Objectives', exact: true }).click();
  await page.getByRole('button', { name: /^Ship within a "day"/ }).click();
  await page.getByRole('button', { name: /^Remove/ }).click();
  await expect(page.getByText('“Ship within a "day"” removed, and 1 link with it.')).toBeVisible();
  await expect(editor(page)).toHaveValue(held('scorecard.toml'));
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(editor(page)).toHaveValue(/cause = "ship_within_a_day"/);
  expect(complaints).toEqual([]);
});

test('another id of an objective is followed by what names it', async ({ page, request }) => {
  await visit(page, '/definitions?file=scorecard.toml');
  await page.getByRole('button', { name: /^People who know what customers need/ }).click();
  await row(page, /^People who know/)
    .getByLabel('Id')
    .fill('able_people');
  await page.keyboard.press('Tab');
  await save(page, 'scorecard.toml');
  const saved = await textOf(request, 'scorecard.toml');
  expect(saved).toBe(held('scorecard.toml').replaceAll('"skilled_people"', '"able_people"'));
  await expect(page.getByRole('region', { name: 'Problems' }).getByText('error')).toHaveCount(0);
});

test('a link that closes a loop is told beside it, and taken away again', async ({ page, request }) => {
  await visit(page, '/definitions?file=scorecard.toml&part=links');
  await page.getByLabel('This objective').selectOption('Grow with customers who stay');
  await page.getByLabel('leads to').selectOption('Grow with customers who stay');
  await expect(page.getByRole('alert')).toContainText('An objective cannot lead to itself.');
  await page.getByLabel('leads to').selectOption('Be known, looked at and chosen');
  await page.getByRole('button', { name: 'Add link' }).click();
  const entry = row(page, /^Grow with customers who stay → Be known/);
  await entry.getByLabel('After').fill('30d');
  await entry.getByLabel('Held equal').fill('channel, region');
  await page.keyboard.press('Tab');
  await save(page, 'scorecard.toml');
  expect(await textOf(request, 'scorecard.toml')).toContain(
    'cause = "grow_profitably"\neffect = "be_chosen"\nlag = "30d"\nconfounders = ["channel", "region"]\n',
  );
  await expect(entry.getByText(/the links form a loop/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Apply …' })).toBeDisabled();
  // The list of problems leads to its line, and to its form.
  await page.getByRole('link', { name: 'Objectives', exact: true }).click();
  const told = page.getByRole('region', { name: 'Problems' }).getByRole('listitem');
  await told.filter({ hasText: 'loop' }).getByRole('link').click();
  await expect(editor(page)).toBeFocused();
  await expect(entry.getByText(/the links form a loop/)).toBeVisible();
  await entry.getByRole('button', { name: /^Remove/ }).click();
  await save(page, 'scorecard.toml');
  expect(await textOf(request, 'scorecard.toml')).toBe(held('scorecard.toml'));
  await expect(page.getByText(/the links form a loop/)).toHaveCount(0);
});

test('a target is added, a wrong one is told beside its field', async ({ page, request }) => {
  await visit(page, '/definitions?file=scorecard.toml&find=csat');
  await page.getByLabel('Reach').fill('90%');
  await page.getByLabel('No worse than').fill('lots');
  await page.getByLabel('From').fill('2027-01');
  await page.getByRole('button', { name: 'Add target' }).click();
  const target = page.getByRole('group', { name: 'Target: from 2027-01' });
  await save(page, 'scorecard.toml');
  expect(await textOf(request, 'scorecard.toml')).toContain(
    'baseline = "75%"\n\n[[target]]\nmeasure = "csat"\nfrom = "2027-01"\ntarget = "90%"\nfloor = "lots"\n',
  );
  const floor = target.getByLabel('Floor (scores 0)');
  await expect(floor).toHaveAttribute('aria-invalid', 'true');
  await expect(floor).toHaveAccessibleDescription(/✕ .*lots/);
  await accessible(page);
  await floor.fill('75%');
  await page.keyboard.press('Tab');
  await save(page, 'scorecard.toml');
  await expect(floor).toHaveAttribute('aria-invalid', 'false');
  await page.getByRole('link', { name: 'What would change' }).first().click();
  await expect(page.getByRole('rowheader', { name: 'The whole' })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('rowheader', { name: /Customer satisfaction/ })).toBeVisible();
});

test('stage rules: added, told, put in order and taken away, by keyboard alone', async ({
  page,
  request,
}) => {
  await visit(page, '/definitions?file=journey.toml');
  const add = async (stage: string, table: string, kinds: string) => {
    await tabTo(page, '.add select');
    await page.keyboard.type(stage);
    await page.keyboard.press('Tab');
    await page.keyboard.type(table);
    await page.keyboard.press('Tab');
    await page.keyboard.type(kinds);
    await page.keyboard.press('Enter');
  };
  await add('Consideration', 'interactions', 'showroom_visit, sample_ordered');
  const first = page.getByRole('button', { name: /^Consideration: interactions; showroom visit, sample/ });
  await expect(first).toBeFocused();
  await add('Support', 'feedback', '');
  await expect(page.getByRole('button', { name: /^Support: feedback/, expanded: true })).toBeFocused();
  await page.keyboard.press('Tab');
  // The last one cannot go down, so the next stop is the button that moves it up.
  await expect(page.getByRole('button', { name: /^Move rule 2 up/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Support: feedback is number 1 of 2 now\.$/)).toBeAttached();
  const support = row(page, /^Support: feedback/);
  await support.getByLabel('csat').press('Space');
  await support.getByLabel('Score at least').fill('0.5');
  await support.getByLabel('When').selectOption('after their first order');
  await support.getByLabel('order', { exact: true }).press('Space');
  await page.keyboard.press('Control+s');
  await save(page, 'journey.toml');
  const rules = [
    '[[rule]]',
    'stage = "support"',
    'table = "feedback"',
    'instruments = ["csat"]',
    'about = ["order"]',
    'min_score = 0.5',
    'before_first_order = false',
    '',
    '[[rule]]',
    'stage = "consideration"',
    'table = "interactions"',
    'kinds = ["showroom_visit", "sample_ordered"]',
    '',
  ].join('\n');
  const start = held('journey.toml').trimEnd();
  expect(await textOf(request, 'journey.toml')).toBe(`${start}\n\n${rules}`);
  await support.getByRole('button', { name: /^Remove/ }).press('Enter');
  await expect(first).toBeFocused();
  await save(page, 'journey.toml');
  const rest = rules.slice(rules.indexOf('[[rule]]', 5));
  expect(await textOf(request, 'journey.toml')).toBe(`${start}\n\n${rest}`);
});

test('stages are written into the file, put in order and called otherwise', async ({ page, request }) => {
  await visit(page, '/definitions?file=journey.toml&part=stages');
  await page.getByRole('button', { name: 'Write them into the file to change them' }).click();
  await page.getByRole('button', { name: 'Move stage 2 up: Consideration' }).click();
  await page.getByRole('button', { name: 'Consideration', exact: true }).click();
  await page.getByLabel('Name').fill('Looking around');
  await page.getByLabel('What happens in it').fill('They look into the offer.');
  await page.keyboard.press('Tab');
  await save(page, 'journey.toml');
  const saved = await textOf(request, 'journey.toml');
  expect(comments(saved)).toEqual(comments(held('journey.toml')));
  expect(saved).toContain(
    'id = "consideration"\nname = "Looking around"\nabout = "They look into the offer."\n\n[[stage]]\nid = "awareness"',
  );
  await page.getByRole('link', { name: 'Stage rules', exact: true }).click();
  await expect(page.locator('.add').getByLabel('Stage').locator('option').nth(1)).toHaveText(
    'Looking around',
  );
});

test('perspectives have weights; a text that is broken says where', async ({ page, request }) => {
  await visit(page, '/definitions?file=scorecard.toml&part=perspectives');
  await page.getByRole('button', { name: /^Financial/ }).click();
  await page.getByLabel('Weight in the whole').fill('4');
  await page.getByLabel('Name').fill('');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('alert')).toContainText('Name cannot be empty');
  await save(page, 'scorecard.toml');
  const expected = held('scorecard.toml').replace(
    'name = "Financial"\nweight = 3',
    'name = "Financial"\nweight = 4',
  );
  expect(await textOf(request, 'scorecard.toml')).toBe(expected);
  await editor(page).fill('format = 1\nevery =\n');
  await page.getByRole('button', { name: 'To line 2' }).click();
  await expect(editor(page)).toBeFocused();
});

test('who may not edit sees the same forms, and changes nothing', async ({ page }) => {
  await page.route('**/api/v1/workspace*', async (route) => {
    const response = await route.fetch();
    const login = { required: true, user: { name: 'vic', role: 'viewer' } };
    await route.fulfill({ response, json: { ...(await response.json()), login } });
  });
  for (const part of ['objectives', 'targets', 'links', 'perspectives']) {
    await visit(page, `/definitions?file=scorecard.toml&part=${part}&open=1`);
    await expect(forms(page).locator('.field').first()).toBeVisible();
    // The choice of the measure that is looked at is no edit.
    const open = forms(page).locator('.field:enabled');
    await expect(open).toHaveCount(part === 'targets' ? 1 : 0);
  }
  await expect(editor(page)).not.toBeEditable();
  for (const name of ['Save', 'Apply …', 'New measure', 'Add objective'])
    await expect(page.getByRole('button', { name })).toHaveCount(0);
});

test('a measure of two that there are becomes a file of its own', async ({ page }) => {
  // The file is kept from the server, which has no way to take it away again.
  let made = { path: '', text: '' };
  await page.route('**/api/v1/definitions', async (route) => {
    const response = await route.fetch();
    const told = (await response.json()) as Schemas['DefinitionFiles'];
    const files = made.path ? [...told.files, { ...made, etag: 'm1' }] : told.files;
    await route.fulfill({ response, json: { ...told, files } });
  });
  await page.route('**/api/v1/definitions/measures**', (route) => {
    expect(route.request().headers()['if-match']).toBe('""');
    const path = decodeURIComponent(new URL(route.request().url()).pathname.split('/definitions/')[1] ?? '');
    made = { path, text: (route.request().postDataJSON() as { text: string }).text };
    return route.fulfill({ json: { path, etag: 'm1', problems: [] } });
  });
  await page.setViewportSize({ width: 360, height: 740 });
  await visit(page, '/definitions');
  await page.getByRole('button', { name: 'New measure' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Tickets per visitor');
  await dialog.getByLabel('Take').selectOption('contacts');
  await dialog.getByLabel('divided by').selectOption('visitors');
  await dialog.getByLabel('Better is').selectOption('less');
  await dialog.getByLabel('Perspective').selectOption('Customer');
  await fits(page);
  await accessible(page);
  await dialog.getByRole('button', { name: 'Make it' }).click();
  await expect(editor(page)).toHaveValue(/^format = 1\nid = "tickets_per_visitor"\n/);
  expect(made.path).toBe('measures/tickets_per_visitor.toml');
  expect(made.text).toContain('direction = "lower"\naggregate = { formula = "contacts / visitors" }\n');
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1280, 360])
    test(`every form is accessible and no wider than the page: ${colorScheme}, ${width}`, async ({
      page,
    }) => {
      test.slow();
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      for (const part of ['objectives', 'targets', 'links', 'perspectives', 'rules', 'stages']) {
        const file = part === 'rules' || part === 'stages' ? 'journey.toml' : 'scorecard.toml';
        await visit(page, `/definitions?file=${file}&part=${part}&open=1`);
        if (part === 'rules') {
          await page.locator('.add').getByLabel('Stage').selectOption({ index: 1 });
          await page.locator('.add').getByLabel('Records of').selectOption('feedback');
          await page.getByRole('button', { name: 'Add rule' }).click();
        }
        await fits(page);
        await accessible(page);
      }
    });
