import type { Point, Series, Window } from './answers.ts';

/** The questions that a dashboard asks a Prometheus; each throws what Prometheus says of a bad one. */
export interface PrometheusQuestions {
  /** The values at the end of the window. */
  instant(query: string): Promise<Series[]>;
  /** The way of the values through the window. */
  range(query: string): Promise<Series[]>;
  /** Time and value of the exemplars in the window. */
  exemplars(query: string): Promise<Point[]>;
}

type Sample = [number, string];
interface Found {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Sample;
  readonly values?: readonly Sample[];
}
interface Result {
  readonly resultType: string;
  readonly result: readonly Found[] | Sample;
}

/** Makes the questions about one window of time. */
export function askPrometheus(base: string, { from, to, step }: Window): PrometheusQuestions {
  const span = { start: String(from), end: String(to) };
  const ask = async <T>(path: string, query: Record<string, string>): Promise<T> => {
    const body = new URLSearchParams(query);
    const response = await fetch(`${base}/api/v1/${path}`, { method: 'POST', body });
    const { status, data, error } = (await response.json()) as Record<string, unknown>;
    if (status !== 'success') throw new Error(`${String(error)} in ${query.query}`);
    return data as T;
  };
  return {
    async instant(query) {
      return seriesOf(await ask<Result>('query', { query, time: String(to) }));
    },
    async range(query) {
      return seriesOf(await ask<Result>('query_range', { query, ...span, step: String(step) }));
    },
    async exemplars(query) {
      const found = await ask<{ exemplars: { timestamp: number; value: string }[] }[]>(
        'query_exemplars',
        { query, ...span },
      );
      return found.flatMap(({ exemplars }) =>
        exemplars.map(({ timestamp, value }): Point => [timestamp, Number(value)]),
      );
    },
  };
}

function seriesOf({ resultType, result }: Result): Series[] {
  if (resultType === 'scalar') return [{ metric: {}, points: [pointOf(result as Sample)] }];
  return (result as readonly Found[]).map(({ metric, value, values = [value!] }) => ({
    metric,
    points: values.map(pointOf),
  }));
}

const pointOf = ([at, value]: Sample): Point => [at, Number(value)];
