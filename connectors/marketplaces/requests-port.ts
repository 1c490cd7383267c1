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
  lines: { lineId: string; quantity: number }[];
}

/** `note` is shown to the merchant: no people's data. A cancellation is refused without a reason, by its note alone. */
export type RequestAnswer = { accepted: true; note: string } | { accepted: false; reason: RefusalReason; note: string };

export type RefusalReason = 'out_of_stock' | 'sku_unknown' | 'address_wrong' | 'not_deliverable' | 'other';
