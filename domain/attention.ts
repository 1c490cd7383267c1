import { failureCatalogue, type Failure, type FailureAbout, type FailureCode } from './failures.js';
import { waitKeys } from './identifiers.js';
import { lackingPermissions, probePasses, probeReasons, type ProbeReport } from './store.js';

/** Why an order (or a connection) cannot go on without a person, and what that person should do. */
export interface Attention {
  cause: FailureCode;
  /** One sentence that names the order, line, SKU or field. */
  message: string;
  fix: string;
  about: FailureAbout;
  /** The thing whose saving wakes the order by itself (see waitKeys); null where only `retry` helps. */
  waitsFor: string | null;
}

export function attention(
  cause: FailureCode,
  message: string,
  about: FailureAbout = {},
  waitsFor: string | null = null,
): Attention {
  return { cause, message, fix: failureCatalogue[cause].fix, about, waitsFor };
}

/** What a probe found missing, for the connection it was made of; null when it may do everything. */
export function probeProblem(report: ProbeReport, connectionId: string): Attention | null {
  const reasons = probeReasons(report);
  if (reasons.length === 0) return null;
  return attention(probeCause(report), `${reasons.join('; ')}.`, {}, waitKeys.connection(connectionId));
}

/** What to do about a probe that did not pass; null for one that did. */
export function probeFix(report: ProbeReport): string | null {
  return probePasses(report) ? null : failureCatalogue[probeCause(report)].fix;
}

function probeCause(report: ProbeReport): FailureCode {
  return report.refused ?? (lackingPermissions(report).length > 0 ? 'permission_missing' : 'setup_unfit');
}

/** A refusal is what a probe is meant to find, so it is a finding. */
export function refusedProbe({ code, message }: Failure): ProbeReport {
  return { permissions: [], accounts: [], problems: [message], refused: code };
}
