import { OpenAPIHono } from '@hono/zod-openapi';
import { type Clock, systemClock } from '../../domain/clock.ts';
import type { Gateway } from '../../gateway.ts';
import { createProfiler } from '../../telemetry/profiles/profiler.ts';
import { createDocument } from '../document.ts';
import { createDoor, type Handle } from '../door.ts';
import type { HttpEnv } from '../env.ts';
import { json } from '../errors.ts';
import { readJson } from '../json-body.ts';
import { type App, addRoute, createNotFound } from '../routes.ts';
import { receiveAlerts } from './alerts.ts';
import { listAnnotations } from './annotations.ts';
import { findAnomaly, listAnomalies } from './anomalies.ts';
import { createGuards, type Guards } from './auth.ts';
import { controlDocuments } from './documents.ts';
import { listExperiments } from './experiments.ts';
import { endFaults, listFaults, putFaults } from './faults.ts';
import { listGenerations, publishGeneration, reload, updateTable } from './generations.ts';
import { showLimits } from './limits.ts';
import { listPipelines } from './pipelines.ts';
import { takeProfile } from './profile.ts';
import { answerScrape } from './scrape.ts';
import { listSignals, showSignalHistory } from './signals.ts';
import { listModels, showReadiness } from './state.ts';
import { listTables } from './tables.ts';
import { listWebhooks } from './webhooks.ts';

/**
 * Makes the app of the control listener: metrics, readiness, the state of the gateway, and what changes
 * it. Changes need `token`; without a token nothing can be changed and only this machine may read.
 *
 * @example await createControlApp(gateway, { token: 's3cret' }).request('/readyz') // 200
 */
export function createControlApp(
  gateway: Gateway,
  { token, clock = systemClock }: { token?: string | undefined; clock?: Clock },
): App {
  const app: App = new OpenAPIHono<HttpEnv>();
  const door = createDoor({ emit: gateway.telemetry.emit, clock });
  const handlers = createHandlers(app, { gateway, guards: createGuards(token), clock });
  for (const name of Object.keys(handlers) as (keyof typeof handlers)[]) {
    const document = controlDocuments[name];
    addRoute(app, document, door(document.path, handlers[name]));
  }
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
  });
  app.notFound(door('', createNotFound(app)));
  return app;
}

function createHandlers(
  app: App,
  { gateway, guards, clock }: { gateway: Gateway; guards: Guards; clock: Clock },
): Readonly<Record<keyof typeof controlDocuments, Handle>> {
  const document = createDocument(app, {
    title: 'Sightline control',
    description: 'Watching and steering one instance. Not for the public.',
  });
  const profiler = createProfiler({ emit: gateway.telemetry.emit, clock });
  return {
    metrics: guards.reads((c, { requestId }) => answerScrape(c, gateway.telemetry, requestId)),
    readiness: (_, visit) => {
      const readiness = showReadiness(gateway);
      return json(readiness, { ...visit, status: readiness.ready ? 200 : 503 });
    },
    pipelines: guards.reads((_, visit) => json(listPipelines(gateway), visit)),
    limits: guards.reads((_, visit) => json(showLimits(gateway), visit)),
    generations: guards.reads((_, visit) => json(listGenerations(gateway), visit)),
    reload: guards.changes(async (c, visit) => json(await reload(gateway, c), visit)),
    promoteGeneration: guards.changes(async (c, visit) =>
      json(await publishGeneration(gateway, c.req.param('id')!, 'control'), visit),
    ),
    rollBackGeneration: guards.changes(async (c, visit) =>
      json(await publishGeneration(gateway, c.req.param('id')!, 'rollback'), visit),
    ),
    tables: guards.reads((_, visit) => json(listTables(gateway), visit)),
    updateTable: guards.changes(async (c, visit) =>
      json(await updateTable(gateway, c.req.param('name')!), visit),
    ),
    models: guards.reads((_, visit) => json(listModels(gateway), visit)),
    signals: guards.reads((_, visit) => json(listSignals(gateway), visit)),
    signalHistory: guards.reads((c, visit) =>
      json(showSignalHistory(gateway, c.req.param('name')!), visit),
    ),
    experiments: guards.reads((_, visit) => json(listExperiments(gateway), visit)),
    killExperiment: guards.changes((c, visit) => {
      gateway.experiments.kill(c.req.param('name')!);
      return json(listExperiments(gateway), visit);
    }),
    reviveExperiment: guards.changes((c, visit) => {
      gateway.experiments.revive(c.req.param('name')!);
      return json(listExperiments(gateway), visit);
    }),
    anomalies: guards.reads((_, visit) => json(listAnomalies(gateway), visit)),
    anomaly: guards.reads((c, visit) => json(findAnomaly(gateway, c.req.param('id')!), visit)),
    annotations: guards.reads((c, visit) =>
      json(listAnnotations(gateway, { url: c.req.raw.url, nowMs: clock.now() }), visit),
    ),
    webhooks: guards.reads((_, visit) => json(listWebhooks(gateway), visit)),
    receiveAlerts: guards.changes(async (c, visit) => {
      const body = await readJson(c, gateway.config.http.bodyLimitBytes);
      return json(receiveAlerts(gateway, body, clock.now()), { ...visit, status: 202 });
    }),
    faults: guards.reads((_, visit) => json(listFaults(gateway), visit)),
    putFaults: guards.changes(async (c, visit) => json(await putFaults(gateway, c), visit)),
    endFaults: guards.changes((_, visit) => json(endFaults(gateway), visit)),
    profile: guards.changes((c, visit) => takeProfile({ gateway, profiler, clock }, c, visit)),
    drain: guards.changes((_, visit) => {
      gateway.drain();
      return json(showReadiness(gateway), { ...visit, status: 202 });
    }),
    document: guards.reads(document),
  };
}
