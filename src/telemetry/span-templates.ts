import { degradationReasons } from '../domain/degradation.ts';
import type { StageSlot } from './layout.ts';
import {
  attributeField,
  fixed32Tag,
  fixed64Tag,
  integerField,
  lengthTag,
  maxTextLength,
  messageField,
  stringField,
} from './otlp.ts';
import { putText, putVarint14, putVarint21 } from './put-bytes.ts';
import { stageOutcomes } from './request-record.ts';

/** Field numbers of `opentelemetry.proto.trace.v1.Span`, and of the spans in `ScopeSpans`. */
const field = {
  traceId: 1,
  spanId: 2,
  traceState: 3,
  parentSpanId: 4,
  name: 5,
  kind: 6,
  start: 7,
  end: 8,
  attributes: 9,
  status: 15,
  flags: 16,
  spans: 2,
} as const;
const internalKind = 1;
const serverKind = 2;
const errorStatusCode = 2;
/** W3C flag "sampled", and the OTLP bits that say whether the parent is in another process. */
export const localParentFlags = 0x101;
export const remoteParentFlags = 0x301;
/** Numbers of stages and items take three bytes, 21 bits. */
const numberWidth = 3;
const largestNumber = 2 ** 21 - 1;

/**
 * How every span begins: trace id, span id, start, end, flags. The places count from the beginning; the
 * parent's id comes last, because a root has none.
 */
export const head = (() => {
  const traceId = [...lengthTag(field.traceId), 16];
  const spanId = [...lengthTag(field.spanId), 8];
  const start = fixed64Tag(field.start);
  const end = fixed64Tag(field.end);
  const flags = fixed32Tag(field.flags);
  const parent = [...lengthTag(field.parentSpanId), 8];
  const traceIdAt = traceId.length;
  const spanIdAt = traceIdAt + 16 + spanId.length;
  const startAt = spanIdAt + 8 + start.length;
  const endAt = startAt + 8 + end.length;
  const flagsAt = endAt + 8 + flags.length;
  const parentIdAt = flagsAt + 4 + parent.length;
  const zeros = (count: number) => new Array<number>(count).fill(0);
  const root = Buffer.from([
    ...[...traceId, ...zeros(16), ...spanId, ...zeros(8), ...start, ...zeros(8)],
    ...[...end, ...zeros(8), ...flags, ...zeros(4)],
  ]);
  const child = Buffer.concat([root, Buffer.from([...parent, ...zeros(8)])]);
  return { root, child, traceIdAt, spanIdAt, startAt, endAt, flagsAt, parentIdAt };
})();

/** The span of a stage with one outcome, encoded but for ids, times and candidates. */
export interface StageTemplate {
  readonly bytes: Buffer;
  /** Where its head begins. */
  readonly headAt: number;
  /** Where the candidates in and out stand. */
  readonly inAt: number;
  readonly outAt: number;
}

/** The template of a stage for the codes of an outcome and a reason. */
export type StageTemplates = (outcome: number, reason: number) => StageTemplate;

/** Makes the templates of a stage, one for each outcome and reason that occurs, when it first occurs. */
export function stageTemplates(slot: StageSlot): StageTemplates {
  const made: StageTemplate[] = [];
  return (outcome, reason) => {
    const key = outcome * degradationReasons.length + reason;
    made[key] ??= stageTemplate(slot, outcome, reason);
    return made[key];
  };
}

function stageTemplate(slot: StageSlot, outcome: number, reason: number): StageTemplate {
  const attribute = (key: string, value: string) =>
    attributeField(field.attributes, `sightline.${key}`, { value });
  const candidates = (direction: string) =>
    attributeField(field.attributes, `sightline.candidates.${direction}`, {
      value: 0,
      width: numberWidth,
    });
  const into = candidates('in');
  const outOf = candidates('out');
  const span = Buffer.concat([
    head.child,
    stringField(field.name, `stage ${slot.stage}`),
    integerField(field.kind, internalKind),
    attribute('stage', slot.stage),
    attribute('component', slot.component),
    attribute('outcome', stageOutcomes[outcome]),
    reason === 0 ? Buffer.alloc(0) : attribute('reason', degradationReasons[reason]),
    into,
    outOf,
  ]);
  const bytes = messageField(field.spans, span);
  const headAt = bytes.length - span.length;
  bytes.writeUInt32LE(localParentFlags, headAt + head.flagsAt);
  const outAt = bytes.length - numberWidth;
  return { bytes, headAt, outAt, inAt: outAt - outOf.length };
}

/** Writes one value of a fixed attribute; answers where it ends. */
export type PutAttribute<Value> = (target: Buffer, at: number, value: Value) => number;

/** Makes the writer of a text attribute; the text is cut at `maxTextLength`. */
export function textAttribute(key: string): PutAttribute<string> {
  const name = stringField(1, key);
  // Tag and length of the attribute, its key, tag and length of the value, tag and length of the text.
  const opening = Buffer.concat([
    Buffer.from([...lengthTag(field.attributes), 0, 0]),
    name,
    Buffer.from([...lengthTag(2), 0, 0, ...lengthTag(1), 0, 0]),
  ]);
  const valueAt = opening.length - 5;
  return (target, at, text) => {
    target.set(opening, at);
    const textAt = at + opening.length;
    const end = putText(target, textAt, cut(text));
    putVarint14(target, at + 1, end - at - 3);
    putVarint14(target, at + valueAt, end - textAt + 3);
    putVarint14(target, textAt - 2, end - textAt);
    return end;
  };
}

/** Texts of one attribute that are kept in bytes. */
const maxKept = 64;

/** The same for an attribute of few values, which are kept in bytes. */
export function repeatedAttribute(key: string): PutAttribute<string> {
  const put = textAttribute(key);
  const known = new Map<string, Uint8Array>();
  return (target, at, text) => {
    const bytes = known.get(text);
    if (bytes !== undefined) {
      target.set(bytes, at);
      return at + bytes.length;
    }
    const end = put(target, at, text);
    if (known.size < maxKept) known.set(text, Uint8Array.from(target.subarray(at, end)));
    return end;
  };
}

/** Makes the writer of a number attribute of 0 to 2²¹ − 1; values beyond are cut. */
export function numberAttribute(key: string): PutAttribute<number> {
  const bytes = attributeField(field.attributes, key, { value: 0, width: numberWidth });
  return (target, at, value) => {
    target.set(bytes, at);
    return putNumber(target, at + bytes.length - numberWidth, value);
  };
}

/** Makes the writer of a text field of the span itself. */
function textField(number: number, longest: number): PutAttribute<string> {
  const [tag] = lengthTag(number);
  return (target, at, text) => {
    target[at] = tag;
    const end = putText(target, at + 3, cut(text, longest));
    putVarint14(target, at + 1, end - at - 3);
    return end;
  };
}

/** A number in the place that a template left open for it. */
export function putNumber(target: Buffer, at: number, value: number): number {
  return putVarint21(target, at, value >= 0 && value <= largestNumber ? value : largestNumber);
}

function cut(text: string, longest = maxTextLength): string {
  return text.length > longest ? text.slice(0, longest) : text;
}

/** Tag and open length of a span of variable size. */
export const serverOpening = Buffer.from([...lengthTag(field.spans), 0, 0, 0]);
export const serverKindField = integerField(field.kind, serverKind);
export const errorStatusField = messageField(field.status, integerField(3, errorStatusCode));
export const putName = textField(field.name, maxTextLength);
/** A cut `tracestate` would be another one; 512 characters is what is let in. */
export const putTraceState = textField(field.traceState, 512);
