import { OpenAPIHono } from '@hono/zod-openapi';
import { type Clock, systemClock } from '../../domain/clock.ts';
import { type Schedule, systemSchedule } from '../../domain/schedule.ts';
import type { Gateway } from '../../gateway.ts';
import { createProfiler } from '../../telemetry/profiles/profiler.ts';
import { createDocument } from '../document.ts';
import { createDoor, type Handle } from '../door.ts';
import type { HttpEnv } from '../env.ts';
import { json } from '../errors.ts';
import { readJson } from '../json-body.ts';
import { type App, addRoute, createNotFound, type RouteDocument } from '../routes.ts';
import { receiveAlerts } from './alerts.ts';
import { listAnnotations } from './annotations.ts';
import { findAnomaly, listAnomalies } from './anomalies.ts';
import { audited } from './audit.ts';
import { createGuards, type Guards } from './auth.ts';
import { listComponents } from './components.ts';
import { controlDocuments } from './documents.ts';
import { listExperiments } from './experiments.ts';
import { explainWork } from './explain.ts';
import { endFaults, listFaults, putFaults } from './faults.ts';
import { listGenerations, publishGeneration, reload, updateTable } from './generations.ts';
import { showLimits } from './limits.ts';
import { createLogLevelControl } from './log-level.ts';
import { listModels, promoteModel, rollBackModel } from './models.ts';
import { listPipelines } from './pipelines.ts';
import { takeProfile } from './profile.ts';
import { answerScrape } from './scrape.ts';
import { listSignals, showSignalHistory } from './signals.ts';
import { showReadiness } from './state.ts';
import { listBreakers, listStores } from './stores.ts';
import { listTables } from './tables.ts';
import { cancelTask, listTasks, train } from './tasks.ts';
import { listWebhooks } from './webhooks.ts';

/** What the control listener needs beside the gateway. */
export interface ControlOptions {
  readonly token?: string | undefined;
  readonly clock?: Clock;
  /** Ends what was changed for a time. */
  readonly schedule?: Schedule;
}

/**
 * Makes the app of the control listener: metrics, readiness, the state of the gateway, and what changes
 * it. Changes need `token`; without a token nothing can be changed and only this machine may read.
 *
 * @example await createControlApp(gateway, { token: 's3cret' }).request('/readyz') // 200
 */
export function createControlApp(
  gateway: Gateway,
  { token, clock = systemClock, schedule = systemSchedule }: ControlOptions,
): App {
  const app: App = new OpenAPIHono<HttpEnv>();
  const door = createDoor({ emit: gateway.telemetry.emit, clock });
  const { changesPerSecond } = gateway.config.http.control;
  const guards = createGuards(token, { clock, changesPerSecond });
  const handlers = createHandlers(app, { gateway, guards, clock, schedule });
  const { emit } = gateway.telemetry;
  for (const name of Object.keys(handlers) as (keyof typeof handlers)[]) {
    const document: RouteDocument = controlDocuments[name];
    const { path, operationId, needsToken = false } = document;
    const handle = needsToken ? audited(operationId, handlers[name], emit) : handlers[name];
    addRoute(app, document, door(path, handle));
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
  {
    gateway,
    guards,
    clock,
    schedule,
  }: { gateway: Gateway; guards: Guards; clock: Clock; schedule: Schedule },
): Readonly<Record<keyof typeof controlDocuments, Handle>> {
  const document = createDocument(app, {
    title: 'Sightline control',
    description: 'Watching and steering one instance. Not for the public.',
  });
  const { emit, logLevel } = gateway.telemetry;
  const profiler = createProfiler({ emit, clock });
  const configured = gateway.config.telemetry.level;
  const level = createLogLevelControl({ logLevel, configured, emit, clock, schedule });
  return {
    metrics: guards.reads((c, { requestId }) => answerScrape(c, gateway.telemetry, requestId)),
    readiness: (_, visit) => {
      const readiness = showReadiness(gateway);
      return json(readiness, { ...visit, status: readiness.ready ? 200 : 503 });
    },
    components: guards.reads((_, visit) => json(listComponents(gateway), visit)),
    pipelines: guards.reads((_, visit) => json(listPipelines(gateway), visit)),
    explain: guards.changes(async (c, visit) =>
      json(await explainWork(gateway, c, { requestId: visit.requestId, clock }), visit),
    ),
    stores: guards.reads(async (_, visit) => json(await listStores(gateway), visit)),
    breakers: guards.reads((_, visit) => json(listBreakers(gateway), visit)),
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
    models: guards.reads(async (_, visit) => json(await listModels(gateway), visit)),
    promoteModel: guards.changes(async (c, visit) => json(await promoteModel(gateway, c), visit)),
    rollBackModel: guards.changes(async (c, visit) =>
      json(await rollBackModel(gateway, c.req.param('name')!), visit),
    ),
    tasks: guards.reads((_, visit) => json(listTasks(gateway), visit)),
    train: guards.changes(async (c, visit) =>
      json(await train(gateway, c), { ...visit, status: 202 }),
    ),
    cancelTask: guards.changes((c, visit) =>
      json(cancelTask(gateway, c.req.param('id')!), { ...visit, status: 202 }),
    ),
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
    logLevel: guards.reads((_, visit) => json(level.show(), visit)),
    changeLogLevel: guards.changes(async (c, visit) =>
      json(level.change(await readJson(c, gateway.config.http.bodyLimitBytes)), visit),
    ),
    drain: guards.changes((_, visit) => {
      gateway.drain();
      return json(showReadiness(gateway), { ...visit, status: 202 });
    }),
    document: guards.reads(document),
  };
}
