import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { mock } from './tests/mock.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.THROUGHLINE_URL;

// With THROUGHLINE_URL the page talks to that server; without it, the mock answers from recorded files.
export default defineConfig({
  plugins: [svelte(), ...(server ? [] : [mock(process.env.THROUGHLINE_FIXTURES)])],
  resolve: {
    alias: { $lib: here('src/lib'), $ui: here('src/ui'), $api: here('src/api') },
  },
  server: server ? { proxy: { '/api': server } } : {},
  build: {
    target: ['chrome123', 'firefox128', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One style sheet, and one file for the parts that most screens share: a dozen files of a kilobyte each would be
    // waited for one after the other.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'parts', test: /\/src\/(api|lib(?!\/charts\/core)|ui)\// }] },
      },
    },
  },
});
