import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { buildClientSchema, type GraphQLEnumType, type GraphQLSchema, type IntrospectionQuery } from 'graphql';

/** Shopify's own introspection of the version that the stand-in speaks, shipped in its developer tool. */
const schemaFile = 'node_modules/@shopify/dev-mcp/dist/data/admin_2026-10.json.gz';

export interface AdminSchema {
  schema: GraphQLSchema;
  /** What Shopify says a field of QueryRoot or Mutation needs, in its own words; null where it says nothing. */
  fieldAccess(field: string): string | null;
  /** Likewise for an object type, wherever it is met. */
  typeAccess(type: string): string | null;
  /** The topic as deliveries name it ("orders/create") and the scopes of which a subscriber needs one. */
  topic(name: string): { slug: string; scopes: string[] };
}

let loaded: AdminSchema | undefined;

/** Read on first use and once in a process: unpacking, parsing and building take about 0.3 s. */
export function adminSchema(): AdminSchema {
  return (loaded ??= load());
}

/** The introspection carries more than the standard says: what access each type and root field needs. */
interface Introspection {
  data: {
    __schema: {
      types: {
        name: string;
        requiredAccess?: string | null;
        fields: { name: string; requiredAccess?: string }[] | null;
      }[];
    };
  };
}

function load(): AdminSchema {
  const introspection = JSON.parse(gunzipSync(readFileSync(locate())).toString()) as Introspection;
  const schema = buildClientSchema(introspection.data as unknown as IntrospectionQuery, { assumeValid: true });
  const { types } = introspection.data.__schema;
  const roots = types.filter(({ name }) => ['QueryRoot', 'Mutation'].includes(name)).flatMap((type) => type.fields!);
  const access = (of: typeof roots) => new Map(of.map((each) => [each.name, each.requiredAccess ?? null]));
  const [fields, objects] = [access(roots), access(types as typeof roots)];
  return {
    schema,
    fieldAccess: (field) => fields.get(field) ?? null,
    typeAccess: (type) => objects.get(type) ?? null,
    topic: (name) => topic(schema, name),
  };
}

/** The project's packages are above the source and above the build alike. */
function locate(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, schemaFile);
    if (existsSync(file)) return file;
    if (dirname(folder) === folder)
      throw new Error(`The Shopify stand-in needs ${schemaFile}: install the development dependencies.`);
  }
}

/** Slug and scopes are told in the description of the topic, as prose. */
function topic(schema: GraphQLSchema, name: string): { slug: string; scopes: string[] } {
  const topics = schema.getType('WebhookSubscriptionTopic') as GraphQLEnumType;
  const prose = topics.getValue(name)?.description ?? '';
  const slug = /topic for `([^`]+)`/.exec(prose)?.[1] ?? name.toLowerCase();
  return { slug, scopes: scopesIn(prose) };
}

/** The scopes that a sentence of Shopify's names. */
export function scopesIn(prose: string): string[] {
  return [...prose.matchAll(/\b(?:read|write)_[a-z_]+/g)].map(([scope]) => scope);
}
