import { z } from 'zod';
import type { ConnectorForms } from './dependencies.js';
import { everyone, route } from './route.js';

const jsonSchema = z.record(z.string(), z.unknown()).meta({ description: 'A JSON Schema (2020-12).' });
const connector = z.object({
  name: z.string(),
  title: z.string(),
  credentials: jsonSchema,
  settings: jsonSchema,
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
      schema: z.object({ marketplaces: z.array(connector), warehouseSystems: z.array(connector) }),
    },
    handle: async ({ dependencies }) => ({
      marketplaces: forms(dependencies.marketplaces),
      warehouseSystems: forms(dependencies.warehouseSystems),
    }),
  }),
];
