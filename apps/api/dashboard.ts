import { existsSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { dashboardPolicy } from './content-policy.js';

/** What `npm run build` makes of apps/dashboard. */
const FOLDER = join(import.meta.dirname, '../../dashboard');
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Serves the dashboard at `/`. The page holds no data and needs no key; what it shows it asks the API for. Files under
 * `/assets` have a hash in their names and never change.
 */
export function serveDashboard(app: NestExpressApplication): void {
  const isPage = ({ path }: Request): boolean => path === '/' || path.startsWith('/assets/');
  const policy = dashboardPolicy();
  app.use((request: Request, response: Response, next: NextFunction) =>
    isPage(request) ? policy(request, response, next) : next(),
  );
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (isPage(request)) preferCompressed(request, response);
    next();
  });
  app.useStaticAssets(FOLDER, {
    redirect: false,
    setHeaders: (response: ServerResponse, path: string) => {
      const forEver = path.includes('assets');
      response.setHeader('Cache-Control', forEver ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

/** The build leaves a `.gz` beside every text file. */
function preferCompressed(request: Request, response: Response): void {
  const path = request.path === '/' ? '/index.html' : request.path;
  const type = TYPES[extname(path)];
  if (type === undefined || !/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return;
  if (path.includes('..') || !existsSync(join(FOLDER, `${path}.gz`))) return;
  request.url = `${path}.gz`;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Vary', 'Accept-Encoding');
}
