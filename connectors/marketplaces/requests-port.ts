import type { RequestAnswer, RequestedLine } from '../../domain/fulfillment-requests.js';

/**
 * What a merchant asks of a fulfillment service that our app registered at the marketplace: to send an order's goods,
 * or to leave it. Every method throws only `Failure`.
 */
export interface FulfillmentRequests {
  /** All that wait for an answer now; empty where no service of the shop is ours. */
  open(): Promise<FulfillmentRequest[]>;
  /** Answers one. Answering alike again is harmless; what was answered otherwise meanwhile is `request_rejected`. */
  answer(request: FulfillmentRequest, answer: RequestAnswer): Promise<void>;
}

export interface FulfillmentRequest {
  /** The marketplace's id of what is asked for; given back to `answer`. */
  requestId: string;
  kind: 'fulfillment' | 'cancellation';
  /** The order's external id. */
  externalId: string;
  /** Pieces still to be sent of each line of the order. */
  lines: RequestedLine[];
}
