import { decideStock, type StockFacts } from '../../domain/stock-decision.js';
import { hidesSales, type SoldPieces, type StockBasis } from '../../domain/stock.js';

/**
 * A small world of one warehouse and several stores that sell its goods, with the truth about every piece. Stores keep
 * their own books as their marketplaces do; rounds see only what Waybill can see.
 */
export const goods: Record<string, { warehouseSku: string; quantity: number }[]> = {
  kit: [{ warehouseSku: 'A', quantity: 1 }],
  bundle: [
    { warehouseSku: 'A', quantity: 1 },
    { warehouseSku: 'B', quantity: 2 },
  ],
};
export const skus = Object.keys(goods);

/** In the order they are gone through; `left` is shipped and not known to us, `told` written back. */
const life = ['sold', 'waiting', 'unasked', 'planned', 'booked', 'allocated', 'left', 'reported', 'told'] as const;
export type Life = (typeof life)[number];

interface Order {
  store: number;
  sku: string;
  pieces: number;
  at: Life | 'cancelled';
}

interface Store {
  basis: StockBasis;
  figures: Record<string, { level: number; committed: number }>;
  waiting: Record<string, number>;
}

const before = (order: Order, stage: Life) => order.at !== 'cancelled' && life.indexOf(order.at) < life.indexOf(stage);
const among = (order: Order, ...stages: Life[]) => stages.includes(order.at as Life);

export function stockWorld(bases: StockBasis[], stock: { A: number; B: number }, buffer: number) {
  const onHand: Record<string, number> = { ...stock };
  const orders: Order[] = [];
  const stores: Store[] = bases.map((basis) => ({
    basis,
    figures: Object.fromEntries(skus.map((sku) => [sku, { level: 0, committed: 0 }])),
    waiting: {},
  }));

  const pieces = (component: string, wanted: (order: Order) => boolean) =>
    orders
      .filter(wanted)
      .flatMap((order) => goods[order.sku]!.map((part) => ({ ...part, pieces: part.quantity * order.pieces })))
      .filter((part) => part.warehouseSku === component)
      .reduce((sum, part) => sum + part.pieces, 0);
  const available = (component: string) => onHand[component]! - pieces(component, (order) => among(order, 'allocated'));

  const world = {
    onHand,
    orders,
    stores,
    /** What a shopper may buy in a store now. */
    offered(store: number, sku: string): number {
      const { level, committed } = stores[store]!.figures[sku]!;
      return stores[store]!.basis === 'on_hand' ? level - committed : level;
    },
    /** Pieces in the building that nobody has bought; `unseen` says which sales do not count yet. */
    trulyFree: (component: string, unseen: (order: Order) => boolean = () => false) =>
      onHand[component]! - pieces(component, (order) => before(order, 'left') && !unseen(order)),
    sell(store: number, sku: string, wanted: number): number {
      const sold = Math.min(wanted, Math.max(0, world.offered(store, sku)));
      if (sold === 0) return 0;
      orders.push({ store, sku, pieces: sold, at: 'sold' });
      const figure = stores[store]!.figures[sku]!;
      if (stores[store]!.basis === 'on_hand') figure.committed += sold;
      if (stores[store]!.basis === 'available') figure.level -= sold;
      return sold;
    },
    /** Takes an order one step on, where it can go on. */
    step(order: Order): void {
      const next = life[life.indexOf(order.at as Life) + 1];
      if (order.at === 'cancelled' || !next) return;
      const parts = goods[order.sku]!;
      // A warehouse sets aside the whole order or nothing of it.
      if (next === 'allocated')
        if (parts.some((part) => available(part.warehouseSku) < part.quantity * order.pieces)) return;
      if (next === 'left') for (const part of parts) onHand[part.warehouseSku]! -= part.quantity * order.pieces;
      if (next === 'told') tell(order);
      order.at = next;
    },
    cancel(order: Order): void {
      if (!before(order, 'left')) return;
      const { basis, figures } = stores[order.store]!;
      if (basis === 'on_hand') figures[order.sku]!.committed -= order.pieces;
      if (basis === 'available') figures[order.sku]!.level += order.pieces;
      order.at = 'cancelled';
    },
    /** An import pass of the store: what it sold is known then. */
    readOrders(store: number): void {
      for (const order of orders) if (order.store === store && order.at === 'sold') order.at = 'unasked';
    },
    /** One round of the store's stock sync. Returns whether it wrote anything. */
    round(store: number): boolean {
      const { basis, figures, waiting } = stores[store]!;
      let decisions = decideStock(facts(store));
      if (hidesSales(basis) && decisions.some((each) => each.changes.length > 0)) {
        world.readOrders(store);
        decisions = decideStock(facts(store));
      }
      for (const each of decisions) waiting[each.sku] = each.waiting;
      const changes = decisions.flatMap((each) => each.changes);
      for (const change of changes) figures[change.sku]!.level = change.quantity;
      return changes.length > 0;
    },
  };
  return world;

  function tell(order: Order): void {
    const { basis, figures } = stores[order.store]!;
    const figure = figures[order.sku]!;
    if (basis === 'on_hand') figure.committed -= order.pieces;
    if (basis !== 'available') figure.level -= order.pieces;
  }

  function facts(store: number): StockFacts {
    const { basis, figures, waiting } = stores[store]!;
    const listing = (sku: string) => ({ sku, components: goods[sku]!, warehouseId: null, version: 1 });
    const own = (sku: string, wanted: (order: Order) => boolean) =>
      orders
        .filter((order) => order.store === store && order.sku === sku && wanted(order))
        .reduce((sum, order) => sum + order.pieces, 0);
    const sold = (...stages: Life[]): SoldPieces[] =>
      orders
        .filter((order) => among(order, ...stages))
        .map(({ store: by, sku, pieces: count }) => ({
          ...{ storeId: `sto_${by}`, sku, pieces: count, listing: listing(sku), passThrough: false },
        }));
    return {
      storeId: `sto_${store}`,
      warehouseId: 'whs_1',
      basis,
      duplicateSkus: 'refuse',
      passThrough: false,
      buffer,
      skus: skus.map((sku) => ({
        sku,
        listing: listing(sku),
        rivals: [],
        known: own(sku, (order) => before(order, 'told') && !before(order, 'unasked')),
        places: [{ sku, placeId: sku, title: sku, ...figures[sku]!, refusal: null }],
        waitingBefore: waiting[sku] ?? 0,
        unproven: [],
      })),
      levels: new Map(
        Object.keys(onHand).map((sku) => [sku, { onHand: onHand[sku]!, available: Math.max(0, available(sku)) }]),
      ),
      promised: Object.keys(onHand).map((warehouseSku) => ({
        warehouseSku,
        // What left the building counts as booked until it is reported.
        booked: pieces(warehouseSku, (order) => among(order, 'booked', 'allocated', 'left')),
        unbooked: pieces(warehouseSku, (order) => among(order, 'planned')),
      })),
      unasked: sold('unasked'),
      waiting: sold('waiting'),
    };
  }
}

export type StockWorld = ReturnType<typeof stockWorld>;
