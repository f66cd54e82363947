// How fast the page is on a server that runs already: npm run measure -- http://127.0.0.1:7700
// Each number is the median of ten in a warm browser, in milliseconds from the browser's own clock.
import { chromium } from '@playwright/test';

const TIMES = 10;
const base = process.argv[2] ?? process.env.THROUGHLINE_URL ?? 'http://127.0.0.1:7700';

/** Runs in the page: says when the first content is painted, and when what is looked for stands and is painted. */
function observe(selector) {
  const told = {};
  window.told = told;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName('first-contentful-paint')) told.painted = entry.startTime;
  }).observe({ type: 'paint', buffered: true });
  const look = () => {
    if (told.stands || !document.querySelector(selector)) return;
    told.stands = 'seen';
    // After the frame that paints it.
    requestAnimationFrame(() => setTimeout(() => (told.stands = performance.now())));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
}

/** Runs in the page: the time from a change to the frame in which the answer that came for it is painted. */
async function changed({ act, select, value, asked }) {
  const main = document.querySelector('main');
  const start = performance.now();
  let answered = 0;
  const heard = new PerformanceObserver((list) => {
    if (list.getEntries().some((one) => new RegExp(asked).test(one.name))) answered = performance.now();
  });
  heard.observe({ type: 'resource' });
  const element = document.querySelector(select);
  if (act === 'click') element.click();
  else {
    element.value = value;
    element.dispatchEvent(new Event('change', { bubbles: true }));
  }
  let last = 0;
  const drawn = new MutationObserver(() => (last = performance.now()));
  drawn.observe(main, { childList: true, subtree: true, characterData: true, attributes: true });
  // The answer has come, and nothing has been drawn for a while: the last drawing is what was waited for.
  while (!answered || performance.now() - Math.max(answered, last) < 250)
    await new Promise((done) => setTimeout(done, 20));
  heard.disconnect();
  drawn.disconnect();
  return last - start;
}

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const tell = (name, all) =>
  console.log(`${name.padEnd(52)}${Math.round(median(all)).toString().padStart(6)} ms`);

async function opened(context, name, path, selector) {
  const first = [];
  const whole = [];
  for (let time = 0; time <= TIMES; time += 1) {
    const page = await context.newPage();
    await page.addInitScript(observe, selector);
    await page.goto(base + path);
    await page.waitForFunction(() => typeof window.told.stands === 'number' && window.told.painted);
    const told = await page.evaluate(() => window.told);
    // The first visit fills the caches.
    if (time > 0) {
      first.push(told.painted);
      whole.push(told.stands);
    }
    await page.close();
  }
  tell(`${name}: first content painted`, first);
  tell(`${name}: its numbers painted`, whole);
}

/** Each step asks something else, so that the page has to ask; first what the server has never been asked since it
 * started, then, in a page that remembers nothing, the same once more. */
async function stepped(context, name, path, selector, steps) {
  for (const known of ['asked for the first time', 'known to the server']) {
    const page = await context.newPage();
    await page.goto(base + path);
    await page.locator(selector).first().waitFor();
    await page.waitForLoadState('networkidle');
    const taken = [];
    for (const step of steps) taken.push(await page.evaluate(changed, step));
    tell(`${name}, ${known}`, taken);
    await page.close();
  }
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
await opened(context, 'Scorecard', '/', 'main section[data-perspective] li');
await opened(context, 'Journey', '/journey', 'main [aria-label="Journey map"] thead th');
await opened(context, 'Measure (NPS)', '/measures/nps', 'main figure canvas');
const ten = Array.from({ length: TIMES }, (_, place) => place);
const before = { act: 'click', select: 'button[aria-label="Period before"]', asked: '/api/v1/scorecard' };
const numbers = 'main section[data-perspective] li';
await stepped(
  context,
  'Scorecard, another period',
  '/',
  numbers,
  ten.map(() => before),
);
const from = {
  act: 'change',
  select: 'main [aria-label="Filters"] input[type="date"]',
  asked: '/api/v1/journey',
};
await stepped(
  context,
  'Journey, another filter',
  '/journey',
  'main [aria-label="Journey map"] thead th',
  ten.map((place) => ({ ...from, value: `2025-${String(place + 1).padStart(2, '0')}-02` })),
);
await browser.close();
