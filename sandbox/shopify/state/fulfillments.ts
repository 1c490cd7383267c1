export interface FulfillmentOrder {
  id: number;
  orderId: number;
  locationId: number;
  status: 'OPEN' | 'IN_PROGRESS' | 'SCHEDULED' | 'ON_HOLD' | 'CLOSED' | 'CANCELLED' | 'INCOMPLETE';
  requestStatus:
    | 'UNSUBMITTED'
    | 'SUBMITTED'
    | 'ACCEPTED'
    | 'REJECTED'
    | 'CANCELLATION_REQUESTED'
    | 'CANCELLATION_ACCEPTED'
    | 'CANCELLATION_REJECTED'
    | 'CLOSED';
  deliveryMethod: 'SHIPPING' | 'NONE';
  fulfillAt: string | null;
  holds: Hold[];
  lines: { id: number; lineId: number; total: number; remaining: number }[];
  createdAt: string;
  updatedAt: string;
}

export interface Hold {
  id: number;
  handle: string;
  reason: string;
  notes: string | null;
  /** Placed by the app that the tokens are for. */
  ours: boolean;
}

export interface Fulfillment {
  id: number;
  name: string;
  orderId: number;
  locationId: number;
  status: 'SUCCESS' | 'CANCELLED';
  company: string | null;
  packages: { number: string | null; url: string | null }[];
  lines: { id: number; lineId: number; quantity: number; fulfillmentOrderId: number }[];
  notified: boolean;
  createdAt: string;
  updatedAt: string;
}
