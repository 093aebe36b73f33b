import type { Assignment, AssignmentReason } from '../domain/assignment.ts';
import { errorTypeOf, httpMethod } from './http-series.ts';
import type { PipelineLayout } from './layout.ts';
import { fillHex, putUint32, putVarint21 } from './put-bytes.ts';
import type { RequestRecord } from './request-record.ts';
import {
  errorStatusField,
  head,
  localParentFlags,
  numberAttribute,
  putName,
  putNumber,
  putTraceState,
  remoteParentFlags,
  repeatedAttribute,
  type StageTemplates,
  serverKindField,
  serverOpening,
  stageTemplates,
  textAttribute,
} from './span-templates.ts';
import { writeSpanId } from './trace-ids.ts';

/** Bytes that must be free for the spans of any request: 17 spans with all their strings cut. */
export const maxRequestBytes = 65_536;

/** How many spans a finished request becomes: the server span and one a stage that ran. */
export function spanCount({ layout, stageStart }: RequestRecord): number {
  const stages = layout?.stages.length ?? 0;
  let count = 1;
  for (let s = 0; s < stages; s++) if (stageStart[s] !== 0) count += 1;
  return count;
}

/**
 * Writes the spans of finished requests as OTLP protobuf, ready to stand in a `ScopeSpans`. What is
 * constant is encoded once; per span only ids, times, numbers and labels are written.
 * The server span follows the HTTP semantic conventions 1.45.
 */
export class SpanWriter {
  readonly #layouts = new WeakMap<PipelineLayout, readonly StageTemplates[]>();
  #originMs = Number.NaN;
  /** Epoch nanoseconds of the monotonic clock's zero, in two halves of 32 bits. */
  #originHigh = 0;
  #originLow = 0;
  /** Ids of the request being written: its trace, its server span and the span of its caller. */
  readonly #traceId = new Uint8Array(16);
  readonly #spanId = new Uint8Array(8);
  readonly #parentId = new Uint8Array(8);

  /** Sets the epoch time of the monotonic clock's zero, in milliseconds. */
  setOrigin(originMs: number): void {
    if (originMs === this.#originMs) return;
    this.#originMs = originMs;
    const nanos = BigInt(Math.round(originMs * 1e6));
    this.#originHigh = Number(nanos >> 32n);
    this.#originLow = Number(nanos & 0xffff_ffffn);
  }

  /** Writes the spans of a request at `at`, where `maxRequestBytes` are free; answers where they end. */
  write(record: RequestRecord, target: Buffer, at: number): number {
    const end = this.#writeServer(record, target, at);
    const { layout } = record;
    if (layout === undefined) return end;
    return this.#writeStages(record, this.#templatesOf(layout), { target, at: end });
  }

  #writeServer(record: RequestRecord, target: Buffer, start: number): number {
    target.set(serverOpening, start);
    const headAt = start + serverOpening.length;
    const child = record.parentSpanId !== '';
    const constant = child ? head.child : head.root;
    target.set(constant, headAt);
    fillHex(this.#traceId, record.traceId);
    fillHex(this.#spanId, record.spanId);
    target.set(this.#traceId, headAt + head.traceIdAt);
    target.set(this.#spanId, headAt + head.spanIdAt);
    this.#putTime(target, headAt + head.startAt, record.startedAt);
    this.#putTime(target, headAt + head.endAt, record.endedAt);
    putUint32(target, headAt + head.flagsAt, child ? remoteParentFlags : localParentFlags);
    if (child) {
      fillHex(this.#parentId, record.parentSpanId);
      target.set(this.#parentId, headAt + head.parentIdAt);
    }
    let at = headAt + constant.length;
    if (record.traceState !== '') at = putTraceState(target, at, record.traceState);
    at = putHttp(record, target, at);
    at = putRequestId(target, at, record.requestId);
    if (record.layout !== undefined) at = putWork(record, target, at);
    putVarint21(target, start + 1, at - headAt);
    return at;
  }

  #writeStages(
    record: RequestRecord,
    templates: readonly StageTemplates[],
    { target, at: start }: { target: Buffer; at: number },
  ): number {
    const { stageStart, stageEnd, stageIn, stageOut } = record;
    let at = start;
    for (let s = 0; s < templates.length; s++) {
      if (stageStart[s] === 0) continue;
      const template = templates[s](record.stageOutcome[s], record.stageReason[s]);
      target.set(template.bytes, at);
      const own = at + template.headAt;
      target.set(this.#traceId, own + head.traceIdAt);
      writeSpanId(target, own + head.spanIdAt);
      target.set(this.#spanId, own + head.parentIdAt);
      this.#putTime(target, own + head.startAt, stageStart[s]);
      this.#putTime(target, own + head.endAt, stageEnd[s]);
      putNumber(target, at + template.inAt, stageIn[s]);
      putNumber(target, at + template.outAt, stageOut[s]);
      at += template.bytes.length;
    }
    return at;
  }

  #templatesOf(layout: PipelineLayout): readonly StageTemplates[] {
    let templates = this.#layouts.get(layout);
    if (templates === undefined) {
      templates = layout.stages.map(stageTemplates);
      this.#layouts.set(layout, templates);
    }
    return templates;
  }

  /** Nanoseconds since 1970 do not fit a double: the high half takes what the low half carries over. */
  #putTime(target: Buffer, at: number, monotonicMs: number): void {
    const low = this.#originLow + Math.round(monotonicMs * 1e6);
    const carry = Math.floor(low / 2 ** 32);
    putUint32(target, at, low - carry * 2 ** 32);
    putUint32(target, at + 4, this.#originHigh + carry);
  }
}

const putMethod = repeatedAttribute('http.request.method');
const putScheme = repeatedAttribute('url.scheme');
const putPath = textAttribute('url.path');
const putRoute = repeatedAttribute('http.route');
const putStatus = numberAttribute('http.response.status_code');
const putErrorType = textAttribute('error.type');

function putHttp(record: RequestRecord, target: Buffer, start: number): number {
  const { route, status } = record;
  const method = httpMethod(record.method);
  const verb = method === '_OTHER' ? 'HTTP' : method;
  let at = putName(target, start, route === '' ? verb : `${verb} ${route}`);
  target.set(serverKindField, at);
  at = putMethod(target, at + serverKindField.length, method);
  at = putScheme(target, at, 'http');
  at = putPath(target, at, record.path);
  if (route !== '') at = putRoute(target, at, route);
  at = putStatus(target, at, status);
  if (status < 500) return at;
  at = putErrorType(target, at, errorTypeOf(record));
  target.set(errorStatusField, at);
  return at + errorStatusField.length;
}

const putRequestId = textAttribute('sightline.request.id');
const putWorkName = repeatedAttribute('sightline.work');
const putStrategy = repeatedAttribute('sightline.strategy');
const putSegment = repeatedAttribute('sightline.segment');
const putCatalog = repeatedAttribute('sightline.catalog');
const putVariant = repeatedAttribute('sightline.variant');
const putOverride = textAttribute('sightline.experiment.override');
const putFlagKey = repeatedAttribute('feature_flag.key');
const putFlagVariant = repeatedAttribute('feature_flag.result.variant');
const putFlagReason = repeatedAttribute('feature_flag.result.reason');
const putFlagProvider = repeatedAttribute('feature_flag.provider.name');
const putGeneration = repeatedAttribute('sightline.generation');
const putAnomaly = textAttribute('sightline.anomaly');
const putDryRun = textAttribute('sightline.dry_run');
const putOutcome = repeatedAttribute('sightline.outcome');
const putFallbackReason = textAttribute('sightline.fallback.reason');
const putRequested = numberAttribute('sightline.items.requested');
const putReturned = numberAttribute('sightline.items.returned');

function putWork(record: RequestRecord, target: Buffer, start: number): number {
  const { layout, assignment, anomaly, fallbackReason } = record;
  let at = putWorkName(target, start, layout?.work ?? '');
  at = putStrategy(target, at, record.strategy);
  at = putSegment(target, at, record.segment);
  at = putCatalog(target, at, record.catalog);
  if (assignment !== undefined) at = putAssignment(assignment, target, at);
  at = putGeneration(target, at, record.generation);
  if (anomaly !== '') at = putAnomaly(target, at, anomaly);
  if (record.isDryRun) at = putDryRun(target, at, 'explain');
  at = putOutcome(target, at, record.outcome);
  if (fallbackReason !== null) at = putFallbackReason(target, at, fallbackReason);
  at = putRequested(target, at, record.requested);
  return putReturned(target, at, record.returned);
}

/** The variant, as the semantic conventions for feature flags name it, without the key that it was chosen by. */
function putAssignment(assignment: Assignment, target: Buffer, start: number): number {
  const { experiment, variant, name, reason, provider } = assignment;
  let at = putVariant(target, start, name);
  if (reason === 'forced') at = putOverride(target, at, name);
  at = putFlagKey(target, at, experiment);
  at = putFlagVariant(target, at, variant);
  at = putFlagReason(target, at, conventional[reason] ?? reason);
  return putFlagProvider(target, at, provider);
}

/** What the conventions call a reason of Sightline's own; the others have their names there, or are custom values. */
const conventional: { readonly [Reason in AssignmentReason]?: string } = {
  killed: 'disabled',
  no_key: 'default',
  unknown_variant: 'error',
  not_ready: 'error',
  late: 'error',
};
