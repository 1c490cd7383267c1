import { z } from 'zod';
import { markDeleted, setEnabled, setPaused, type ConnectionState } from '../database/connections.js';
import { deleteCredentials } from '../database/credentials.js';
import { askToYield } from '../database/webhook-inbox.js';
import { messages, waitKeys } from '../domain/identifiers.js';
import { probePasses } from '../domain/store.js';
import { findVisible, idParam, located, pathOf, type ConnectionDoor } from './connection-door.js';
import { Problem } from './problems.js';
import { managers, route, type Route } from './route.js';
import { signalIfRunning } from './temporal.js';
import { tellFixSaved } from './wake.js';

/** From enabling to deleting, for stores and warehouses alike. */
export function lifeRoutes<Found extends ConnectionState>(door: ConnectionDoor<Found>): Route[] {
  return [
    enable(door),
    pausing(door, 'pause', true, 'Nothing new is fetched; orders under way go on.'),
    pausing(door, 'resume', false, 'It catches up from where it stopped.'),
    poll(door),
    remove(door),
  ];
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
  const missing = found.probe.permissions.filter((each) => each.standing === 'missing' && !each.optional);
  const reasons = [...missing.map((each) => `${each.permission} (${each.neededFor})`), ...found.probe.problems];
  throw new Problem('not-tested', `The last test did not pass: ${reasons.join('; ')}. Mend it and test again.`, {
    more: { permissions: found.probe.permissions, problems: found.probe.problems },
  });
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
    path: pathOf(door, ''),
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
