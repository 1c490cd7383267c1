import express, { type Express, type Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { Dependencies } from './dependencies.js';
import { answerError, unknownAddress } from './errors.js';
import { logRequests, startClock } from './log.js';
import { createMetrics } from './metrics.js';
import { Problem } from './problems.js';
import type { Route } from './route.js';
import { routes } from './routes.js';
import { serve } from './serve.js';

/** The whole API as an Express app; it listens nowhere yet. Throws when a route names nobody who may call it. */
export function createApi(dependencies: Dependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', dependencies.trustedProxies ?? false);
  const metrics = createMetrics();
  app.locals.metrics = metrics;
  app.use(startClock, logRequests(dependencies.logger), metrics.count, helmet());
  app.use(floodGuard(dependencies));
  mount(app, routes, dependencies);
  app.use(unknownAddress);
  app.use(answerError);
  return app;
}

/** Mounts a route table; every address answers other methods with 405. */
export function mount(app: Router, table: readonly Route[], dependencies: Dependencies): void {
  for (const route of table) {
    if (route.access !== 'anyone' && !(route.access?.length > 0))
      throw new Error(`${route.method.toUpperCase()} ${route.path} does not say who may call it`);
    app[route.method](expressPath(route.path), ...serve(route, dependencies));
  }
  for (const path of new Set(table.map((route) => route.path))) {
    const methods = table.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
    app.all(expressPath(path), () => {
      throw new Problem('method-not-allowed', `This address takes ${allow}.`, { headers: { Allow: allow } });
    });
  }
}

function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Against floods from one address. Each process counts for itself; keys have no limit of their own. */
function floodGuard(dependencies: Dependencies) {
  return rateLimit({
    windowMs: 60_000,
    limit: dependencies.requestsPerMinute ?? 3_000,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Whoever watches us must not be turned away.
    skip: (request) => ['/healthz', '/readyz', '/metrics'].includes(request.path),
    handler: (_request, response, next) => {
      next(
        new Problem('too-many-requests', 'Too many requests from this address. Wait as long as Retry-After says.', {
          headers: { 'Retry-After': String(response.getHeader('Retry-After') ?? 60) },
        }),
      );
    },
  });
}
