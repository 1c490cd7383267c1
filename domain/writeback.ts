import type { PackageWriteback, Tracking } from './shipment.js';

/** A package whose number the marketplace has not heard: it completes no piece of any line. */
export interface WaitingPackage extends Tracking {
  shipmentId: string;
  packageId: string;
  /** The lines it holds parts of. */
  partsOf: string[];
}

interface ToTell {
  told: PackageWriteback[];
  /** Every package of the order that waits now, those of earlier shipments among them. */
  waiting: WaitingPackage[];
}

/**
 * What a marketplace hears of a shipment's packages, each laid on the ledger already. A package is told with the pieces it
 * completes. One that holds nothing but parts of bundles completes none: where the marketplace takes whole pieces only, it
 * waits, and its number goes along with the first package that completes a piece of such a line, so that the customer
 * gets both. A number that was told with another line of its package does not wait.
 */
export function packagesToTell(
  { shipmentId, packages }: { shipmentId: string; packages: PackageWriteback[] },
  earlier: WaitingPackage[],
  takesParts: boolean,
): ToTell {
  let waiting = earlier;
  const told: PackageWriteback[] = [];
  for (const each of packages) {
    const lines = takesParts ? each.lines : each.lines.filter((line) => line.quantity > 0);
    if (lines.length > 0) {
      const completed = lines.filter((line) => line.quantity > 0).map((line) => line.lineId);
      const along = waiting.filter((other) => other.partsOf.some((lineId) => completed.includes(lineId)));
      waiting = waiting.filter((other) => !along.includes(other));
      told.push({ ...each, lines, ...numbers(each, along) });
    } else if (each.lines.length > 0 && isTracked(each)) {
      const partsOf = each.lines.map((line) => line.lineId);
      waiting = [...waiting, { shipmentId, packageId: each.packageId, partsOf, ...trackingOf(each) }];
    }
  }
  return { told, waiting };
}

/** A package without a number of its own is told under the first of those it completes. */
function numbers(own: Tracking, along: Tracking[]): Tracking & { alongside: Tracking[] } {
  if (isTracked(own) || along.length === 0) return { ...trackingOf(own), alongside: along.map(trackingOf) };
  const [first, ...others] = along.map(trackingOf);
  return { ...first!, alongside: others };
}

const isTracked = ({ trackingNumber, trackingUrl }: Tracking) => trackingNumber !== null || trackingUrl !== null;

function trackingOf({ carrier, trackingNumber, trackingUrl }: Tracking): Tracking {
  return { carrier, trackingNumber, trackingUrl };
}

/** For the timeline: why the numbers of this shipment's packages are not told, with the SKUs of their lines. */
export function whyTheyWait(
  waiting: WaitingPackage[],
  shipmentId: string,
  skus: ReadonlyMap<string, string>,
): string[] {
  return waiting
    .filter((each) => each.shipmentId === shipmentId)
    .map(({ packageId, trackingNumber, trackingUrl, partsOf }) => {
      const lines = partsOf.map((lineId) => skus.get(lineId) || lineId).join(', ');
      return (
        `Package ${packageId} (${trackingNumber ?? trackingUrl}) holds only parts of ${lines}, and the marketplace takes ` +
        'whole pieces: its number is told with the package that completes one, and not if none does.'
      );
    });
}
