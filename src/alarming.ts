import { type AnomalyBook, createAnomalyBook } from './anomaly/anomaly-book.ts';
import type { AnomalyOptions } from './anomaly/anomaly-schema.ts';
import type { LeafTick } from './anomaly/cube/leaf-tick.ts';
import { isMeasure } from './anomaly/cube/measures.ts';
import { alertOf, summaryOf } from './anomaly/describe-alert.ts';
import type { EngineReport } from './anomaly/engine/engine.ts';
import { type EngineThread, openEngine } from './anomaly/thread/open-engine.ts';
import { showsAnomaly } from './anomaly/traced.ts';
import { joinSeries } from './anomaly/watched/all-series.ts';
import { createMetricSeries } from './anomaly/watched/metric-series.ts';
import {
  createRegisteredSeries,
  type RegisteredSeries,
} from './anomaly/watched/registered-series.ts';
import type { Anomaly } from './domain/anomaly.ts';
import type { Clock } from './domain/clock.ts';
import type { PluginPart } from './domain/plugin-part.ts';
import type { Store } from './stores/store.ts';
import type { Emit } from './telemetry/facts.ts';
import type { RequestMark } from './telemetry/request-marks.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { blankRequest } from './telemetry/trace-book.ts';
import type { Webhooks } from './webhooks/open-webhooks.ts';

/** Watching for anomalies, seen from the main thread. */
export interface Alarming {
  readonly book: AnomalyBook;
  /** False where it is switched off, there is nothing to watch by, or the engine has failed. */
  readonly isWatching: boolean;
  /** Series of the user's own. */
  readonly registered: RegisteredSeries;
  readonly webhooks: Webhooks;
  /** Takes the counts of a tick in. */
  tick(leaves: LeafTick): void;
  /** Tells which detectors of plugins judge their series from now on. */
  setDetectors(parts: readonly PluginPart[]): void;
  /** Resolves when all ticks so far are judged and what they led to is written down. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What is watched, and who is told. */
export interface AlarmingParts {
  readonly options: AnomalyOptions;
  readonly telemetry: Telemetry;
  readonly store: Store;
  readonly webhooks: Webhooks;
  readonly clock: Clock;
  /** Where the control port can be reached, for the links of alerts. */
  readonly controlUrl: string;
}

/** Traces shown of an anomaly. */
const maxTraces = 3;

/**
 * Starts the anomaly engine in its thread. Anomalies that were open when the gateway stopped are closed: what they
 * were measured against went with it.
 */
export async function openAlarming(parts: AlarmingParts): Promise<Alarming> {
  const { options, telemetry, webhooks } = parts;
  const book = createAnomalyBook({ keep: options.keep });
  const { tickSeconds } = options;
  const registered = createRegisteredSeries({ tickSeconds });
  const series = joinSeries([createMetricSeries(telemetry.metrics, { tickSeconds }), registered]);
  const teller = createTeller(parts, book);
  await recall(parts, book, teller.tell);
  await endForgotten(parts, book);
  const thread = openThread(parts, teller.tell);
  return {
    book,
    get isWatching() {
      return thread?.isAlive ?? false;
    },
    registered,
    webhooks,
    tick: (leaves) =>
      thread?.tick({ atMs: leaves.atMs, leaves, series: series.read(leaves.seconds) }),
    setDetectors: (parts) => thread?.setDetectors(parts),
    async settled() {
      await thread?.settled();
      await teller.settled();
    },
    async close() {
      await thread?.settled();
      await thread?.close();
      telemetry.mark([]);
      await teller.settled();
      await webhooks.close();
    },
  };
}

/** The engine; undefined where there is nothing to watch by. */
function openThread(
  { options, telemetry: { emit, events } }: AlarmingParts,
  tell: (anomalies: readonly Anomaly[]) => void,
): EngineThread | undefined {
  if (!options.enabled || events === undefined) return undefined;
  return openEngine({
    engine: options,
    codes: events.codes,
    onReport: (report) => {
      emitReport(report, emit);
      if (report.changed.length > 0) tell(report.changed);
    },
    onFailure: (cause) => emit('server.failed', { code: cause.code, cause }),
  });
}

function emitReport(report: EngineReport, emit: Emit): void {
  const { series, seconds, pending, firing, leaves, cells, overflow } = report;
  emit('series.watched', { series, seconds });
  emit('anomalies.open', { pending, firing });
  emit('cube.kept', { leaves, cells, overflow });
  for (const cause of report.failures) emit('server.failed', { code: 'SL_ANOMALY_FAILED', cause });
  for (const { measure, isExplained, seconds: lasted } of report.attributions) {
    const found = isExplained ? 'explained' : 'unexplained';
    emit('anomaly.attributed', { measure, found, seconds: lasted });
  }
}

/** Writes anomalies down and tells the endpoints. */
function createTeller(
  { options, telemetry, store, webhooks, controlUrl }: AlarmingParts,
  book: AnomalyBook,
) {
  let tail = Promise.resolve();
  const withTraces = (anomaly: Anomaly): Anomaly => {
    const { startedAtMs } = anomaly;
    const matches = showsAnomaly(anomaly, options.labels);
    const known = book.anomaly(anomaly.id)?.traceIds ?? [];
    if (anomaly.state !== 'firing') return { ...anomaly, traceIds: known };
    const found = telemetry.traces.find(matches, { sinceMs: startedAtMs, limit: maxTraces });
    return { ...anomaly, traceIds: found.length > 0 ? found : known };
  };
  const keep = async (ids: readonly string[]) => {
    try {
      // What is only suspected comes and goes, and is nothing to remember.
      const kept = ids
        .flatMap((id) => book.anomaly(id) ?? [])
        .filter(({ firedAtMs }) => firedAtMs !== undefined);
      if (kept.length > 0) await store.mset('anomalies', kept);
      const forgotten = book.takeForgotten();
      if (forgotten.length > 0) await store.mdelete('anomalies', forgotten);
    } catch (cause) {
      telemetry.emit('server.failed', { code: 'SL_ANOMALY_FAILED', cause });
    }
  };
  const note = (found: Anomaly): Anomaly[] => {
    const known = book.anomaly(found.id);
    const anomaly = withTraces(found);
    book.note(anomaly);
    const isNews = known?.state !== anomaly.state;
    if (anomaly.firedAtMs !== undefined && isNews) tellFact(anomaly, telemetry);
    return [anomaly].filter((one) => isWorthTelling(one, isNews));
  };
  return {
    /** What changed in one tick goes out together, as alerts of one group share a message. */
    tell(found: readonly Anomaly[]) {
      const alerts = found
        .flatMap(note)
        .map((anomaly) =>
          alertOf(anomaly, { links: options.links, url: anomalyUrl(controlUrl, anomaly.id) }),
        );
      telemetry.mark(marksOf(book.anomalies(), options.labels));
      const ids = found.map(({ id }) => id);
      tail = tail.then(() => keep(ids));
      if (alerts.length > 0) tail = tail.then(() => webhooks.send(alerts));
    },
    settled: () => tail,
  };
}

/** A request that shows only what every request shows. */
const anyRequest = blankRequest();

/**
 * What requests are marked with: each anomaly that fires, unless every request shows it. What is only suspected is left
 * out, as marked traces are all kept.
 */
function marksOf(anomalies: readonly Anomaly[], labels: readonly string[]): RequestMark[] {
  return anomalies
    .filter(({ state }) => state === 'firing')
    .map((anomaly) => ({ id: anomaly.id, shows: showsAnomaly(anomaly, labels) }))
    .filter(({ shows }) => !shows(anyRequest));
}

/**
 * Whether endpoints are told. An alert keeps the labels it begins with, so one that may have a cause and has none yet
 * waits for the second look, a tick later.
 */
function isWorthTelling({ state, firedAtMs, causes, measure }: Anomaly, isNews: boolean): boolean {
  if (firedAtMs === undefined) return false;
  return !(state === 'firing' && isNews && causes.length === 0 && isMeasure(measure));
}

const anomalyUrl = (controlUrl: string, id: string) => `${controlUrl}/control/anomalies/${id}`;

function tellFact(anomaly: Anomaly, { emit }: Telemetry): void {
  const { id, measure, state, direction, startedAtMs, firedAtMs } = anomaly;
  const isNew = state === 'firing' && firedAtMs !== undefined;
  const delaySeconds = isNew ? Math.max(0, firedAtMs - startedAtMs) / 1000 : undefined;
  const summary = summaryOf(anomaly);
  emit('anomaly.changed', { anomaly: id, summary, measure, state, direction, delaySeconds });
}

/** Reads what was written down before the start; what was open then is closed now. */
async function recall(
  { options, store, clock }: AlarmingParts,
  book: AnomalyBook,
  tell: (anomalies: readonly Anomaly[]) => void,
): Promise<void> {
  const { rows } = await store.scan('anomalies', { limit: options.keep });
  for (const anomaly of rows.toSorted((a, b) => a.startedAtMs - b.startedAtMs)) book.note(anomaly);
  const open = rows.filter(({ state }) => state !== 'resolved');
  if (open.length === 0) return;
  tell(open.map((anomaly) => ({ ...anomaly, state: 'resolved', resolvedAtMs: clock.now() })));
}

/** Ends alerts that endpoints believe to last and whose anomaly is not known any more. */
async function endForgotten(
  { webhooks, clock, controlUrl }: AlarmingParts,
  book: AnomalyBook,
): Promise<void> {
  const known = new Set(book.anomalies().map(({ id }) => anomalyUrl(controlUrl, id)));
  const lost = webhooks.firing().filter(({ generatorUrl }) => !known.has(generatorUrl));
  if (lost.length > 0) {
    await webhooks.send(lost.map((alert) => ({ ...alert, endsAtMs: clock.now() })));
  }
}
