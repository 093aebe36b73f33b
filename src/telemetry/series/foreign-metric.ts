/** A metric that was made with prom-client. */
export interface ForeignMetric {
  readonly name: string;
  get(): Promise<ForeignSamples>;
}

/** What it answers. */
export interface ForeignSamples {
  readonly name: string;
  readonly help: string;
  /** `counter`, `gauge`, `histogram` or `summary`. */
  readonly type: string;
  readonly values?: readonly ForeignSample[];
}

/** One of its samples. */
export interface ForeignSample {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string | number>>;
  /** The name in the exposition, where it is not that of the metric. */
  readonly metricName?: string;
  readonly exemplar?: {
    readonly labelSet: Readonly<Record<string, string | number>>;
    readonly value: number;
    /** Epoch seconds. */
    readonly timestamp: number;
  } | null;
}

/** Why a metric is not in an exposition. */
export type Unread = 'failed' | 'late';

/** Reads a metric of prom-client and makes something of it; undefined where it could not be read. */
export type ForeignReader = <T extends object>(
  metric: ForeignMetric,
  make: (samples: ForeignSamples) => T,
) => Promise<T | undefined>;

/**
 * Makes the reader of metrics of prom-client. One that fails, or has not answered after `limitMs`, is told to
 * `onUnread`. It is not asked again before its last answer has come: one that hangs costs one wait.
 */
export function createForeignReader({
  limitMs,
  onUnread,
}: {
  readonly limitMs: number;
  readonly onUnread: (metric: string, reason: Unread) => void;
}): ForeignReader {
  const asked = new Set<ForeignMetric>();
  const ask = async <T>(metric: ForeignMetric, make: (samples: ForeignSamples) => T) => {
    asked.add(metric);
    try {
      return make(await metric.get());
    } catch {
      return 'failed';
    } finally {
      asked.delete(metric);
    }
  };
  return async (metric, make) => {
    const made = asked.has(metric) ? 'late' : await inTime(ask(metric, make), limitMs);
    if (typeof made === 'object') return made;
    onUnread(metric.name, made);
    return undefined;
  };
}

function inTime<T>(answer: Promise<T>, limitMs: number): Promise<T | 'late'> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs, 'late');
    void answer.then((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
