/**
 * The parts of the OTLP protobuf wire format that Sightline writes itself (opentelemetry-proto 1.x,
 * field numbers of `trace.proto`, `common.proto` and `resource.proto`). For templates, not for the request path.
 */

/** Longest text of a name or attribute value, in UTF-16 units. */
export const maxTextLength = 256;

/** Wire types. */
const varintType = 0;
const fixed64Type = 1;
const lengthType = 2;
const fixed32Type = 5;

/** A value that an attribute may have; a number is written as an integer. */
export type AttributeValue = string | number | boolean;

/**
 * A number of at most 2⁵³ as a base-128 varint, optionally padded to a fixed width, which decoders accept
 * and which lets the value be written in place later.
 *
 * @example varint(300) // [0xac, 0x02]
 */
export function varint(value: number, width = 1): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(rest % 128);
    rest = Math.floor(rest / 128);
  } while (rest > 0 || bytes.length < width);
  return bytes.map((byte, i) => (i < bytes.length - 1 ? byte | 0x80 : byte));
}

/** The tag of a length-delimited field. */
export function lengthTag(field: number): number[] {
  return varint(field * 8 + lengthType);
}

/** The tag of a 64-bit field. */
export function fixed64Tag(field: number): number[] {
  return varint(field * 8 + fixed64Type);
}

/** The tag of a 32-bit field. */
export function fixed32Tag(field: number): number[] {
  return varint(field * 8 + fixed32Type);
}

/** An integer or enum field; `width` pads the value. */
export function integerField(field: number, value: number, width = 1): Buffer {
  return Buffer.from([...varint(field * 8 + varintType), ...varint(value, width)]);
}

/** A message or bytes field. */
export function messageField(field: number, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([...lengthTag(field), ...varint(length)]), ...parts]);
}

/** A string field, cut at `maxTextLength`. */
export function stringField(field: number, text: string): Buffer {
  return messageField(field, Buffer.from(text.slice(0, maxTextLength).toWellFormed()));
}

/** A `KeyValue` in a repeated field of attributes; `width` pads a number. */
export function attributeField(
  field: number,
  key: string,
  { value, width = 1 }: { value: AttributeValue; width?: number },
): Buffer {
  return messageField(field, stringField(1, key), messageField(2, anyValue(value, width)));
}

function anyValue(value: AttributeValue, width: number): Buffer {
  if (typeof value === 'string') return stringField(1, value);
  if (typeof value === 'boolean') return integerField(2, value ? 1 : 0);
  return integerField(3, value, width);
}

/** An encoded resource and scope, ready to stand around spans. */
export interface ExportFrame {
  /** The bytes of an `ExportTraceServiceRequest` before its spans, which follow as they are. */
  opening(spanBytes: number): Buffer;
}

/** Encodes the resource and the scope that all spans of a process share. */
export function exportFrame(
  resource: Readonly<Record<string, AttributeValue>>,
  scope: { readonly name: string; readonly version: string },
): ExportFrame {
  const attributes = Object.entries(resource).map(([key, value]) =>
    attributeField(1, key, { value }),
  );
  const resourcePart = messageField(1, ...attributes);
  const scopePart = messageField(1, stringField(1, scope.name), stringField(2, scope.version));
  const opening = (spanBytes: number) => {
    const scopeSpans = scopePart.length + spanBytes;
    const scopeOpening = Buffer.from([...lengthTag(2), ...varint(scopeSpans)]);
    const resourceSpans = resourcePart.length + scopeOpening.length + scopeSpans;
    const resourceOpening = Buffer.from([...lengthTag(1), ...varint(resourceSpans)]);
    return Buffer.concat([resourceOpening, resourcePart, scopeOpening, scopePart]);
  };
  return { opening };
}
