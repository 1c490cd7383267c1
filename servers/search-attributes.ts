import type { Connection } from '@temporalio/client';

/** IndexedValueType KEYWORD of Temporal's API. */
const keyword = 2;

/**
 * Registers those of `names`, all of type Keyword, that the namespace does not have yet, and returns them. Temporal Cloud
 * does not allow it: there it is done in its own console or with `tcld`.
 */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
  names: string[],
): Promise<string[]> {
  const missing = await missingSearchAttributes(connection, namespace, names);
  if (missing.length > 0) {
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, keyword]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  }
  return missing;
}

export async function missingSearchAttributes(
  connection: Connection,
  namespace: string,
  names: string[],
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return names.filter((name) => !(name in (customAttributes ?? {})));
}
