import protobuf from 'protobufjs';

/** The part of opentelemetry-proto 1.x that metric exports use. */
const schema = `
syntax = "proto3";
message ExportMetricsServiceRequest { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
message Scope { string name = 1; string version = 2; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
message Metric { string name = 1; string description = 2; string unit = 3; oneof data { Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9; } }
message Gauge { repeated Point data_points = 1; }
message Sum { repeated Point data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Histogram { repeated HistogramPoint data_points = 1; int32 aggregation_temporality = 2; }
message Point { repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; double as_double = 4; }
message HistogramPoint {
  repeated KeyValue attributes = 9; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4;
  optional double sum = 5; repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7;
}`;

const requestType = protobuf.parse(schema).root.lookupType('ExportMetricsServiceRequest');

/** A metric as a receiver reads it. */
export interface DecodedMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly type: 'gauge' | 'sum' | 'histogram';
  /** 2 is cumulative. */
  readonly temporality: number | undefined;
  readonly isMonotonic: boolean | undefined;
  readonly points: readonly DecodedPoint[];
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: { readonly name: string; readonly version: string };
}

/** One series of it. */
export interface DecodedPoint {
  readonly attributes: Readonly<Record<string, string>>;
  readonly startMs: number;
  readonly atMs: number;
  /** Of a gauge or a sum. */
  readonly value: number;
  /** Of a histogram, each bucket by itself. */
  readonly counts: readonly number[];
  readonly bounds: readonly number[];
  readonly count: number;
  readonly sum: number;
}

/** Decodes an `ExportMetricsServiceRequest` with a parser that is not that of the sender. */
export function decodeMetrics(body: Uint8Array): DecodedMetric[] {
  const message = requestType.toObject(requestType.decode(body), {
    longs: Number,
    defaults: true,
    oneofs: true,
  });
  return message.resourceMetrics.flatMap(({ resource, scopeMetrics }: Message) =>
    scopeMetrics.flatMap(({ scope, metrics }: Message) =>
      metrics.map((metric: Message) => decodedMetric(metric, { resource, scope })),
    ),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: what a reflected message looks like is only known at run time
type Message = any;

function decodedMetric(metric: Message, { resource, scope }: Message): DecodedMetric {
  const { name, description, unit, data: type } = metric;
  const { aggregationTemporality: temporality, isMonotonic, dataPoints } = metric[type];
  return {
    ...{ name, description, unit, type, temporality, isMonotonic, scope },
    resource: plain(resource.attributes),
    points: dataPoints.map((point: Message) => ({
      attributes: plain(point.attributes),
      startMs: point.startTimeUnixNano / 1e6,
      atMs: point.timeUnixNano / 1e6,
      value: point.asDouble,
      counts: point.bucketCounts,
      bounds: point.explicitBounds,
      count: point.count,
      sum: point.sum,
    })),
  };
}

function plain(attributes: Message[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value[value.value]]));
}
