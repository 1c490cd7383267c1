import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bigcommerce } from './bigcommerce.js';
import { clickbank } from './clickbank.js';
import type { Violation } from './exchange.js';
import { knownFaults } from './known-faults.js';
import { shipbob } from './shipbob.js';
import { shopify } from './shopify.js';

/** Beside the project, where nothing else is said: from dist/test/conformance four folders up. */
const folder = process.env['SPECS_DIR'] || fileURLToPath(new URL('../../../../shared/specs', import.meta.url));

const connectors = [clickbank, bigcommerce, shopify, shipbob];
const used = new Set<(typeof knownFaults)[number]>();

if (!existsSync(folder)) {
  console.log(`conformance: there are no specifications in ${folder} (SPECS_DIR); nothing was checked.`);
} else {
  let violations = 0;
  for (const connector of connectors) violations += await checkConnector(connector);
  const idle = knownFaults.filter((fault) => !used.has(fault));
  for (const fault of idle)
    console.log(`known fault that nothing needs: ${fault.connector} ${fault.operation.source} ${fault.problem.source}`);
  console.log(`conformance: ${violations} violations, ${used.size} known faults of specifications`);
  process.exitCode = violations + idle.length > 0 ? 1 : 0;
}

async function checkConnector({ title, specification, exchanges }: (typeof connectors)[number]): Promise<number> {
  const said = await exchanges();
  const rules = specification(folder);
  const checked = said.map((exchange) => rules.check(exchange));
  const violations = checked.flatMap((each) => each.violations).filter((each) => !isKnown(title, each));
  for (const line of new Set(violations.map((each) => `  ${each.operation}: ${each.of}: ${each.problem}`)))
    console.log(line);
  const operations = new Set(checked.map((each) => each.operation)).size;
  console.log(
    `${title}: ${operations} operations, ${said.length} requests and ${said.length} answers checked, ${violations.length} violations`,
  );
  return violations.length;
}

function isKnown(connector: string, violation: Violation): boolean {
  const fault = knownFaults.find(
    (each) =>
      each.connector === connector && each.operation.test(violation.operation) && each.problem.test(violation.problem),
  );
  if (fault) used.add(fault);
  return fault !== undefined;
}
