/** One series of an answer, with its last value. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A rule as Prometheus has evaluated it. */
export interface EvaluatedRule {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly state?: 'inactive' | 'pending' | 'firing';
  readonly health: 'ok' | 'unknown' | 'err';
  readonly lastError?: string;
}

/** The HTTP API of a Prometheus. Every question throws what Prometheus says of a bad one. */
export interface PrometheusApi {
  /** The answer now. */
  instant(query: string): Promise<Sample[]>;
  /** The last values of a look back over a minute, second by second. */
  range(query: string): Promise<Sample[]>;
  /** How many exemplars the series of a query have. */
  exemplars(query: string): Promise<number>;
  rules(): Promise<EvaluatedRule[]>;
  /** Address of the API that answers `path`. */
  url(path: string): string;
}

type Found = {
  metric: Record<string, string>;
  value?: [number, string];
  values?: [number, string][];
};

/** Makes the API of a server. */
export function prometheusApi(base: string): PrometheusApi {
  const url = (path: string) => `${base}/api/v1/${path}`;
  const ask = async <T>(path: string, query: Record<string, string> = {}): Promise<T> => {
    const response = await fetch(url(path), { method: 'POST', body: new URLSearchParams(query) });
    const { status, data, error } = (await response.json()) as Record<string, unknown>;
    if (status !== 'success') throw new Error(`${String(error)} in ${query.query}`);
    return data as T;
  };
  const now = () => Date.now() / 1000;
  return {
    url,
    async instant(query) {
      const { result, resultType } = await ask<{ result: unknown; resultType: string }>('query', {
        query,
      });
      if (resultType === 'scalar') return [{ metric: {}, value: Number((result as string[])[1]) }];
      return (result as Found[]).map(({ metric, value }) => ({ metric, value: Number(value![1]) }));
    },
    async range(query) {
      const window = { start: String(now() - 60), end: String(now()), step: '1' };
      const { result } = await ask<{ result: Found[] }>('query_range', { query, ...window });
      return result.map(({ metric, values }) => ({ metric, value: Number(values!.at(-1)![1]) }));
    },
    async exemplars(query) {
      const window = { start: String(now() - 600), end: String(now() + 60) };
      const found = await ask<{ exemplars: unknown[] }[]>('query_exemplars', { query, ...window });
      return found.reduce((sum, { exemplars }) => sum + exemplars.length, 0);
    },
    async rules() {
      const response = await fetch(url('rules'));
      const { data } = (await response.json()) as {
        data: { groups: { rules: EvaluatedRule[] }[] };
      };
      return data.groups.flatMap(({ rules }) => rules);
    },
  };
}
