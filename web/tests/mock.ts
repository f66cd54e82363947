// Answers /api/v1 from recorded answers, so that the page can be worked on without a server:
//   THROUGHLINE_FIXTURES=FOLDER npm run dev
// The recorded answers are those of `throughline ... --json`, one file each.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';
import { answer } from './mock/answers.ts';

/** The policy that the server sends; the preview sends it too, so that tests see what it forbids. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  body: Buffer;
}

export interface Told {
  status?: number;
  body: unknown;
}

export function problem(status: number, error: string, detail: string, hint: string | null = null): Told {
  return { status, body: { type: 'about:blank', title: detail, status, detail, hint, error } };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function tell(request: IncomingMessage, response: ServerResponse, told: Told): void {
  const status = told.status ?? 200;
  const text = told.body === null ? '' : JSON.stringify(told.body);
  const etag = `"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"`;
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.setHeader('Cache-Control', 'private, no-cache');
  if (request.method === 'GET' && status === 200) {
    response.setHeader('ETag', etag);
    if (request.headers['if-none-match'] === etag) {
      response.statusCode = 304;
      response.end();
      return;
    }
  }
  response.statusCode = text ? status : 204;
  response.setHeader('Content-Type', type);
  response.end(text);
}

function middleware(folder: string | undefined): Connect.NextHandleFunction {
  return (request, response, next) => {
    const url = new URL(request.url ?? '/', 'http://mock');
    if (!url.pathname.startsWith('/api/v1/')) return next();
    void (async () => {
      const asked: Asked = {
        method: request.method ?? 'GET',
        path: url.pathname.slice('/api/v1'.length),
        query: url.searchParams,
        body: await bodyOf(request),
      };
      if (asked.method !== 'GET' && request.headers['x-throughline'] !== '1') {
        return tell(
          request,
          response,
          problem(403, 'forbidden', 'A write without the header X-Throughline.'),
        );
      }
      try {
        tell(request, response, answer(folder, asked));
      } catch (error) {
        tell(request, response, problem(500, 'internal', 'The mock failed.', String(error)));
      }
    })();
  };
}

export function mock(folder: string | undefined): Plugin {
  return {
    name: 'throughline-mock',
    configureServer: (server) => void server.middlewares.use(middleware(folder)),
    configurePreviewServer: (server) => {
      server.middlewares.use((_request, response, next) => {
        response.setHeader('Content-Security-Policy', POLICY);
        next();
      });
      server.middlewares.use(middleware(folder));
    },
  };
}
