// The journey screens: what an analyst does on them, by mouse and by keyboard.
import type { Page } from '@playwright/test';
import { accessible, expect, fits, test } from './helpers.ts';

const SCREENS = [
  ['/journey', 'Customer journey', 'Map'],
  ['/journey/flow', 'Flow', 'Flow'],
  ['/journey/funnel', 'Funnel', 'Funnel'],
  ['/journey/retention', 'Retention', 'Retention'],
  ['/journey/transitions', 'Next steps', 'Next steps'],
  ['/journey/pains', 'Obstacles', 'Obstacles'],
  ['/journey/attribution', 'Attribution', 'Attribution'],
  ['/journey/delivery', 'Delivery', 'Delivery'],
] as const;

/** Collects what the browser complains about, the content policy among it. */
function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) found.push(message.text());
  });
  page.on('pageerror', (error) => found.push(error.message));
  return found;
}

async function open(page: Page, path: string) {
  await page.goto(path);
  await expect(page.locator('h1')).toHaveCount(1);
  await expect(page.locator('.lead')).toBeVisible();
  await expect(page.getByText('Loading')).toHaveCount(0);
}

for (const [path, title, tab] of SCREENS) {
  test(`${path} answers first, in a sentence, and breaks no rule`, async ({ page }) => {
    const found = complaints(page);
    await open(page, path);
    await expect(page.locator('h1')).toHaveText(title);
    await expect(page.getByRole('navigation', { name: 'Journey' }).locator('[aria-current=page]')).toHaveText(
      tab,
    );
    await expect(page.locator('.lead')).toHaveText(/\d.*\.$/);
    await expect(page.getByText(/touchpoints, known until/)).toBeVisible();
    await expect(page.getByRole('button', { name: /Keep .* as a file/ }).first()).toBeVisible();
    await accessible(page);
    expect(found).toEqual([]);
  });

  test(`${path} in the dark and on a phone`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 360, height: 780 });
    await open(page, path);
    await fits(page);
    await accessible(page);
  });
}

test('the map shows stages, mood with n, pains and opportunities, and reach by channel', async ({ page }) => {
  await open(page, '/journey');
  const map = page.getByRole('region', { name: 'Journey map' });
  expect(await map.locator('thead th').count()).toBeGreaterThan(2);
  for (const row of ['Went on', 'Dropped off', 'Came back', 'Mood', 'Pains', 'Opportunities', 'Touchpoints'])
    await expect(map.getByRole('rowheader', { name: row }).first()).toBeVisible();
  await expect(map.locator('svg.mood circle').first()).toBeAttached();
  await expect(
    map
      .locator('svg.mood')
      .getByText(/^n [\d,.]+$/)
      .first(),
  ).toBeAttached();
  await expect(map.locator('li.pain a').first()).toBeVisible();
  await expect(map.locator('li.opportunity a').first()).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Do journeys follow the map?' })).toBeVisible();
});

test('a stage opens its details by keyboard, with measures, and the address keeps it', async ({ page }) => {
  await open(page, '/journey');
  const head = page.getByRole('region', { name: 'Journey map' }).locator('thead a').nth(2);
  const name = (await head.textContent()) ?? '';
  await head.focus();
  await page.keyboard.press('Enter');
  const details = page.getByRole('region', { name: `Details of ${name}` });
  await expect(details).toBeVisible();
  await expect(details).toBeFocused();
  await expect(page).toHaveURL(/stage=/);
  await expect(details.getByRole('columnheader', { name: 'Then' })).toBeVisible();
  await expect(details.locator('a[href^="/measures/"]').first()).toBeVisible();
  await page.reload();
  await expect(details).toBeVisible();
  await details.getByRole('link', { name: 'Close details' }).click();
  await expect(page).not.toHaveURL(/stage=/);
});

test('a pain on the map leads to its obstacle', async ({ page }) => {
  await open(page, '/journey');
  await page.locator('a[href*="#obstacle-"]').first().click();
  await expect(page).toHaveURL(/\/journey\/pains.*#obstacle-\d+/);
  await expect(page.locator(`#${new URL(page.url()).hash.slice(1)}`)).toBeInViewport();
});

test('the map can be kept as a picture and as data', async ({ page }) => {
  await open(page, '/journey');
  await page.getByRole('button', { name: /Keep Customer journey as a file/ }).click();
  await expect(page.getByRole('link', { name: 'Data (CSV)' })).toHaveAttribute(
    'href',
    /\/api\/v1\/journey\?.*format=csv/,
  );
  for (const ending of ['SVG', 'PNG']) {
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: `Picture (${ending})` }).click();
    expect((await waiting).suggestedFilename()).toBe(`customer-journey.${ending.toLowerCase()}`);
    await page.getByRole('button', { name: /Keep Customer journey as a file/ }).click();
  }
});

test('filters live in the address, are asked, and go along to the next screen', async ({ page }) => {
  await open(page, '/journey');
  const asked = page.waitForRequest((request) => /\/journey\?.*known=true/.test(request.url()));
  await page.getByRole('combobox', { name: 'Who', exact: true }).selectOption('known');
  await asked;
  await page.getByLabel('From').fill('2026-01-01');
  await expect(page).toHaveURL(/known=true.*from=2026-01-01|from=2026-01-01.*known=true/);
  const next = page.waitForRequest((request) => /\/journey\/retention\?.*known=true/.test(request.url()));
  await page.getByRole('navigation', { name: 'Journey' }).getByRole('link', { name: 'Retention' }).click();
  await next;
  await expect(page.getByRole('combobox', { name: 'Who', exact: true })).toHaveValue('known');
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await expect(page).not.toHaveURL(/known|from/);
});

test('a funnel is built by keyboard alone, and its address builds it again', async ({ page }) => {
  await open(page, '/journey/funnel?steps=product_viewed,cart_added,order');
  const steps = page.getByRole('list', { name: 'Steps of the funnel' });
  await expect(steps.locator('.name')).toHaveText(['product viewed', 'cart added', 'order']);
  await page.getByLabel('Add a touchpoint').fill('checkout');
  await page.keyboard.press('Enter');
  await expect(steps.locator('.name')).toHaveText([
    'product viewed',
    'cart added',
    'order',
    'checkout started',
  ]);
  await page.getByRole('button', { name: /^Move checkout started, step 4/ }).focus();
  await page.keyboard.press('ArrowUp');
  await expect(page).toHaveURL(/steps=product_viewed%2Ccart_added%2Ccheckout_started%2Corder/);
  await expect(page.getByRole('button', { name: /^Move checkout started, step 3/ })).toBeFocused();
  await page.getByLabel('Within').selectOption('7d');
  await page.reload();
  await expect(steps.locator('.name')).toHaveText([
    'product viewed',
    'cart added',
    'checkout started',
    'order',
  ]);
  await expect(page.getByLabel('Within')).toHaveValue('7d');
  await page.getByRole('button', { name: 'Take cart added out' }).click();
  await expect(steps.locator('.name')).toHaveText(['product viewed', 'checkout started', 'order']);
});

test('steps of a funnel are dragged, unknown ones are told, and one step is too few', async ({ page }) => {
  await open(page, '/journey/funnel?steps=product_viewed,cart_added,order');
  const steps = page.getByRole('list', { name: 'Steps of the funnel' }).getByRole('listitem');
  await steps.nth(2).dragTo(steps.nth(0));
  await expect(page).toHaveURL(/steps=order%2Cproduct_viewed%2Ccart_added/);
  await page.getByLabel('Add a touchpoint').fill('no such thing');
  await page.keyboard.press('Enter');
  await expect(page.getByText('No touchpoint is called')).toBeVisible();
  await page.goto('/journey/funnel?steps=order');
  await expect(page.getByText('A funnel needs two steps at least.')).toBeVisible();
});

test('the flow has a table behind it and can leave out who goes no further', async ({ page }) => {
  await open(page, '/journey/flow');
  await expect(page.locator('svg[data-drawing] .node').first()).toBeVisible();
  await page.getByRole('button', { name: 'Table of Flow of steps' }).click();
  await expect(page.getByRole('region', { name: 'Flow of steps' }).getByRole('row').nth(2)).toBeVisible();
  await page.getByLabel('Drawn').selectOption('onward');
  await expect(page).toHaveURL(/people=onward/);
});

test('two groups are compared where there are two', async ({ page }) => {
  await page.route(/\/journey\/conformance\?.*by=segment/, async (route) => {
    const answer = await (await route.fetch()).json();
    const [one] = answer.groups;
    await route.fulfill({
      json: {
        ...answer,
        groups: [
          { ...one, group: 'retail' },
          { ...one, group: 'trade' },
        ],
      },
    });
  });
  await open(page, '/journey/flow');
  const asked = page.waitForRequest((request) =>
    decodeURIComponent(request.url()).includes('compare=segment=retail,trade'),
  );
  await page.getByRole('combobox', { name: 'Compare', exact: true }).selectOption('segment');
  await asked;
  await expect(page.getByLabel('Second')).toHaveValue('trade');
});

test('the retention map is a table with cohorts and offsets', async ({ page }) => {
  await open(page, '/journey/retention');
  const map = page.getByRole('region', { name: /Retention by cohort/ });
  expect(await map.getByRole('rowheader').count()).toBeGreaterThan(2);
  await expect(map.locator('td.cell').first()).toHaveAttribute('title', /of .*95\s%/);
  const asked = page.waitForRequest((request) => /retention\?.*variant=in_or_after/.test(request.url()));
  await page.getByLabel('Counts who ordered').selectOption('in_or_after');
  await asked;
});

test('next steps are a matrix while they are few, and a list that can be sorted', async ({ page }) => {
  await open(page, '/journey/transitions');
  await expect(page.getByRole('region', { name: 'Which step follows which' })).toBeVisible();
  const list = page.getByRole('region', { name: 'All ways on' });
  await list.getByRole('button', { name: 'Median' }).click();
  await expect(list.getByRole('columnheader', { name: 'Median' })).toHaveAttribute('aria-sort', 'ascending');
});

test('obstacles tell what says so and the journeys behind them; drop-offs stand apart', async ({ page }) => {
  await page.route(/\/journey\/pains\?.*show=/, async (route) => {
    const answer = await (await route.fetch()).json();
    const touch = {
      at: '2026-03-01T10:00:00Z',
      stage: null,
      kind: 'delivery',
      channel: 'web',
      amount: null,
      moment: true,
    };
    answer.groups[0].stories = [{ customer_id: 'C1', earlier: 2, later: 3, touchpoints: [touch] }];
    await route.fulfill({ json: answer });
  });
  await open(page, '/journey/pains');
  const first = page.getByRole('list', { name: 'Obstacles' }).getByRole('listitem').first();
  await first.getByText('What says so').click();
  await expect(first.getByText('no proof of a cause')).toBeVisible();
  await first.getByRole('link', { name: 'Show their journeys' }).click();
  await expect(page.getByRole('region', { name: 'Journey of C1' })).toBeVisible();
  await page.getByRole('link', { name: /Drop-offs/ }).click();
  await expect(
    page
      .getByRole('list', { name: /more drop-off/ })
      .getByRole('listitem')
      .first(),
  ).toBeVisible();
});

test('attribution says that rules are no causes, and shares out money as well', async ({ page }) => {
  await open(page, '/journey/attribution');
  await expect(page.getByText('rules for sharing out what was bought, and not causes')).toBeVisible();
  await page.getByText('Money', { exact: true }).click();
  await expect(page).toHaveURL(/amount=value/);
});

test('nothing to show and no answer are told in words', async ({ page }) => {
  await page.route(/\/api\/v1\/journey\/retention/, async (route) => {
    const answer = await (await route.fetch()).json();
    const none = { group: 'all', customers: 0, outside: 0, reason: 'nobody ordered', cohorts: [], all: [] };
    await route.fulfill({ json: { ...answer, groups: [none] } });
  });
  await page.route(/\/api\/v1\/journey\/pains/, (route) =>
    route.fulfill({
      status: 409,
      contentType: 'application/problem+json',
      json: {
        title: 'busy',
        status: 409,
        detail: 'An import is at work.',
        hint: 'Try again soon.',
        error: 'busy',
      },
    }),
  );
  await page.goto('/journey/retention');
  await expect(page.getByText('nobody ordered')).toBeVisible();
  await page.goto('/journey/pains');
  await expect(page.getByText('An import is at work.')).toBeVisible();
  await page.goto('/journey');
  await expect(page.getByRole('region', { name: 'Journey map' })).toBeVisible();
});
