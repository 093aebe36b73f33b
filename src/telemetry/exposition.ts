import type { Registry } from 'prom-client';
import { type Clock, systemClock } from '../domain/clock.ts';
import { type ExpositionFormat, expositionTypes, prefersOpenMetrics } from './exposition-format.ts';
import { Chunks } from './series/chunks.ts';
import { Family } from './series/family.ts';
import { foreignLines } from './series/foreign-lines.ts';
import {
  createForeignReader,
  type ForeignMetric,
  type ForeignReader,
  type Unread,
} from './series/foreign-metric.ts';
import type { Series } from './series/series.ts';
import { type SliceOptions, takeInSlices } from './series/slices.ts';

/** A rendered exposition. */
export interface Exposition {
  readonly contentType: string;
  /** The text in UTF-8, cut between lines into parts of about 64 KB. */
  readonly chunks: readonly Uint8Array[];
  /** The whole text, put together by each look at it. */
  readonly body: string;
}

/** Renders for a scraper's `Accept` header; `signal` says that the scraper has given up. */
export type Expose = (accept?: string, signal?: AbortSignal) => Promise<Exposition>;

/** How an exposer works. */
export interface ExposerOptions {
  /** Time after which the event loop gets its turn, in milliseconds. */
  readonly sliceMs?: number;
  /** Time that a metric of prom-client has for its answer, in milliseconds. */
  readonly readLimitMs?: number;
  /** Told of each metric of prom-client that is left out. */
  readonly onUnread?: (metric: string, reason: Unread) => void;
  readonly clock?: Clock;
}

/** A rendering that has not begun, and the signals of those who wait for it. */
interface Rendering {
  readonly signals: (AbortSignal | undefined)[];
  readonly exposition: Promise<Exposition>;
}

/**
 * Makes the renderer of every metric of a registry, in the format that the scraper prefers: OpenMetrics 1.0.0 with
 * exemplars, or text 0.0.4, which is also the answer to anything else. The order of scrapes changes nothing.
 *
 * The work is done in slices. All samples of one label set come from one moment, those of two need not. One rendering
 * runs at a time; who asks meanwhile shares the next one of the format, which shows all that was counted before. What
 * everybody gave up ends early, with a part of the text. A metric of prom-client that fails or is late is left out.
 *
 * @example
 * const { contentType } = await createExposer(registry)('application/openmetrics-text;version=1.0.0');
 * // 'application/openmetrics-text; version=1.0.0; charset=utf-8'
 */
export function createExposer(
  registry: Pick<Registry, 'getMetricsAsArray'>,
  {
    sliceMs = 2,
    readLimitMs = 1000,
    onUnread = () => {},
    clock = systemClock,
  }: ExposerOptions = {},
): Expose {
  const read = createForeignReader({ limitMs: readLimitMs, onUnread });
  const waiting = new Map<ExpositionFormat, Rendering>();
  let last: Promise<unknown> = Promise.resolve();

  const begin = (format: ExpositionFormat): Rendering => {
    const signals: (AbortSignal | undefined)[] = [];
    const isWanted = () => signals.some((signal) => !signal?.aborted);
    const exposition = last.then(async () => {
      waiting.delete(format);
      const metrics = registry.getMetricsAsArray() as unknown as RegisteredMetric[];
      return render(metrics, { format, read, slices: { sliceMs, clock, isWanted } });
    });
    last = exposition.catch(() => {});
    const rendering = { signals, exposition };
    waiting.set(format, rendering);
    return rendering;
  };
  return (accept, signal) => {
    const format = prefersOpenMetrics(accept) ? 'openMetrics' : 'text';
    const rendering = waiting.get(format) ?? begin(format);
    rendering.signals.push(signal);
    return rendering.exposition;
  };
}

/** Renders a registry once; see `createExposer`. */
export function expose(
  registry: Pick<Registry, 'getMetricsAsArray'>,
  accept?: string,
): Promise<Exposition> {
  return createExposer(registry)(accept);
}

type RegisteredMetric = Family<Series> | ForeignMetric;

type ForeignLines = Map<RegisteredMetric, readonly string[]>;

async function render(
  metrics: readonly RegisteredMetric[],
  {
    format,
    read,
    slices,
  }: {
    readonly format: ExpositionFormat;
    readonly read: ForeignReader;
    readonly slices: SliceOptions;
  },
): Promise<Exposition> {
  const openMetrics = format === 'openMetrics';
  const foreign: ForeignLines = new Map();
  const readings: Promise<unknown>[] = [];
  const ask = (metric: RegisteredMetric) => {
    if (metric instanceof Family) return;
    const lines = read(metric, (samples) => [...foreignLines(samples, openMetrics)]);
    readings.push(lines.then((read = []) => foreign.set(metric, read)));
  };
  // All are asked before any is waited for.
  await takeInSlices(metrics, ask, slices);
  await Promise.all(readings);
  const chunks = new Chunks();
  await takeInSlices(linesOf(metrics, foreign, openMetrics), (line) => chunks.add(line), slices);
  return expositionOf(format, chunks.take());
}

function* linesOf(
  metrics: readonly RegisteredMetric[],
  foreign: ForeignLines,
  openMetrics: boolean,
): Generator<string> {
  for (const metric of metrics) {
    yield* metric instanceof Family ? metric.lines(openMetrics) : (foreign.get(metric) ?? []);
  }
  if (openMetrics) yield '# EOF\n';
}

function expositionOf(format: ExpositionFormat, chunks: readonly Uint8Array[]): Exposition {
  return {
    contentType: expositionTypes[format],
    chunks,
    get body() {
      return Buffer.concat(chunks).toString();
    },
  };
}
