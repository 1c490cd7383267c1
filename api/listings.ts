import { z } from 'zod';
import { currentListings, deleteListing, listingVersions, saveListing } from '../database/listings.js';
import { warehousesMissing } from '../database/warehouses.js';
import { waitKeys } from '../domain/identifiers.js';
import { findVisible, idParam, located } from './connection-door.js';
import { cutPage, readTextCursor } from './cursor.js';
import { notFound, Problem } from './problems.js';
import { everyone, managers, route } from './route.js';
import { id, pageOf, paging, sku, time } from './schemas.js';
import { storeDoor } from './store-door.js';
import { tellFixSaved } from './wake.js';

const component = z.strictObject({
  warehouseSku: sku,
  quantity: z.number().int().min(1).max(10_000).meta({ description: 'Pieces in one piece of the SKU.' }),
});

const listing = z
  .object({
    sku: z.string(),
    components: z.array(component),
    warehouseId: z.string().nullable(),
    version: z.number().int(),
    deleted: z.boolean(),
    savedAt: time,
    savedBy: z.string().meta({ description: 'The API key that saved it.' }),
  })
  .meta({ id: 'Listing', description: 'How one SKU of a store becomes goods of a warehouse.' });

const listingWithVersions = z
  .object({ ...listing.shape, versions: z.array(listing) })
  .meta({ id: 'ListingWithVersions' });

const newListing = z.strictObject({
  components: z
    .array(component)
    .min(1)
    .max(50)
    .superRefine((components, context) => {
      components.forEach((each, index) => {
        if (components.findIndex((other) => other.warehouseSku === each.warehouseSku) < index)
          context.addIssue({
            code: 'custom',
            path: [index, 'warehouseSku'],
            message: 'is named twice: add up its pieces',
          });
      });
    }),
  warehouseId: id.nullable().default(null).meta({
    description: 'Sends this SKU to one warehouse whatever the rules say; null leaves it to the rules.',
  }),
});

const skuParam = z.strictObject({ id, sku: sku.meta({ description: 'URL-encoded, byte for byte as in the store.' }) });

export const listingRoutes = [
  route({
    method: 'get',
    path: '/v1/stores/{id}/listings',
    summary: 'List listings',
    access: everyone,
    params: idParam,
    query: z.strictObject(paging),
    answer: { status: 200, description: 'By SKU, the present version of each.', schema: pageOf(listing) },
    async handle(call) {
      const store = await findVisible(storeDoor, call, call.params.id);
      const { limit, cursor } = call.query;
      const page = { after: readTextCursor(cursor), limit: limit + 1 };
      return cutPage(await currentListings(call.dependencies.db, store.id, page), limit, (last) => last.sku);
    },
  }),
  route({
    method: 'get',
    path: '/v1/stores/{id}/listings/{sku}',
    summary: 'Show a listing',
    access: everyone,
    params: skuParam,
    answer: { status: 200, description: 'With every version, newest first.', schema: listingWithVersions },
    async handle(call) {
      const store = await findVisible(storeDoor, call, call.params.id);
      const versions = await listingVersions(call.dependencies.db, store.id, call.params.sku);
      const newest = versions[0];
      if (!newest) throw notFound('listing', call.params.sku);
      return { ...newest, versions };
    },
  }),
  route({
    method: 'put',
    path: '/v1/stores/{id}/listings/{sku}',
    summary: 'Save a listing',
    description:
      'As a new version; saving the same again changes nothing. Every order that waits for this SKU goes on by itself.',
    access: managers,
    params: skuParam,
    body: newListing,
    answer: { status: 200, description: 'The listing as it is now.', schema: listing },
    async handle(call) {
      const { params, body, dependencies } = call;
      const store = await findVisible(storeDoor, call, params.id);
      if (body.warehouseId !== null)
        await refuseForeignWarehouses(call.dependencies.db, store.tenantId, [
          { warehouseId: body.warehouseId, pointer: '/warehouseId' },
        ]);
      await saveListing(dependencies.db, store.id, { sku: params.sku, ...body }, call.caller.keyId);
      await tellFixSaved(dependencies, located(storeDoor, store), {
        key: waitKeys.listing(store.id, params.sku),
        settingsChanged: false,
      });
      return (await listingVersions(dependencies.db, store.id, params.sku))[0]!;
    },
  }),
  route({
    method: 'delete',
    path: '/v1/stores/{id}/listings/{sku}',
    summary: 'Delete a listing',
    description: 'Its versions stay as the cause of what was planned with them.',
    access: managers,
    params: skuParam,
    answer: { status: 204, description: 'Deleted.' },
    async handle(call) {
      const { params, dependencies } = call;
      const store = await findVisible(storeDoor, call, params.id);
      const versions = await listingVersions(dependencies.db, store.id, params.sku);
      if (versions.length === 0) throw notFound('listing', params.sku);
      await deleteListing(dependencies.db, store.id, params.sku, call.caller.keyId);
    },
  }),
];

/** A warehouse of another tenant is answered like one that does not exist. */
export async function refuseForeignWarehouses(
  db: Parameters<typeof warehousesMissing>[0],
  tenantId: string,
  named: { warehouseId: string; pointer: string }[],
): Promise<void> {
  const missing = await warehousesMissing(db, tenantId, [...new Set(named.map((each) => each.warehouseId))]);
  if (missing.length === 0) return;
  const errors = named
    .filter((each) => missing.includes(each.warehouseId))
    .map((each) => ({ pointer: each.pointer, detail: 'names no warehouse of this tenant' }));
  throw new Problem('unprocessable', `There is no warehouse "${missing[0]!}".`, { errors });
}
