import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';

// Against a server that runs already (THROUGHLINE_URL), or against the built page with recorded answers
// (THROUGHLINE_FIXTURES). The browser is the system's: CHROMIUM, or /usr/bin/chromium.
const server = process.env.THROUGHLINE_URL;
const port = Number(process.env.THROUGHLINE_TEST_PORT ?? 4199);
const writing = /\/(data|definitions|definition-forms)\.spec\.ts$/;
const measuring = /\/lighthouse\.spec\.ts$/;

export default defineConfig({
  testDir: './tests',
  outputDir: './test-results',
  workers: Number(process.env.THROUGHLINE_TEST_WORKERS ?? Math.min(4, availableParallelism())),
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  projects: [
    // What writes to the workspace goes one by one; it may not meet its own kind.
    { name: 'writing', testMatch: writing, workers: 1 },
    { name: 'reading', testIgnore: [writing, measuring], fullyParallel: true },
    { name: 'measuring', testMatch: measuring, workers: 1 },
  ],
  use: {
    baseURL: server ?? `http://127.0.0.1:${port}`,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    // Nothing is caught half-way through a change of colours.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    },
  },
  ...(server
    ? {}
    : {
        webServer: {
          command: `npm run build && npx vite preview --port ${port} --strictPort --host 127.0.0.1`,
          url: `http://127.0.0.1:${port}/`,
          reuseExistingServer: true,
          timeout: 120_000,
        },
      }),
});
