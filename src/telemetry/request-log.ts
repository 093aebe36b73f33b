import { type Degradation, degradationReasons } from '../domain/degradation.ts';
import { causeChain } from './cause-chain.ts';
import { jsonString } from './json-string.ts';
import type { PipelineLayout } from './layout.ts';
import { type LogLevel, logLevels } from './log.ts';
import type { LogDestination } from './log-destination.ts';
import { putBytes, putInteger, putJsonString, putMs } from './put-json.ts';
import type { RecordSink } from './recorder.ts';
import { outcomes, type RequestRecord, stageOutcomes } from './request-record.ts';

/** Which finished requests get a line, and where it goes. */
export interface RequestLogOptions {
  /** Every request, or only those that were degraded, failed or answered with a 5xx. */
  readonly requests: 'all' | 'degraded';
  /** Lines of a lower severity are left out; asked for each line. */
  readonly level: () => LogLevel;
  readonly destination: LogDestination;
}

/** Labels are cut at this many UTF-16 units, each of which takes six bytes at worst. */
const maxTextLength = 256;
/** What a line takes beside its stages and degradations. */
const maxHeadBytes = 12 * (6 * maxTextLength + 64);
/** Digits and constant words of one stage or component beside its names. */
const maxPlaceBytes = 192;

/**
 * Makes the writer of request lines: one wide JSON object for each finished request, written as bytes in
 * place. Severity is `error` for a failure, `warn` for a degradation, else `info`; times are milliseconds
 * with at most three decimals; `time` is when the request ended.
 *
 * @example
 * // {"time":"1970-01-01T00:00:01.000Z","level":"info","msg":"request","request_id":"r1","trace_id": …}
 */
export function createRequestLog({ requests, level, destination }: RequestLogOptions): RecordSink {
  const layouts = new WeakMap<PipelineLayout, LayoutPieces>();
  const time = new TimePiece();
  const piecesOf = (layout: PipelineLayout) => {
    const made = layoutPieces(layout);
    layouts.set(layout, made);
    return made;
  };
  return (record, originMs) => {
    const severity = severityOf(record);
    if (requests === 'degraded' && severity === 'info') return;
    if (logLevels.indexOf(severity) < logLevels.indexOf(level())) return;
    const { layout } = record;
    const pieces = layout && (layouts.get(layout) ?? piecesOf(layout));
    // Rare and of any size, so it may be made the slow way.
    const rest = record.degradations.length === 0 ? '' : degradationsText(record);
    const target = destination.room(maxHeadBytes + (pieces?.most ?? 0) + 3 * rest.length);
    let at = time.put(target, destination.at, originMs + record.endedAt);
    at = putIdentity(record, target, putBytes(target, at, severityPieces[severity]));
    if (pieces !== undefined) {
      at = putWork(record, target, putBytes(target, at, pieces.work));
      at = putStages(record, target, { at, pieces });
    }
    if (rest !== '') at += target.write(rest, at, 'utf8');
    destination.end(putBytes(target, at, lineEnd));
  };
}

function severityOf(record: RequestRecord): LogLevel {
  if (record.status >= 500 || record.outcome === 'error') return 'error';
  return record.degradations.length > 0 ? 'warn' : 'info';
}

const piece = (text: string) => Buffer.from(text);
const lineEnd = piece('}\n');
const severityPieces = pieceOfEach(
  logLevels,
  (level) => `Z","level":"${level}","msg":"request","request_id":`,
);
const outcomePieces = pieceOfEach(outcomes, (outcome) => `,"outcome":"${outcome}","n":`);
const traceId = piece(',"trace_id":"');
const spanId = piece('","span_id":"');
const method = piece('","method":');
const route = piece(',"route":');
const path = piece(',"path":');
const status = piece(',"status":');
const errorType = piece(',"error_type":');
const ms = piece(',"ms":');
const segment = piece(',"segment":');
const catalog = piece(',"catalog":');
const variant = piece(',"variant":');
const variantReason = piece(',"variant_reason":');
const generation = piece(',"generation":');
const anomaly = piece(',"anomaly":');
const returned = piece(',"returned":');
const sessionLength = piece(',"session_length":');
const noFallback = piece(',"fallback_reason":null,"stages":[');
const fallback = piece(',"fallback_reason":"');
const stages = piece('","stages":[');
const into = piece(',"in":');
const outOf = piece(',"out":');

function pieceOfEach<Name extends string>(
  names: readonly Name[],
  text: (name: Name) => string,
): Readonly<Record<Name, Buffer>> {
  const entries = names.map((name) => [name, piece(text(name))]);
  return Object.fromEntries(entries) as Record<Name, Buffer>;
}

function putText(target: Buffer, at: number, text: string): number {
  return putJsonString(
    target,
    at,
    text.length > maxTextLength ? text.slice(0, maxTextLength) : text,
  );
}

function putIdentity(record: RequestRecord, target: Buffer, start: number): number {
  let at = putText(target, start, record.requestId);
  at = putBytes(target, at, traceId);
  at += target.write(record.traceId, at, 'latin1');
  at = putBytes(target, at, spanId);
  at += target.write(record.spanId, at, 'latin1');
  at = putText(target, putBytes(target, at, method), record.method);
  // A path that is no route may be anything; it is shown only where it is all there is to see.
  if (record.route === '') at = putText(target, putBytes(target, at, path), record.path);
  else at = putText(target, putBytes(target, at, route), record.route);
  at = putInteger(target, putBytes(target, at, status), record.status);
  if (record.errorType !== '') {
    at = putText(target, putBytes(target, at, errorType), record.errorType);
  }
  return putMs(target, putBytes(target, at, ms), record.endedAt - record.startedAt);
}

function putWork(record: RequestRecord, target: Buffer, start: number): number {
  let at = putText(target, start, record.strategy);
  at = putText(target, putBytes(target, at, segment), record.segment);
  at = putText(target, putBytes(target, at, catalog), record.catalog);
  const { assignment } = record;
  if (assignment !== undefined) {
    at = putText(target, putBytes(target, at, variant), assignment.name);
    at = putText(target, putBytes(target, at, variantReason), assignment.reason);
  }
  at = putText(target, putBytes(target, at, generation), record.generation);
  if (record.anomaly !== '') at = putText(target, putBytes(target, at, anomaly), record.anomaly);
  at = putInteger(target, putBytes(target, at, outcomePieces[record.outcome]), record.requested);
  at = putInteger(target, putBytes(target, at, returned), record.returned);
  at = putInteger(target, putBytes(target, at, sessionLength), record.sessionLength);
  const reason = record.fallbackReason;
  if (reason === null) return putBytes(target, at, noFallback);
  at = putBytes(target, at, fallback);
  at += target.write(reason, at, 'latin1');
  return putBytes(target, at, stages);
}

/** What is constant in the lines of a layout. */
interface LayoutPieces {
  readonly work: Buffer;
  /** Up to the time of each stage. */
  readonly stages: readonly Buffer[];
  /** Up to the time of each component, by stage; none for a stage with only one. */
  readonly components: readonly (readonly Buffer[])[];
  readonly firstComponent: readonly number[];
  /** Bytes that work and stages take at most. */
  readonly most: number;
}

function layoutPieces({ work, stages: slots, firstComponent }: PipelineLayout): LayoutPieces {
  const made = {
    work: piece(`,"work":${jsonString(work)},"strategy":`),
    stages: slots.map(({ stage, component }) =>
      piece(`{"stage":${jsonString(stage)},"component":${jsonString(component)},"ms":`),
    ),
    components: slots.map(({ components }) =>
      // A component that is alone takes the time of its stage.
      (components.length > 1 ? components : []).map((name, c) =>
        piece(`${c === 0 ? ',"components":{' : ','}${jsonString(name)}:`),
      ),
    ),
    firstComponent,
  };
  const places = [...made.stages, ...made.components.flat()];
  const most = places.reduce((sum, { length }) => sum + length + maxPlaceBytes, made.work.length);
  return { ...made, most };
}

/** Outcome and reason of a stage, by their codes. */
const endings = stageOutcomes.map((outcome) =>
  degradationReasons.map((reason) =>
    piece(`,"outcome":"${outcome}"${reason === 'none' ? '' : `,"reason":"${reason}"`}`),
  ),
);

const comma = 0x2c;
const brace = 0x7d;
const bracket = 0x5d;

/** The stages that ran, each with the times of its components in milliseconds. */
function putStages(
  record: RequestRecord,
  target: Buffer,
  { at: start, pieces }: { at: number; pieces: LayoutPieces },
): number {
  const { stageStart, stageEnd, stageIn, stageOut, componentMs } = record;
  let at = start;
  for (let s = 0; s < pieces.stages.length; s++) {
    if (stageStart[s] === 0) continue;
    if (at > start) target[at++] = comma;
    at = putBytes(target, at, pieces.stages[s]);
    at = putMs(target, at, stageEnd[s] - stageStart[s]);
    at = putInteger(target, putBytes(target, at, into), stageIn[s]);
    at = putInteger(target, putBytes(target, at, outOf), stageOut[s]);
    at = putBytes(target, at, endings[record.stageOutcome[s]][record.stageReason[s]]);
    const components = pieces.components[s];
    const first = pieces.firstComponent[s];
    for (let c = 0; c < components.length; c++) {
      at = putMs(target, putBytes(target, at, components[c]), componentMs[first + c]);
    }
    if (components.length > 0) target[at++] = brace;
    target[at++] = brace;
  }
  target[at] = bracket;
  return at + 1;
}

function degradationsText(record: RequestRecord): string {
  const work = record.layout?.work ?? '';
  const parts = record.degradations.map((degradation) => degradationText(work, degradation));
  return `,"degradations":[${parts.join(',')}]`;
}

function degradationText(work: string, degradation: Degradation): string {
  const { stage, component, reason, action, coverage, cause } = degradation;
  const place = `${work}/${stage}/${component}`;
  const share =
    coverage === undefined || !Number.isFinite(coverage) ? '' : `,"coverage":${coverage}`;
  const causes = causeChain(cause).map((line) => jsonString(line));
  return (
    `{"stage":${jsonString(stage)},"component":${jsonString(component)},"path":${jsonString(place)}` +
    `,"reason":${jsonString(reason)},"action":${jsonString(action)}${share}` +
    `,"cause":[${causes.join(',')}]}`
  );
}

/** The opening of a line with its time in ISO 8601; the date is made once a second. */
class TimePiece {
  readonly #bytes = piece('{"time":"1970-01-01T00:00:00.000');
  #second = Number.NaN;

  put(target: Buffer, at: number, epochMs: number): number {
    const bytes = this.#bytes;
    const wholeMs = Math.floor(epochMs);
    const second = Math.floor(wholeMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      bytes.write(new Date(second * 1000).toISOString().slice(0, 20), 9, 'latin1');
    }
    const rest = wholeMs - second * 1000;
    const tenths = (rest / 10) | 0;
    const hundreds = (rest / 100) | 0;
    bytes[29] = 0x30 + hundreds;
    bytes[30] = 0x30 + tenths - hundreds * 10;
    bytes[31] = 0x30 + rest - tenths * 10;
    return putBytes(target, at, bytes);
  }
}
