import protobuf from 'protobufjs';

/** The part of opentelemetry-proto 1.x that trace exports use. */
const schema = `
syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; string schema_url = 3; }
message Scope { string name = 1; string version = 2; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; } }
message ArrayValue { repeated AnyValue values = 1; }
message Status { string message = 2; int32 code = 3; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; uint32 dropped_attributes_count = 10;
  Status status = 15; fixed32 flags = 16;
}`;

const requestType = protobuf.parse(schema).root.lookupType('ExportTraceServiceRequest');

/** A span as a receiver reads it. */
export interface DecodedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  /** Nanoseconds. */
  readonly start: bigint;
  readonly end: bigint;
  readonly flags: number;
  readonly statusCode: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: { readonly name: string; readonly version: string };
}

/** Decodes an `ExportTraceServiceRequest` with a parser that is not ours. */
export function decodeSpans(body: Uint8Array): DecodedSpan[] {
  const message = requestType.toObject(requestType.decode(body), {
    longs: String,
    bytes: Array,
    defaults: true,
    oneofs: true,
  });
  return message.resourceSpans.flatMap((resourceSpans: Message) =>
    resourceSpans.scopeSpans.flatMap((scopeSpans: Message) =>
      scopeSpans.spans.map((span: Message) => ({
        ...span,
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        parentSpanId: hex(span.parentSpanId),
        start: BigInt(span.startTimeUnixNano),
        end: BigInt(span.endTimeUnixNano),
        statusCode: span.status?.code ?? 0,
        attributes: plain(span.attributes),
        resource: plain(resourceSpans.resource.attributes),
        scope: { name: scopeSpans.scope.name, version: scopeSpans.scope.version },
      })),
    ),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: what a reflected message looks like is only known at run time
type Message = any;

function hex(bytes: number[]): string {
  return Buffer.from(bytes).toString('hex');
}

function plain(attributes: Message[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue(value: Message): unknown {
  if (value.value === 'intValue') return Number(value.intValue);
  if (value.value === 'arrayValue') return value.arrayValue.values.map(plainValue);
  return value[value.value];
}
