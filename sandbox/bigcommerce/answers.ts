import type { Request, Response } from 'express';

/** RFC 2822, always UTC. */
export function rfc2822(iso: string): string {
  return new Date(iso).toUTCString().replace('GMT', '+0000');
}

/** V2 tells errors as an array (reference/bigcommerce.md §3, Errors). */
export function v2Error(response: Response, status: number, message: string): void {
  response.status(status).json([{ status, message }]);
}

export function v3Error(response: Response, status: number, title: string, errors: Record<string, string> = {}): void {
  const type = 'https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes';
  response.status(status).type('application/json').json({ status, title, type, errors });
}

/** Either, by the path. */
export function error(request: Request, response: Response, status: number, message: string): void {
  if (request.path.includes('/v2/') || request.baseUrl.includes('/v2')) v2Error(response, status, message);
  else v3Error(response, status, message);
}

/** A V2 list: nothing found, also past the last page, is a 204 without a body. */
export function sendV2List(response: Response, rows: unknown[]): void {
  if (rows.length === 0) response.status(204).end();
  else response.json(rows);
}

export function numberIn(request: Request, name: string, otherwise: number): number {
  const value = Number(request.query[name]);
  return request.query[name] !== undefined && Number.isFinite(value) ? value : otherwise;
}

export function listIn(request: Request, name: string): string[] | null {
  const value = request.query[name];
  return typeof value === 'string' ? value.split(',') : null;
}

const largestPage = 250;

export function pageOf<Row>(request: Request, rows: Row[]): { rows: Row[]; page: number; limit: number } {
  const limit = Math.min(Math.max(1, numberIn(request, 'limit', 50)), largestPage);
  const page = Math.max(1, numberIn(request, 'page', 1));
  return { rows: rows.slice((page - 1) * limit, page * limit), page, limit };
}

/** A V3 list with its paging. */
export function sendV3List(request: Request, response: Response, all: unknown[]): void {
  const { rows, page, limit } = pageOf(request, all);
  const pages = Math.ceil(all.length / limit);
  const at = (number: number) => `?page=${number}&limit=${limit}`;
  response.json({
    data: rows,
    meta: {
      pagination: {
        total: all.length,
        count: rows.length,
        per_page: limit,
        current_page: page,
        total_pages: pages,
        links: {
          ...(page > 1 && { previous: at(page - 1) }),
          current: at(page),
          ...(page < pages && { next: at(page + 1) }),
        },
      },
    },
  });
}
