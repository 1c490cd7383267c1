import { createHmac } from 'node:crypto';
import { z } from 'zod';
import {
  forgetProbe,
  markDeleted,
  saveProbe,
  setEnabled,
  setPaused,
  type ConnectionState,
} from '../database/connections.js';
import { credentialsSavedAt, deleteCredentials, saveCredentials, type Credentials } from '../database/credentials.js';
import { askToYield } from '../database/webhook-inbox.js';
import { Failure } from '../domain/failures.js';
import { messages, waitKeys } from '../domain/identifiers.js';
import { probePasses, type ProbeReport } from '../domain/store.js';
import { findVisible, probeReport, type ConnectionDoor } from './connection.js';
import type { Dependencies } from './dependencies.js';
import { Problem } from './problems.js';
import { managers, route, type Route } from './route.js';
import { id, time } from './schemas.js';
import { signalIfRunning } from './temporal.js';
import { parseForm } from './validate.js';
import { tellFixSaved } from './wake.js';

/** The routes that stores and warehouses have alike, from the credentials to the end. */
export function connectionRoutes<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route[] {
  return [credentials(door), test(door), enable(door), pause(door), resume(door), poll(door), remove(door)];
}

const idParam = z.strictObject({ id });
const pathOf = (door: { table: string }, action = '') => `/v1/${door.table}/{id}${action}`;

function credentials<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route {
  return route({
    method: 'put',
    path: pathOf(door, '/credentials'),
    summary: `Save the credentials of a ${door.kind}`,
    description:
      'The fields are those GET /v1/connectors lists for its system. Write-only: no answer ever shows them. ' +
      'Every order that waits for this connection goes on by itself.',
    access: managers,
    params: idParam,
    body: z.record(z.string().max(100), z.unknown()),
    answer: {
      status: 200,
      description: 'Saved. The fingerprint tells two secrets apart without showing either.',
      schema: z.object({ fingerprint: z.string(), updatedAt: time }),
    },
    async handle(call) {
      const { db, keyRing, pepper } = call.dependencies;
      const found = await findVisible(door, call, call.params.id);
      const value = parseForm(door.forms(call.dependencies, found).credentials, call.body, '') as Credentials;
      const saved = await saveCredentials(db, keyRing, {
        tenantId: found.tenantId,
        connectionId: found.id,
        field: 'api',
        value,
      });
      await forgetProbe(db, door.table, found.id);
      await tellFixSaved(call.dependencies, located(door, found), {
        key: waitKeys.connection(found.id),
        settingsChanged: true,
      });
      return { fingerprint: fingerprint(pepper, value), updatedAt: saved.updatedAt };
    },
  });
}

/** Keyed, so that a short secret cannot be found by trying; 12 digits are plenty to tell two apart. */
function fingerprint(pepper: string, value: Credentials): string {
  return createHmac('sha256', pepper).update(JSON.stringify(value)).digest('hex').slice(0, 12);
}

function located<Found extends ConnectionState>(door: ConnectionDoor<Found>, found: Found) {
  return { id: found.id, enabled: found.enabled, workflowId: door.workflowId(found.id) };
}

function test<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route {
  return route({
    method: 'post',
    path: pathOf(door, '/test'),
    summary: `Test a ${door.kind}`,
    description:
      'Asks the vendor what the saved credentials may do. A missing permission is named with the step that would ' +
      'fail; one that only a write can prove is "unproven". Orders that wait for this connection go on if it passes.',
    access: managers,
    params: idParam,
    answer: { status: 200, description: 'What was found; passes says whether it can be enabled.', schema: probeReport },
    async handle(call) {
      const { dependencies } = call;
      const found = await findVisible(door, call, call.params.id);
      const saved = await credentialsSavedAt(dependencies.db, [found.id]);
      if (!saved.has(found.id)) throw new Problem('conflict', `Save the credentials of the ${door.kind} first.`);
      const report = await probe(door, dependencies, found.id);
      const at = dependencies.now?.() ?? new Date();
      await saveProbe(dependencies.db, door.table, found.id, report, at);
      const passes = probePasses(report);
      if (passes)
        await tellFixSaved(dependencies, located(door, found), {
          key: waitKeys.connection(found.id),
          settingsChanged: false,
        });
      return { at, passes, ...report };
    },
  });
}

/** A refusal is what a test is meant to find, so it is a finding; a vendor that is away is a problem to retry. */
async function probe(
  door: { kind: ConnectionDoor<ConnectionState>['kind'] },
  dependencies: Dependencies,
  connectionId: string,
): Promise<ProbeReport> {
  try {
    return await dependencies.probe(door.kind, connectionId);
  } catch (error) {
    if (error instanceof Failure && error.outcome === 'rejected')
      return { permissions: [], accounts: [], problems: [error.message] };
    throw error;
  }
}

function enable<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route {
  return route({
    method: 'post',
    path: pathOf(door, '/enable'),
    summary: `Enable a ${door.kind}`,
    description:
      'Starts its work, once its last test has passed. Enabling it again is harmless and mends a lost start.',
    access: managers,
    params: idParam,
    answer: { status: 200, description: 'Enabled.', schema: z.object({ id: z.string(), enabled: z.literal(true) }) },
    async handle(call) {
      const { dependencies } = call;
      const found = await findVisible(door, call, call.params.id);
      refuseUntested(door, found);
      await setEnabled(dependencies.db, door.table, found.id, true);
      try {
        await door.start(dependencies, found);
      } catch (error) {
        if (!found.enabled) await setEnabled(dependencies.db, door.table, found.id, false);
        throw error;
      }
      await tellFixSaved(
        dependencies,
        { ...located(door, found), enabled: true },
        {
          key: waitKeys.connection(found.id),
          settingsChanged: false,
        },
      );
      await door.enabled?.(dependencies, found);
      return { id: found.id, enabled: true as const };
    },
  });
}

function refuseUntested(door: { kind: string; table: string }, found: ConnectionState): void {
  if (!found.probe)
    throw new Problem('not-tested', `Test the ${door.kind} first: POST /v1/${door.table}/${found.id}/test.`);
  if (probePasses(found.probe)) return;
  const missing = found.probe.permissions.filter((each) => each.standing === 'missing');
  const reasons = [...missing.map((each) => `${each.permission} (${each.neededFor})`), ...found.probe.problems];
  throw new Problem('not-tested', `The last test did not pass: ${reasons.join('; ')}. Mend it and test again.`, {
    more: { permissions: found.probe.permissions, problems: found.probe.problems },
  });
}

function pause<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route {
  return pausing(door, 'pause', true, 'Nothing new is fetched; orders under way go on.');
}

function resume<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route {
  return pausing(door, 'resume', false, 'It catches up from where it stopped.');
}

function pausing<Found extends ConnectionState>(
  door: ConnectionDoor<Found>,
  action: 'pause' | 'resume',
  paused: boolean,
  description: string,
): Route {
  return route({
    method: 'post',
    path: pathOf(door, `/${action}`),
    summary: `${action === 'pause' ? 'Pause' : 'Resume'} a ${door.kind}`,
    description,
    access: managers,
    params: idParam,
    answer: {
      status: 200,
      description: 'Done.',
      schema: z.object({ id: z.string(), paused: z.boolean() }),
    },
    async handle(call) {
      const { dependencies } = call;
      const found = await findVisible(door, call, call.params.id);
      await setPaused(dependencies.db, door.table, found.id, paused);
      await signalIfRunning(dependencies, door.workflowId(found.id), messages.connection[action]);
      await askToYield(dependencies.db, found.id);
      return { id: found.id, paused };
    },
  });
}

function poll<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route {
  return route({
    method: 'post',
    path: pathOf(door, '/poll'),
    summary: `Have a ${door.kind} look up now`,
    access: managers,
    params: idParam,
    answer: { status: 202, description: 'Asked for; see health for the outcome.' },
    async handle(call) {
      const { dependencies } = call;
      const found = await findVisible(door, call, call.params.id);
      if (!found.enabled) throw new Problem('conflict', `The ${door.kind} is not enabled.`);
      const running = await signalIfRunning(dependencies, door.workflowId(found.id), messages.connection.pollNow);
      if (!running) throw new Problem('conflict', `The ${door.kind} is not running: enable it again.`);
      await askToYield(dependencies.db, found.id);
    },
  });
}

function remove<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route {
  return route({
    method: 'delete',
    path: pathOf(door),
    summary: `Delete a ${door.kind}`,
    description:
      'Stops its work and erases its credentials; orders, listings and rules are kept, so that nothing is imported ' +
      'twice. Refused while work hangs on it, because that work needs the credentials: pause it and let it finish.',
    access: managers,
    params: idParam,
    answer: { status: 204, description: 'Deleted.' },
    async handle(call) {
      const { dependencies } = call;
      const found = await findVisible(door, call, call.params.id);
      const open = await door.openWork(dependencies.db, found.id);
      if (open !== null)
        throw new Problem('conflict', `The ${door.kind} still has ${open}. Pause it and let them finish.`);
      // First: if this fails the connection is still there to be deleted again.
      await signalIfRunning(dependencies, door.workflowId(found.id), messages.connection.stop);
      await markDeleted(dependencies.db, door.table, found.id);
      await deleteCredentials(dependencies.db, found.id);
    },
  });
}
