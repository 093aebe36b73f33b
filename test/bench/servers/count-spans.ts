const resourceSpansField = 1;
const scopeSpansField = 2;
const spansField = 2;

/**
 * Counts the spans of an OTLP `ExportTraceServiceRequest` by walking the length-delimited fields
 * resource_spans (1) → scope_spans (2) → spans (2), without decoding any span.
 */
export function countSpans(message: Buffer): number {
  let count = 0;
  walk(message, resourceSpansField, (resourceSpans) => {
    walk(resourceSpans, scopeSpansField, (scopeSpans) => {
      walk(scopeSpans, spansField, () => {
        count += 1;
      });
    });
  });
  return count;
}

function walk(message: Buffer, field: number, visit: (inner: Buffer) => void): void {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    if ((tag & 7) !== 2) throw new Error(`wire type ${tag & 7}, expected length-delimited`);
    const length = varint();
    if (tag >> 3 === field) visit(message.subarray(at, at + length));
    at += length;
  }
}
