import type { Request, Response } from 'express';
import type { z, ZodObject, ZodType } from 'zod';
import type { Caller, Role } from '../database/api-keys.js';
import type { Dependencies } from './dependencies.js';

export const formType = 'application/x-www-form-urlencoded';

/** One line of the route table: what is served, documented, authorised and tested all comes from it. */
export interface Route {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options';
  /** OpenAPI style, e.g. "/v1/stores/{storeId}". */
  path: string;
  summary: string;
  description?: string;
  /** Who may call. There is no default: an app with a route that names nobody does not start. */
  access: 'anyone' | readonly Role[];
  params?: ZodObject;
  query?: ZodObject;
  body?: ZodType;
  /** The body is what an HTML form sends, not JSON. */
  form?: true;
  /** Kept as bytes, for signatures. */
  rawBody?: boolean;
  /** Bytes; 256 kB unless said otherwise, far above a set of shipping rules. */
  bodyLimit?: number;
  answer: Answer;
  /** A second answer that is no problem, e.g. "not ready". */
  otherAnswers?: Answer[];
  /** `status_only`: the answer holds a secret, so a repeated request learns only that it was carried out. */
  keepAnswer?: 'status_only';
  handle(call: Call): Promise<unknown>;
}

export interface Answer {
  status: number;
  description: string;
  schema?: ZodType;
  contentType?: string;
}

export interface Call {
  params: unknown;
  query: unknown;
  body: unknown;
  /** Present on every route that is not for anyone. */
  caller: Caller;
  dependencies: Dependencies;
  request: Request;
  /** For headers and a status other than the declared one; the returned value becomes the body. */
  response: Response;
}

type Parsed<Schema> = Schema extends ZodType ? z.output<Schema> : undefined;

type TypedRoute<P, Q, B, A> = Omit<Route, 'params' | 'query' | 'body' | 'answer' | 'handle'> & {
  params?: P;
  query?: Q;
  body?: B;
  answer: Omit<Answer, 'schema'> & { schema?: A };
  handle(
    call: Omit<Call, 'params' | 'query' | 'body'> & { params: Parsed<P>; query: Parsed<Q>; body: Parsed<B> },
  ): Promise<A extends ZodType ? z.input<A> : unknown>;
};

/** Types a route's handler by its schemas; requests are parsed before the handler sees them. */
export function route<
  P extends ZodObject | undefined = undefined,
  Q extends ZodObject | undefined = undefined,
  B extends ZodType | undefined = undefined,
  A extends ZodType | undefined = undefined,
>(definition: TypedRoute<P, Q, B, A>): Route {
  return definition;
}

export const everyone: readonly Role[] = ['operator', 'support', 'merchant'];
/** Connections, their keys and their rules: support staff look and act on orders, but change no set-up. */
export const managers: readonly Role[] = ['operator', 'merchant'];
export const operators: readonly Role[] = ['operator'];
