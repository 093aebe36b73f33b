import type { Outcome, RequestRecord } from './request-record.ts';

/** What of a finished request is remembered with its trace. */
export interface TracedRequest {
  traceId: string;
  /** Epoch milliseconds of its end. */
  atMs: number;
  seconds: number;
  work: string;
  strategy: string;
  segment: string;
  catalog: string;
  variant: string;
  firstLabel: string;
  secondLabel: string;
  outcome: Outcome;
  isDegraded: boolean;
  isMissingFeatures: boolean;
}

/** The traces of recent requests, to show what an anomaly looks like from inside. */
export interface TraceBook {
  /** Takes a finished request in. O(1), allocates nothing once full. */
  see(record: RequestRecord, originMs: number): void;
  /** Ids of traces of matching requests that ended after a moment: the slowest first, at most `limit`. */
  find(
    matches: (request: Readonly<TracedRequest>) => boolean,
    options: { readonly sinceMs: number; readonly limit: number },
  ): string[];
}

/** Whether a request reached a work and has a trace, so that there is something to remember. */
export function isTraced({ layout, traceId }: RequestRecord): boolean {
  return layout !== undefined && traceId !== '';
}

/** Writes what is remembered of a finished request over what `into` held. Allocates nothing. */
export function describeRequest(
  record: RequestRecord,
  originMs: number,
  into: TracedRequest,
): void {
  into.traceId = record.traceId;
  into.atMs = originMs + record.endedAt;
  into.seconds = (record.endedAt - record.startedAt) / 1000;
  into.work = record.layout?.work ?? '';
  into.strategy = record.strategy;
  into.segment = record.segment;
  into.catalog = record.catalog;
  into.variant = record.variant;
  into.firstLabel = record.firstLabel;
  into.secondLabel = record.secondLabel;
  into.outcome = record.outcome;
  into.isDegraded = record.degradations.length > 0;
  into.isMissingFeatures = record.featuresMissing > 0;
}

/** A book of fixed size; the oldest pages are written over. */
class Pages {
  readonly #pages: TracedRequest[] = [];
  readonly #capacity: number;
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  write(record: RequestRecord, originMs: number): void {
    const at = this.#next % this.#capacity;
    this.#next += 1;
    this.#pages[at] ??= blankRequest();
    describeRequest(record, originMs, this.#pages[at]);
  }

  all(): readonly TracedRequest[] {
    return this.#pages;
  }
}

/**
 * Makes an empty book. Requests with something unusual about them have pages of their own, so that many usual ones do
 * not write over the few.
 *
 * @example book.find(({ segment }) => segment === 'de', { sinceMs: 0, limit: 3 }) // up to 3 trace ids
 */
export function createTraceBook({ capacity = 1024 }: { capacity?: number } = {}): TraceBook {
  const usual = new Pages(capacity);
  const unusual = new Pages(capacity);
  return {
    see(record, originMs) {
      if (!isTraced(record)) return;
      const isUsual =
        record.outcome === 'ok' && record.degradations.length === 0 && record.featuresMissing === 0;
      (isUsual ? usual : unusual).write(record, originMs);
    },
    find(matches, { sinceMs, limit }) {
      return [...unusual.all(), ...usual.all()]
        .filter((page) => page.atMs >= sinceMs && matches(page))
        .sort((a, b) => b.seconds - a.seconds)
        .slice(0, limit)
        .map(({ traceId }) => traceId);
    },
  };
}

/** A request that carries no label, suffers nothing and took no time. */
export function blankRequest(): TracedRequest {
  return {
    traceId: '',
    atMs: 0,
    seconds: 0,
    work: '',
    strategy: '',
    segment: '',
    catalog: '',
    variant: '',
    firstLabel: '',
    secondLabel: '',
    outcome: 'ok',
    isDegraded: false,
    isMissingFeatures: false,
  };
}
