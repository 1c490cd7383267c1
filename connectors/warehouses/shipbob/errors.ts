import { Failure } from '../../../domain/failures.js';
import type { HttpAnswer } from '../../http.js';

/** What a call needs and hides, for the words of a failure. */
export interface CallFacts {
  /** Method and path without the query, e.g. "POST /order". */
  place: string;
  write: boolean;
  /** ShipBob's name of the permission the call needs. */
  permission: string;
  /** People's data in the body; ShipBob may quote it in its complaints, and no message may hold it. */
  people: string[];
}

/** One code of the catalogue for each answer that is not a success (reference/warehouses.md §2.5, Errors). */
export function refusal(facts: CallFacts, answer: HttpAnswer): Failure {
  const { place } = facts;
  switch (answer.status) {
    case 401:
      return new Failure('credentials_refused', `ShipBob refused the access token (${place}).`);
    case 403:
      return new Failure(
        'permission_missing',
        `ShipBob refused ${place}: the access token lacks ${facts.permission}.`,
        {
          permission: facts.permission,
        },
      );
    case 404:
      return new Failure('not_found', `ShipBob does not know what ${place} names.`, { path: place });
    case 408:
      return new Failure(facts.write ? 'outcome_unknown' : 'unavailable', `${place} answered 408.`, { path: place });
    default:
      return rejection(facts, answer);
  }
}

function rejection(facts: CallFacts, answer: HttpAnswer): Failure {
  const complaints = readComplaints(answer.text);
  // The field may be empty: {"": ["Cannot insert order with existing ReferenceId"]}. Our earlier write arrived after
  // all, or another order has our reference: only a look-up can tell.
  if (facts.write && complaints.some((each) => /existing reference ?id/i.test(each.message)))
    return new Failure('outcome_unknown', `ShipBob already holds an order under this reference (${facts.place}).`);
  const words = complaints.map((each) => (each.field ? `${each.field}: ${each.message}` : each.message)).join('; ');
  const field = complaints.find((each) => each.field !== '')?.field;
  return new Failure(
    'request_rejected',
    `ShipBob refused ${facts.place} (${answer.status})${words ? `: ${withoutPeople(words, facts.people)}` : '.'}`,
    field ? { field } : {},
  );
}

interface Complaint {
  field: string;
  message: string;
}

/** Reads `{field: [messages]}`, `{errors: …}` and problem documents; nothing where the body is something else. */
function readComplaints(text: string): Complaint[] {
  try {
    return collect('', JSON.parse(text));
  } catch {
    return [];
  }
}

const envelope = new Set(['errors', 'message', 'detail', 'title']);
const noise = new Set(['statusCode', 'status', 'type', 'traceId', 'instance']);

function collect(field: string, value: unknown): Complaint[] {
  if (typeof value === 'string') return [{ field, message: value }];
  if (Array.isArray(value)) return value.flatMap((each) => collect(field, each));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => !noise.has(key))
    .flatMap(([key, inner]) => collect(envelope.has(key) ? field : key, inner));
}

function withoutPeople(words: string, people: string[]): string {
  const hidden = people
    .filter((each) => each.length > 2)
    .sort((one, other) => other.length - one.length)
    .reduce((sofar, each) => sofar.replaceAll(each, '…'), words);
  return hidden.slice(0, 500);
}
