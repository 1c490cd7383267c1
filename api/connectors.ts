import { z } from 'zod';
import type { ConnectorForms, Dependencies } from './dependencies.js';
import { everyone, route } from './route.js';

const jsonSchema = z.record(z.string(), z.unknown()).meta({ description: 'A JSON Schema (2020-12).' });
const connector = z.object({
  name: z.string(),
  title: z.string(),
  credentials: jsonSchema,
  settings: jsonSchema,
});
const marketplace = connector.extend({
  install: z
    .object({
      possible: z.boolean(),
      missing: z.array(z.string()).meta({ description: 'Environment variables to set before it is possible.' }),
    })
    .nullable()
    .meta({ description: 'Connecting by POST /v1/stores/{id}/authorize; null where credentials are pasted only.' }),
  noStock: z.string().nullable().meta({
    description: 'Why its stock cannot be kept in step; null where POST /v1/stock-syncs can.',
  }),
});

/** What a person must fill in, as the connector itself checks it. */
function forms(known: Record<string, ConnectorForms>) {
  return Object.entries(known).map(([name, each]) => ({
    name,
    title: each.title,
    credentials: z.toJSONSchema(each.credentials, { io: 'input', unrepresentable: 'any' }),
    settings: z.toJSONSchema(each.settings, { io: 'input', unrepresentable: 'any' }),
  }));
}

function install({ installers }: Dependencies, marketplace: string) {
  const missing = installers[marketplace]?.missing;
  return missing ? { possible: missing.length === 0, missing } : null;
}

export const connectorRoutes = [
  route({
    method: 'get',
    path: '/v1/connectors',
    summary: 'List marketplaces and warehouse systems',
    description: 'With the fields each asks for: what to send as credentials and settings.',
    access: everyone,
    answer: {
      status: 200,
      description: 'All that can be connected.',
      schema: z.object({ marketplaces: z.array(marketplace), warehouseSystems: z.array(connector) }),
    },
    handle: async ({ dependencies }) => ({
      marketplaces: forms(dependencies.marketplaces).map((each) => ({
        ...each,
        install: install(dependencies, each.name),
        noStock: dependencies.marketplaces[each.name]!.noStock,
      })),
      warehouseSystems: forms(dependencies.warehouseSystems),
    }),
  }),
];
