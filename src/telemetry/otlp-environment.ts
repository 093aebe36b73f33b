import { validateHeaderName, validateHeaderValue } from 'node:http';

/** Values by the name of their environment variable. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where spans go and how. */
export interface SpanTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Limit of one attempt. */
  readonly timeoutMs: number;
  readonly gzip: boolean;
}

/** What the standard variables ask of tracing. */
export interface TracingPlan {
  /** Undefined: no endpoint is set, or traces are switched off; then no span is encoded. */
  readonly target: SpanTarget | undefined;
  /** Whether the SDK is wanted: an endpoint is set, and `OTEL_SDK_DISABLED` is not. */
  readonly sdk: boolean;
  /** What was asked and cannot be had, for the log. Holds no values of headers. */
  readonly notes: readonly string[];
}

const nothing: TracingPlan = { target: undefined, sdk: false, notes: [] };

/**
 * Reads the standard variables of the OTLP exporter for traces: endpoint, headers, timeout, compression,
 * protocol, exporter, and `OTEL_SDK_DISABLED`. A variable for traces goes before the general one. Never
 * throws: what is malformed is noted and left out.
 *
 * @example planTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }).target?.url // 'http://c:4318/v1/traces'
 */
export function planTracing(environment: Environment): TracingPlan {
  if (environment.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true') return nothing;
  const endpoint = endpointOf(environment);
  if (endpoint === undefined) return nothing;
  const exporters = (environment.OTEL_TRACES_EXPORTER || 'otlp')
    .split(',')
    .map((name) => name.trim());
  const notes: string[] = [];
  const unknown = exporters.filter((name) => name !== 'otlp' && name !== 'none');
  if (unknown.length > 0) {
    notes.push(`OTEL_TRACES_EXPORTER asks for ${unknown.join(', ')}, expected otlp or none`);
  }
  const url = parseUrl(endpoint);
  if (url === undefined)
    notes.push('the OTLP endpoint is no http or https URL, no span is exported');
  if (url === undefined || !exporters.includes('otlp')) {
    return { target: undefined, sdk: url !== undefined, notes };
  }
  const protocol = setting(environment, 'PROTOCOL') ?? 'http/protobuf';
  if (protocol !== 'http/protobuf') {
    notes.push(`OTLP protocol ${protocol} was asked for, traces go out as http/protobuf`);
  }
  const target = {
    url,
    headers: headersOf(environment, notes),
    timeoutMs: timeoutOf(environment, notes),
    gzip: setting(environment, 'COMPRESSION') === 'gzip',
  };
  return { target, sdk: true, notes };
}

function setting(environment: Environment, name: string): string | undefined {
  const own = environment[`OTEL_EXPORTER_OTLP_TRACES_${name}`]?.trim();
  return own || environment[`OTEL_EXPORTER_OTLP_${name}`]?.trim() || undefined;
}

/** The variable for traces is the whole address; the general one is the root of all signals. */
function endpointOf(environment: Environment): { text: string; path: string } | undefined {
  const own = environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim();
  if (own) return { text: own, path: '' };
  const root = environment.OTEL_EXPORTER_OTLP_ENDPOINT?.trim();
  return root ? { text: root, path: '/v1/traces' } : undefined;
}

function parseUrl({ text, path }: { text: string; path: string }): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (path !== '') url.pathname = url.pathname.replace(/\/*$/, path);
  return url.href;
}

function headersOf(environment: Environment, notes: string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const variable of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS']) {
    for (const [name, value] of parsePairs(environment[variable])) {
      try {
        validateHeaderName(name);
        validateHeaderValue(name, value);
        headers[name.toLowerCase()] = value;
      } catch {
        notes.push(`${variable} has a header that cannot be sent`);
      }
    }
  }
  return headers;
}

function timeoutOf(environment: Environment, notes: string[]): number {
  const text = setting(environment, 'TIMEOUT');
  const timeoutMs = text === undefined ? 10_000 : Number(text);
  if (timeoutMs > 0 && timeoutMs <= 600_000) return timeoutMs;
  notes.push(`OTLP timeout is ${text}, expected milliseconds; 10000 is used`);
  return 10_000;
}

/** `key=value` members of a comma-separated list, percent-decoded; malformed members are left out. */
function parsePairs(text = ''): [string, string][] {
  const pairs: [string, string][] = [];
  for (const member of text.split(',')) {
    const at = member.indexOf('=');
    if (at < 1) continue;
    try {
      const value = decodeURIComponent(member.slice(at + 1).trim());
      pairs.push([decodeURIComponent(member.slice(0, at).trim()), value]);
    } catch {
      // Not percent-encoded: the member says nothing that could be relied on.
    }
  }
  return pairs;
}

/**
 * The attributes of the resource: the service as named by its owner, then `OTEL_RESOURCE_ATTRIBUTES`,
 * then `OTEL_SERVICE_NAME`, each over the one before.
 *
 * @example resourceAttributes({ OTEL_SERVICE_NAME: 'shop' }, { 'service.name': 'sightline' }) // { 'service.name': 'shop' }
 */
export function resourceAttributes(
  environment: Environment,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const attributes = {
    ...own,
    ...Object.fromEntries(parsePairs(environment.OTEL_RESOURCE_ATTRIBUTES)),
  };
  const name = environment.OTEL_SERVICE_NAME?.trim();
  return name ? { ...attributes, 'service.name': name } : attributes;
}
