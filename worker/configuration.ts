import { isIP } from 'node:net';
import { z } from 'zod';
import { parseKeyRing, type KeyRing } from '../database/key-ring.js';

const onOff = z.enum(['on', 'off']).transform((value) => value === 'on');
const port = z.coerce.number().int().min(0).max(65_535);
/** Compose files set variables to the empty text where nothing is meant. */
const optional = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), type.optional());
const addresses = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  )
  .refine(
    (list) => list.every((each) => isIP(each.split('/')[0] ?? '') !== 0),
    'must be addresses or CIDR blocks, comma-separated',
  );

/** Every environment variable the processes read; .env.example has a comment for each. */
export const environment = z.object({
  PORT: port.default(8080),
  HOST: z.string().default('127.0.0.1'),
  DATABASE_URL: z.string().min(1),
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_API_KEY: optional(z.string()),
  TEMPORAL_TLS: onOff.default(false),
  TEMPORAL_TLS_CERT_FILE: optional(z.string()),
  TEMPORAL_TLS_KEY_FILE: optional(z.string()),
  TEMPORAL_UI_URL: optional(z.url()),
  WAYBILL_ENCRYPTION_KEYS: z.string().min(1),
  WAYBILL_API_KEY_PEPPER: z.string().min(16),
  WAYBILL_ALLOWED_ADDRESSES: addresses,
  WAYBILL_TRUSTED_PROXIES: addresses,
  WAYBILL_TASK_QUEUE_PREFIX: z.string().default('waybill'),
  WAYBILL_PUBLIC_URL: optional(z.url()),
  WAYBILL_SHOPIFY_CLIENT_ID: optional(z.string()),
  WAYBILL_SHOPIFY_CLIENT_SECRET: optional(z.string()),
  WAYBILL_BIGCOMMERCE_CLIENT_ID: optional(z.string()),
  WAYBILL_BIGCOMMERCE_CLIENT_SECRET: optional(z.string()),
  METRICS_PORT: port.default(9464),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
});

export type Configuration = Omit<z.infer<typeof environment>, 'WAYBILL_ENCRYPTION_KEYS'> & { keyRing: KeyRing };

/** Reads the environment; throws one error that names every variable that is missing or wrong, and never a value. */
export function readConfiguration(env: NodeJS.ProcessEnv): Configuration {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(
      `The environment is not complete:\n  ${problems.join('\n  ')}\n.env.example explains each variable.`,
    );
  }
  const { WAYBILL_ENCRYPTION_KEYS, ...rest } = parsed.data;
  return { ...rest, keyRing: parseKeyRing(WAYBILL_ENCRYPTION_KEYS) };
}
