import { z } from 'zod';
import {
  findReport,
  listDifferences,
  listReports,
  type Report,
  type ReportedDifference,
} from '../database/reconciliation-reports.js';
import { markReconciliationStarted, openReconciliation } from '../database/reconciliations.js';
import { reconciliationStart, reconciliationWorkflowId, workflowTypes } from '../domain/identifiers.js';
import { differenceKinds, type DifferenceKind } from '../domain/reconciliation.js';
import { findVisible, idParam } from './connection-door.js';
import { attention } from './connection-view.js';
import { cutPage, isRowId, readCursor, readTextCursor } from './cursor.js';
import { nowOf, type Dependencies } from './dependencies.js';
import { notFound, Problem } from './problems.js';
import { everyone, managers, route } from './route.js';
import { maybeTime, pageOf, paging, time, utcTime } from './schemas.js';
import { storeDoor } from './store-door.js';
import { asking, workflowUrl } from './temporal.js';

const reconciliation = z
  .object({
    id: z.string(),
    storeId: z.string(),
    from: time,
    to: time,
    mend: z.boolean(),
    requestedBy: z.string().meta({ description: '"key:" and the id of a key, or "schedule".' }),
    state: z.enum(['running', 'finished', 'failed']),
    createdAt: time,
    finishedAt: maybeTime,
    compared: z.record(z.string(), z.number().int()).meta({ description: 'What was looked at, by ledger.' }),
    differences: z.number().int(),
    mended: z.number().int(),
    problem: attention.meta({ description: 'Why a ledger could not be compared.' }),
    temporalUrl: z.string().nullable(),
  })
  .meta({ id: 'Reconciliation' });

const kind = z.enum(Object.keys(differenceKinds) as [DifferenceKind, ...DifferenceKind[]]);

const difference = z
  .object({
    id: z.string(),
    kind,
    title: z.string(),
    fix: z.string(),
    externalId: z.string().nullable(),
    orderId: z.string().nullable(),
    message: z.string(),
    mend: z.enum(['import', 'start', 'tell', 'save_and_tell', 'write_back_again', 'stop_again']).nullable().meta({
      description: 'How it is mended where that is safe; null where only a person can tell what is right.',
    }),
    mendedAt: maybeTime,
    foundAt: time,
  })
  .meta({ id: 'Difference' });

function view(dependencies: Dependencies, report: Report) {
  return { ...report, temporalUrl: workflowUrl(dependencies, reconciliationWorkflowId(report.storeId)) };
}

const differenceView = (found: ReportedDifference) => {
  const { title, fix } = differenceKinds[found.kind];
  return { ...found, title, fix };
};

export const reconciliationRoutes = [
  route({
    method: 'post',
    path: '/v1/stores/{id}/reconciliations',
    summary: 'Reconcile a store',
    description:
      'Compares what the marketplace, Waybill and the warehouses have of the orders of a window. Every difference is ' +
      'named, and mended where that is safe and wanted. One run of a store at a time.',
    access: managers,
    params: idParam,
    body: z
      .strictObject({
        from: utcTime,
        to: utcTime.optional().meta({ description: 'Now, if left out.' }),
        mend: z.boolean().default(false),
      })
      .refine(({ from, to }) => Date.parse(from) < (to === undefined ? Date.now() : Date.parse(to)), {
        path: ['from'],
        error: 'must be before the end of the window',
      }),
    answer: { status: 202, description: 'The run, under way.', schema: reconciliation },
    async handle({ params, body, caller, dependencies, response, ...call }) {
      const store = await findVisible(storeDoor, { ...call, caller, dependencies }, params.id);
      const now = nowOf(dependencies);
      const run = await openReconciliation(dependencies.db, {
        ...{
          storeId: store.id,
          tenantId: store.tenantId,
          mend: body.mend,
          requestedBy: `key:${caller.keyId}`,
          at: now,
        },
        ...{ from: new Date(body.from), to: body.to === undefined ? now : new Date(body.to) },
      });
      if (!run) throw new Problem('conflict', 'A reconciliation of this store is under way: wait until it has ended.');
      const options = reconciliationStart({ id: run.id, storeId: store.id }, dependencies.taskQueues.connections);
      await asking(dependencies, () => dependencies.temporal.workflow.start(workflowTypes.reconciliation, options));
      await markReconciliationStarted(dependencies.db, run.id);
      response.location(`/v1/reconciliations/${run.id}`);
      return view(dependencies, (await findReport(dependencies.db, run.id, null))!);
    },
  }),
  route({
    method: 'get',
    path: '/v1/stores/{id}/reconciliations',
    summary: 'List the reconciliations of a store',
    access: everyone,
    params: idParam,
    query: z.strictObject(paging),
    answer: { status: 200, description: 'Newest first.', schema: pageOf(reconciliation) },
    async handle({ params, query, ...call }) {
      const { dependencies } = call;
      const { id: storeId } = await findVisible(storeDoor, call, params.id);
      const wanted = { storeId, before: readTextCursor(query.cursor), limit: query.limit + 1 };
      const page = cutPage(await listReports(dependencies.db, wanted), query.limit, (last) => last.id);
      return { ...page, items: page.items.map((report) => view(dependencies, report)) };
    },
  }),
  route({
    method: 'get',
    path: '/v1/reconciliations/{id}',
    summary: 'Show a reconciliation',
    access: everyone,
    params: idParam,
    answer: { status: 200, description: 'How far it is, or what it came to.', schema: reconciliation },
    async handle({ params, caller, dependencies }) {
      const found = await findReport(dependencies.db, params.id, caller.tenantId);
      if (!found) throw notFound('reconciliation', params.id);
      return view(dependencies, found);
    },
  }),
  route({
    method: 'get',
    path: '/v1/reconciliations/{id}/differences',
    summary: 'List what a reconciliation found',
    access: everyone,
    params: idParam,
    query: z.strictObject({ ...paging, kind: kind.optional() }),
    answer: { status: 200, description: 'In the order in which they were found.', schema: pageOf(difference) },
    async handle({ params, query, caller, dependencies }) {
      const report = await findReport(dependencies.db, params.id, caller.tenantId);
      if (!report) throw notFound('reconciliation', params.id);
      const found = await listDifferences(dependencies.db, {
        ...{ reconciliationId: report.id, kind: query.kind ?? null },
        ...{ after: readCursor(query.cursor, isRowId), limit: query.limit + 1 },
      });
      const page = cutPage(found, query.limit, (last) => last.id);
      return { ...page, items: page.items.map(differenceView) };
    },
  }),
];
