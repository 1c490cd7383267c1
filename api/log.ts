import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import type { Caller } from '../database/api-keys.js';
import { takeRequestId } from './request-id.js';

/**
 * One line for each answered request. It names the route and never the address: a query may hold an e-mail, a path
 * a webhook's secret part. No header is logged, so no key is either.
 */
export function logRequests(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: takeRequestId,
    quietReqLogger: true,
    wrapSerializers: false,
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'error' : 'info'),
    customSuccessObject: (request, response) => line(request, response),
    customErrorObject: (request, response) => line(request, response),
    customSuccessMessage: () => 'answered',
    customErrorMessage: () => 'answered with an error',
  });
}

const started = new WeakMap<IncomingMessage, number>();

/** Marks when a request came in, for the log line and the metrics. */
export const startClock: RequestHandler = (request, _response, next) => {
  started.set(request, performance.now());
  next();
};

export function millisecondsSince(request: IncomingMessage): number {
  return Math.round(performance.now() - (started.get(request) ?? performance.now()));
}

function line(request: IncomingMessage, response: ServerResponse): Record<string, unknown> {
  const { locals } = response as Response;
  return {
    requestId: request.id,
    method: request.method,
    route: routeOf(response as Response),
    status: response.statusCode,
    ms: millisecondsSince(request),
    key: (locals.caller as Caller | undefined)?.keyId,
  };
}

/** The template of the route that answered; "unknown" keeps odd addresses out of logs and metrics. */
export function routeOf(response: Response): string {
  return (response.locals.route as string | undefined) ?? 'unknown';
}
