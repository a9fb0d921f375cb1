import { existsSync } from 'node:fs';
import { join } from 'node:path';

import express, { type RequestHandler, type Response } from 'express';

/** Where the build leaves the console: beside this app, in the workspace as well as in the image. */
export const builtConsole = join(__dirname, '../../../console/dist');

/** Paths of the API: a browser that opens one of them gets its answer, not the console. */
const ofTheApi =
  /^\/(?:api|docs|docs-json|docs-yaml|health|metrics|openapi\.json|schemas|workflows?)(?:\/|$)/;

/**
 * Scripts, styles and workers are files of this server and nothing else is: what a workflow contains can never run.
 * `data:` is for the icons that style sheets carry.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The console's files, and its page for every path that people open in a browser (it has its own routes); undefined
 * when it is not built. Programs, which do not ask for HTML, get the API's answers everywhere.
 */
export function serveConsole(folder: string): RequestHandler | undefined {
  const page = join(folder, 'index.html');
  if (!existsSync(page)) return undefined;
  const setPolicy = (response: Response): void => {
    response.setHeader('Content-Security-Policy', policy);
  };
  // Their names change with their content.
  const assets = express.static(join(folder, 'assets'), {
    immutable: true,
    maxAge: '1y',
    index: false,
    setHeaders: setPolicy,
  });
  return (request, response, next) => {
    const { path, method } = request;
    if ((method !== 'GET' && method !== 'HEAD') || ofTheApi.test(path)) {
      next();
    } else if (path.startsWith('/assets/')) {
      request.url = request.url.slice('/assets'.length);
      assets(request, response, () => {
        request.url = `/assets${request.url}`;
        next();
      });
    } else if (request.accepts(['application/json', 'text/html']) === 'text/html') {
      setPolicy(response);
      response.vary('Accept');
      response.sendFile(page, { headers: { 'Cache-Control': 'no-cache' } });
    } else {
      next();
    }
  };
}
