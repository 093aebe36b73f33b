import type { Assignment } from '../domain/assignment.ts';
import type { Degradation } from '../domain/degradation.ts';
import type { PipelineLayout } from './layout.ts';

/** How a request ended; a metric label. */
export const outcomes = ['ok', 'fallback', 'partial', 'empty', 'error'] as const;
export type Outcome = (typeof outcomes)[number];

/** How a stage or component ended; a metric label. */
export const stageOutcomes = ['ok', 'partial', 'skipped', 'degraded', 'failed'] as const;

/** The most stages and components a layout may have. */
export const stageCapacity = 16;
export const componentCapacity = 64;

const noDegradations: readonly Degradation[] = [];

/**
 * What one request measured, in numbers by position in the layout. Written while the request runs and
 * read once, after the answer has left. Pooled: nothing may keep it past `release`.
 *
 * All times are milliseconds of the monotonic clock.
 */
export class RequestRecord {
  requestId = '';
  /** 32 lower-case hex digits. */
  traceId = '';
  /** 16 lower-case hex digits: the server span. */
  spanId = '';
  /** 16 hex digits of the caller's span, or empty. */
  parentSpanId = '';
  /** W3C trace flags of the caller, or 1. */
  traceFlags = 1;
  /** W3C `tracestate` and `baggage` of the caller, checked, or empty. */
  traceState = '';
  baggage = '';
  /** HTTP side of the server span. */
  method = 'POST';
  route = '';
  path = '';
  status = 200;
  /** Error code of an answer that failed, or empty. */
  errorType = '';
  layout: PipelineLayout | undefined;
  strategy = '';
  segment = '';
  catalog = '';
  /** The catalogue that the caller named, if there is one of that name, or empty. */
  door = '';
  generation = '';
  /** The variant that serves it; undefined for a work without experiment. */
  assignment: Assignment | undefined = undefined;
  /** `experiment/variant` of a request that counts for the experiment, or empty. */
  variant = '';
  /** The key that chose the variant, or empty; never shown. */
  targetingKey = '';
  /** The session or user that the answer was made for, or empty; never shown. */
  owner = '';
  /** Whether `owner` is a user, who named no session. */
  isOwnerUser = false;
  /** Values of the labels that the configuration declares, or empty. */
  firstLabel = '';
  secondLabel = '';
  /** Id of the anomaly that it shows, or empty; known once it is finished. */
  anomaly = '';
  /** Whether it was run to be looked at and served nobody: its trace is kept, and nothing else of it. */
  isDryRun = false;
  /** Whether it has neither span nor log line, as one of very many that were refused alike. */
  isUnlogged = false;
  outcome: Outcome = 'ok';
  startedAt = 0;
  endedAt = 0;
  requested = 0;
  returned = 0;
  sessionLength = 0;
  /** Features that were read for it, and those of them that were not there. */
  featuresAsked = 0;
  featuresMissing = 0;
  /** Stage columns, by position in `layout.stages`; a start of 0 means it never ran. */
  readonly stageStart: Float64Array;
  readonly stageEnd: Float64Array;
  readonly stageIn: Int32Array;
  readonly stageOut: Int32Array;
  readonly stageOutcome: Uint8Array;
  /** Codes of `reasonCode`. */
  readonly stageReason: Uint8Array;
  /** Component columns, by position in the layout. `componentCount`: hits found, or candidates removed. */
  readonly componentMs: Float64Array;
  readonly componentCount: Int32Array;
  readonly componentOutcome: Uint8Array;
  /** All of these columns, to be cleared at once. */
  readonly #columns: Uint8Array;
  /** Dense indices of the slate, and the click probability predicted for each (NaN unknown), for the exposure events. */
  readonly slate = new Int32Array(128);
  readonly predicted = new Float32Array(128);
  degradations: readonly Degradation[] = noDegradations;

  constructor() {
    const bytes = stageCapacity * 26 + componentCapacity * 13;
    const memory = new ArrayBuffer(bytes);
    // The widest come first, so that all stand where their width demands.
    let at = 0;
    const column = <Column extends ArrayBufferView>(
      Kind: { new (memory: ArrayBuffer, at: number, length: number): Column },
      length: number,
    ): Column => {
      const made = new Kind(memory, at, length);
      at += made.byteLength;
      return made;
    };
    this.stageStart = column(Float64Array, stageCapacity);
    this.stageEnd = column(Float64Array, stageCapacity);
    this.componentMs = column(Float64Array, componentCapacity);
    this.stageIn = column(Int32Array, stageCapacity);
    this.stageOut = column(Int32Array, stageCapacity);
    this.componentCount = column(Int32Array, componentCapacity);
    this.stageOutcome = column(Uint8Array, stageCapacity);
    this.stageReason = column(Uint8Array, stageCapacity);
    this.componentOutcome = column(Uint8Array, componentCapacity);
    this.#columns = new Uint8Array(memory);
  }

  /** Adds a degradation. */
  degrade(degradation: Degradation): void {
    if (this.degradations === noDegradations) this.degradations = [];
    (this.degradations as Degradation[]).push(degradation);
  }

  /** The first reason that changed what was served, or null. */
  get fallbackReason(): Degradation['reason'] | null {
    for (const degradation of this.degradations) {
      if (degradation.changedSlate) return degradation.reason;
    }
    return null;
  }

  /** Makes it as new for a request of a layout. */
  reset(layout: PipelineLayout | undefined): void {
    this.layout = layout;
    this.requestId = '';
    this.traceId = '';
    this.spanId = '';
    this.parentSpanId = '';
    this.traceFlags = 1;
    this.traceState = '';
    this.baggage = '';
    this.method = 'POST';
    this.route = '';
    this.path = '';
    this.status = 200;
    this.errorType = '';
    this.strategy = '';
    this.segment = '';
    this.catalog = '';
    this.generation = '';
    this.assignment = undefined;
    this.variant = '';
    this.targetingKey = '';
    this.owner = '';
    this.isOwnerUser = false;
    this.door = '';
    this.firstLabel = '';
    this.secondLabel = '';
    this.anomaly = '';
    this.isDryRun = false;
    this.isUnlogged = false;
    this.outcome = 'ok';
    this.startedAt = 0;
    this.endedAt = 0;
    this.requested = 0;
    this.returned = 0;
    this.sessionLength = 0;
    this.featuresAsked = 0;
    this.featuresMissing = 0;
    this.#columns.fill(0);
    this.degradations = noDegradations;
  }
}
