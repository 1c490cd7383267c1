/** Every kind of problem the API answers with; the name is the stable part of its `type`. */
export const problemKinds = {
  'invalid-request': { status: 400, title: 'The request is not as documented' },
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  unauthenticated: { status: 401, title: 'A live API key is needed' },
  'bad-signature': { status: 401, title: 'The signature does not hold' },
  forbidden: { status: 403, title: 'This key may not do that' },
  'install-refused': { status: 403, title: 'The account cannot be connected this way' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  conflict: { status: 409, title: 'That does not fit the present state' },
  'not-tested': { status: 409, title: 'The connection has not passed its test' },
  'workflow-closed': { status: 409, title: "The order's work is finished" },
  'request-in-flight': { status: 409, title: 'A request with this Idempotency-Key is still running' },
  'answer-not-kept': { status: 409, title: 'Carried out before; the answer held a secret and was not kept' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not of a type that is understood' },
  unprocessable: { status: 422, title: 'The request names something that does not fit' },
  'idempotency-key-reused': { status: 422, title: 'This Idempotency-Key was used for another request' },
  'vendor-refused': { status: 422, title: 'The vendor refused' },
  'too-many-requests': { status: 429, title: 'Too many requests from this address' },
  internal: { status: 500, title: 'A fault of Waybill itself' },
  'vendor-unavailable': { status: 502, title: 'The vendor could not be reached' },
  'temporal-unavailable': { status: 503, title: 'Temporal or its workers did not answer' },
} as const;

export type ProblemKind = keyof typeof problemKinds;

/** One thing wrong with the request: where (RFC 6901 pointer into body, query or path) and what. */
export interface FieldError {
  pointer: string;
  detail: string;
}

/** Thrown anywhere in the API and answered as application/problem+json (RFC 9457). */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly errors: FieldError[];
  readonly headers: Record<string, string>;
  /** Members of its own, such as the state an order is in. */
  readonly more: Record<string, unknown>;

  constructor(
    kind: ProblemKind,
    detail: string,
    options: { errors?: FieldError[]; headers?: Record<string, string>; more?: Record<string, unknown> } = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
    this.more = options.more ?? {};
  }
}

/** A urn, because it must stay the same wherever Waybill runs; /docs explains each. */
export function problemType(kind: ProblemKind): string {
  return `urn:waybill:problem:${kind}`;
}

export function problemBody(problem: Problem, requestId: string): Record<string, unknown> {
  const { status, title } = problemKinds[problem.kind];
  return {
    type: problemType(problem.kind),
    title,
    status,
    detail: problem.message,
    instance: requestId,
    ...(problem.errors.length > 0 && { errors: problem.errors }),
    ...problem.more,
  };
}

/** A foreign id and an unknown one look the same from outside. */
export function notFound(what: string, id: string): Problem {
  return new Problem('not-found', `There is no ${what} "${id}".`);
}
