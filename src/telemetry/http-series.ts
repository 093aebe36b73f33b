import { within } from './bounded-map.ts';
import type { Histogram, MetricSet } from './metric-set.ts';

/** What the HTTP side of an answer is told apart by. */
export interface HttpAnswer {
  readonly method: string;
  /** The route's pattern, or empty where there is none. */
  readonly route: string;
  readonly status: number;
  /** Error code of an answer that failed, or empty. */
  readonly errorType: string;
}

/** The methods that the HTTP semantic conventions know. */
const knownMethods = new Set(
  'GET HEAD POST PUT PATCH DELETE OPTIONS CONNECT TRACE QUERY'.split(' '),
);

/**
 * A request method as the conventions want it in attributes and labels.
 *
 * @example httpMethod('BREW') // '_OTHER'
 */
export function httpMethod(method: string): string {
  return knownMethods.has(method) ? method : '_OTHER';
}

/**
 * The `error.type` of an answer, empty where there is none: the conventions call a request failed only
 * when it is the server's fault.
 *
 * @example errorTypeOf({ status: 503, errorType: '' }) // '503'
 */
export function errorTypeOf({
  status,
  errorType,
}: Pick<HttpAnswer, 'status' | 'errorType'>): string {
  return status < 500 ? '' : errorType || String(status);
}

type ByStatus = Map<number, Map<string, Histogram>>;

/** Makes the look-up of `http_server_request_duration_seconds`, bound once for each kind of answer. */
export function createHttpSeries(set: MetricSet): (answer: HttpAnswer) => Histogram {
  const routes = new Map<string, Map<string, ByStatus>>();
  return (answer) => {
    const { method, route, status } = answer;
    const errorType = errorTypeOf(answer);
    const methods = within(routes, route, () => new Map<string, ByStatus>());
    const statuses = within(methods, method, (): ByStatus => new Map());
    const errors = within(statuses, status, () => new Map<string, Histogram>());
    return within(errors, errorType, () =>
      set.histogram('http_server_request_duration_seconds', {
        http_request_method: httpMethod(method),
        http_route: route,
        http_response_status_code: String(status),
        error_type: errorType,
      }),
    );
  };
}
