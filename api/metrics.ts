import type { RequestHandler } from 'express';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';
import { millisecondsSince, routeOf } from './log.js';

export interface Metrics {
  count: RequestHandler;
  text(): Promise<string>;
}

/** Counts and times by route, never by caller, tenant or id: /metrics is open and must tell nobody's business. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'waybill_api_' });
  const labelNames = ['method', 'route', 'status'];
  const requests = new Counter({
    name: 'waybill_api_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'waybill_api_request_seconds',
    help: 'Time to answer.',
    labelNames,
    // Most answers are one query; an update waits for a workflow task, a probe for a vendor.
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 30],
    registers: [registry],
  });
  return {
    count(request, response, next) {
      response.on('finish', () => {
        const labels = { method: request.method, route: routeOf(response), status: String(response.statusCode) };
        requests.inc(labels);
        seconds.observe(labels, millisecondsSince(request) / 1000);
      });
      next();
    },
    text: () => registry.metrics(),
  };
}
