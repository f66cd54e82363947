// What is told where checks of the data failed, on a shop of its own: half a year of orders, of which a day is cut off
// and, for a week, a channel has another name.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, fits, inEveryLook, tabTo, test, visit } from './helpers.ts';

const program = process.env.THROUGHLINE ?? '';
const CUT = '2026-06-09';
const RENAMED = ['2026-06-15', '2026-06-21'];
const LOW = 'orders of standard: 5 on Tue 9 Jun 2026';
const MIX = 'orders.channel of standard: `store` is gone from Mon 15 Jun 2026';
const AT = 'period=2026-06';
const PAGES = [`/?${AT}&open=placed,in_store`, `/measures/placed?${AT}`, `/measures/in_store?${AT}`, '/data'];

function orders(): string {
  const rows = ['order_id,customer_ref,ordered_at,status,channel,goods'];
  for (let number = 0; number < 150; number += 1) {
    const at = new Date(Date.UTC(2026, 1, 1 + number));
    const day = at.toISOString().slice(0, 10);
    const usual = [0, 6].includes(at.getUTCDay()) ? 25 : 40;
    const store = day >= RENAMED[0] && day <= RENAMED[1] ? 'shop' : 'store';
    for (let order = 0; order < (day === CUT ? 5 : usual + ((number * 7) % 5)); order += 1) {
      const channel = order % 10 < 3 ? store : 'web';
      rows.push(`${day}-${order},c${order},${day}T12:00:00Z,delivered,${channel},${10 + (order % 7)}`);
    }
  }
  return `${rows.join('\n')}\n`;
}

const measure = (
  id: string,
  name: string,
  whenFailed: string,
  aggregate: string,
  column: string,
) => `format = 1
id = "${id}"
name = "${name}"
plain = "What customers ordered."
perspective = "customer"
role = "leading"
unit = "${aggregate === 'ratio' ? 'percent' : 'number'}"
direction = "higher"
aggregate = "${aggregate}"
when_failed = "${whenFailed}"
dimensions = ["channel"]
rows = "SELECT order_id AS key, ordered_at AS at, channel${column} FROM orders"
`;
const SCORECARD = `format = 1
objective = [{ id = "chosen", name = "Be chosen", perspective = "customer", measures = ["placed", "in_store"] }]
target = [
  { measure = "placed", target = 1000, floor = 500 },
  { measure = "in_store", target = "25%", floor = "10%" },
]
`;

let folder = '';
let server: ChildProcess | undefined;
let shop = '';

test.describe.configure({ mode: 'default' });
test.skip(!program, 'THROUGHLINE names no program');

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughline-checks-'));
  const workspace = join(folder, 'shop');
  const file = join(folder, 'orders.csv');
  const run = (...words: string[]) => execFileSync(program, ['--workspace', workspace, ...words]);
  writeFileSync(file, orders());
  execFileSync(program, ['init', workspace, '--name', 'Shop', '--zone', 'UTC', '--currency', 'EUR']);
  writeFileSync(
    join(workspace, 'measures/placed.toml'),
    measure('placed', 'Orders placed', 'withhold', 'count', ''),
  );
  writeFileSync(
    join(workspace, 'measures/in_store.toml'),
    measure('in_store', 'Orders in the store', 'bounds', 'ratio', ", channel = 'store' AS numerator"),
  );
  writeFileSync(join(workspace, 'scorecard.toml'), SCORECARD);
  run('apply', '--why', 'two measures');
  run('import', file);
  const page = process.env.THROUGHLINE_PAGE ? ['--page', process.env.THROUGHLINE_PAGE] : [];
  const serving = spawn(program, ['--workspace', workspace, 'serve', '--listen', '127.0.0.1:0', ...page], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  server = serving;
  shop = await new Promise<string>((resolve, reject) => {
    serving.stdout.on('data', (told) => {
      const address = /http:\/\/[0-9.:]+/.exec(String(told));
      if (address) resolve(address[0]);
    });
    serving.on('exit', () => reject(new Error('The server ended before it said where it listens.')));
  });
});

test.afterAll(async () => {
  if (server && server.exitCode === null) {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server.kill();
    await ended;
  }
  if (folder) rmSync(folder, { recursive: true, force: true });
});

test('the scorecard names the failed check, withholds a value and bounds another', async ({
  page,
  request,
}) => {
  await visit(page, shop + PAGES[0]);
  const row = (name: string) =>
    page
      .locator('main section[data-perspective] li')
      .filter({ has: page.getByRole('link', { name, exact: true }) });
  const [withheld, bounded] = [row('Orders placed'), row('Orders in the store')];
  await expect(withheld.locator('.value').first()).toHaveText('–');
  await expect(withheld.locator('.line')).toContainText('failed check');
  await expect(withheld).toContainText(`Withheld, as a check of its inputs failed: ${LOW}`);
  // The reason says it; it is not said twice.
  await expect(withheld.getByText(LOW)).toHaveCount(1);
  await expect(bounded.locator('.value').first()).toHaveText(/^\d/);
  await expect(bounded.getByRole('listitem').filter({ hasText: 'Failed check' })).toHaveCount(2);
  await expect(bounded).toContainText(MIX);
  const { readings } = await (await request.get(`${shop}/api/v1/measures/in_store`)).json();
  const [may, june] = readings.slice(-2).map((one: { interval: unknown }) => one.interval);
  expect(june.high - june.low).toBeGreaterThan(2 * (may.high - may.low));
  const shown = [june.low, june.high].map((end) => String(Math.round(end * 1000) / 10));
  await expect(bounded.locator('.line')).toContainText(shown.join('–'));
});

test('a measure says why it has no value, and is trusted period by period', async ({ page }) => {
  await visit(page, shop + PAGES[1]);
  const trust = page.locator('section.card').filter({ hasText: 'Can it be trusted?' });
  await expect(page.locator('.lead')).toContainText('There is no value for June 2026. Withheld');
  await expect(page.locator('main dl .big')).toHaveText('–');
  await expect(trust).toContainText(LOW);
  await visit(page, shop + PAGES[2]);
  await expect(page.locator('.lead')).toContainText('It is not sure enough to be judged.');
  await expect(trust).toContainText('whatever the doubtful rows could make true');
  await page.getByRole('button', { name: 'Period before' }).click();
  await expect(trust).toContainText('May 2026');
  await expect(trust).not.toContainText('Failed check');
});

test('the keyboard alone leads from a withheld value to the checks of its source', async ({ page }) => {
  await visit(page, `${shop}/?${AT}`);
  await tabTo(page, 'main button.toggle');
  await page.keyboard.press('Enter');
  await expect(page.locator('main .details')).toContainText('Withheld');
  await tabTo(page, 'main .details a.button');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Can it be trusted?' })).toBeVisible();
  await tabTo(page, 'aside a[href^="/data"]');
  await page.keyboard.press('Enter');
  await expect(page.locator('.lead')).toContainText('2 checks of days failed');
  const failed = page.locator('section.card').filter({ hasText: 'Failed checks' }).getByRole('listitem');
  await expect(failed).toHaveCount(2);
  await expect(failed.nth(0)).toContainText(MIX);
  await expect(failed.nth(1)).toContainText(LOW);
});

test('failed checks are accessible, and fit a narrow window', async ({ page }) => {
  for (const path of PAGES) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await inEveryLook(page, () => visit(page, shop + path));
    await page.setViewportSize({ width: 360, height: 740 });
    await visit(page, shop + path);
    await fits(page);
  }
});
