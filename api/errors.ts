import type { ErrorRequestHandler, RequestHandler } from 'express';
import { Failure, failureCatalogue } from '../domain/failures.js';
import { page } from './page.js';
import { Problem, problemBody, problemKinds } from './problems.js';
import { requestId } from './request-id.js';
import { temporalProblem } from './temporal.js';

/** Anything nobody serves, for callers with and without a key alike. */
export const unknownAddress: RequestHandler = (request) => {
  throw new Problem('not-found', `There is nothing at ${request.method} ${request.path}.`);
};

/** Every error leaves as problem+json; what is not ours to explain is logged and answered without detail. */
export const answerError: ErrorRequestHandler = (error, request, response, next) => {
  if (response.headersSent) return next(error);
  const problem = toProblem(error);
  const { status } = problemKinds[problem.kind];
  if (status === 500) request.log.error({ fault: describe(error) }, 'request failed');
  response.set(problem.headers).status(status);
  const body = problemBody(problem, requestId(request));
  // Whoever connects an account sits at a browser; everybody else gets the problem as documented.
  if (request.accepts(['application/problem+json', 'text/html']) === 'text/html')
    response.type('text/html').send(page(problemKinds[problem.kind].title, [problem.message, `Request ${body['instance'] as string}`])); // prettier-ignore
  else response.set('Content-Type', 'application/problem+json').send(JSON.stringify(body));
};

/** What a caller is told of an error; what is not ours to explain becomes a plain `internal`. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Failure) return vendorProblem(error);
  return temporalProblem(error) ?? parserProblem(error) ?? new Problem('internal', 'See the log for this request id.');
}

/** A failure of the catalogue keeps its code and fix, so that a caller sees what an order's attention would show. */
function vendorProblem(failure: Failure): Problem {
  const { title, fix } = failureCatalogue[failure.code];
  const retry = Math.ceil((failure.retryAfterMs ?? 60_000) / 1000);
  return new Problem(failure.outcome === 'rejected' ? 'vendor-refused' : 'vendor-unavailable', failure.message, {
    headers: failure.outcome === 'rejected' ? {} : { 'Retry-After': String(retry) },
    more: { cause: { code: failure.code, title, fix, about: failure.about } },
  });
}

/** The errors of Express's own body parsers and router, told apart by their documented `type`. */
function parserProblem(error: unknown): Problem | null {
  const { type, status } = error as { type?: unknown; status?: unknown };
  switch (type) {
    case 'entity.parse.failed':
      return new Problem('malformed-json', 'The body could not be read as JSON.');
    case 'entity.too.large':
      return new Problem('too-large', 'The body is larger than this address takes.');
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new Problem('unsupported-media-type', 'Send the body as UTF-8, without an unusual encoding.');
  }
  return status === 400
    ? new Problem('invalid-request', 'The address or the body is cut short or badly encoded.')
    : null;
}

/** For the log: what and where, without texts that could hold people's data or a key. */
export function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: 'not an Error' };
  const { code, constraint, table, column } = error as unknown as Record<string, unknown>;
  return {
    name: error.name,
    message: scrub(error.message),
    code,
    constraint,
    table,
    column,
    // The first line repeats the message.
    at: error.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 8),
    ...(error.cause instanceof Error && { cause: describe(error.cause) }),
  };
}

function scrub(text: string): string {
  return text.replace(/[^\s"'<>]+@[^\s"'<>]+/g, '[e-mail]').replace(/wb_[osm]_[\w-]+/g, '[key]');
}
