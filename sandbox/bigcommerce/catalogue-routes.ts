import { Router, type Request, type Response } from 'express';
import { listIn, sendV3List } from './answers.js';
import { needs } from './gate.js';
import type { SandboxState } from './state.js';
import { items, onHand } from './stock.js';

/** Products and variants, as far as stock needs them. */
export function catalogueRoutes(state: SandboxState): Router {
  const router = Router({ mergeParams: true });
  const reads = needs('store_v2_products');

  router.get('/catalog/products', reads, (request: Request, response: Response) => {
    const ids = listIn(request, 'id:in');
    const fields = listIn(request, 'include_fields');
    const found = state.products.filter((each) => ids === null || ids.includes(String(each.id)));
    sendV3List(
      request,
      response,
      found.map((product) => {
        const level = onHand(state, 1, { product, variant: product.variants[0]! }) ?? 0;
        const answer: Record<string, unknown> = {
          name: product.name,
          type: 'physical',
          sku: product.variants.length === 1 ? product.variants[0]!.sku : '',
          inventory_tracking: product.tracking,
          inventory_level: product.tracking === 'product' ? level : 0,
        };
        const shown = Object.entries(answer).filter(([name]) => fields === null || fields.includes(name));
        return { id: product.id, ...Object.fromEntries(shown) };
      }),
    );
  });

  router.get('/catalog/variants', reads, (request: Request, response: Response) => {
    const sku = request.query['sku'];
    const found = items(state).filter(({ variant }) => sku === undefined || variant.sku === sku);
    sendV3List(
      request,
      response,
      found.map(({ product, variant }) => ({
        id: variant.id,
        product_id: product.id,
        sku: variant.sku,
        sku_id: variant.skuId,
        inventory_level: product.tracking === 'variant' ? (onHand(state, 1, { product, variant }) ?? 0) : 0,
        option_values: [],
      })),
    );
  });
  return router;
}
