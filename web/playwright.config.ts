import { defineConfig } from '@playwright/test';

// Against a server that runs already (THROUGHLINE_URL), or against the built page with recorded answers
// (THROUGHLINE_FIXTURES). The browser is the system's: CHROMIUM, or /usr/bin/chromium.
const server = process.env.THROUGHLINE_URL;
const port = Number(process.env.THROUGHLINE_TEST_PORT ?? 4199);

export default defineConfig({
  testDir: './tests',
  outputDir: './test-results',
  fullyParallel: true,
  workers: Number(process.env.THROUGHLINE_TEST_WORKERS ?? 1),
  timeout: 30_000,
  reporter: [['list']],
  use: {
    baseURL: server ?? `http://127.0.0.1:${port}`,
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
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
