import type { TableKind, TableLimits } from './global-table.ts';
import { countLines, type TableText, visitLines } from './table-lines.ts';
import { createMemory, readShape, seal, slotsFor } from './table-memory.ts';
import { maxKeyBytes } from './text-key.ts';
import { TextRows, type TextSpan } from './text-rows.ts';

const tab = 9;

/** Places of key and line of every line; `order` is the lines to keep, by their keys. */
interface Spans {
  readonly keyAt: Uint32Array;
  readonly keyEnd: Uint32Array;
  readonly end: Uint32Array;
  count: number;
}

/**
 * Makes a `set` of lines `key`, or a `sorted` map of lines `key TAB value`; the last line of a key stays. Throws
 * `SL_DATA_INVALID` for wrong lines, and before it takes more memory than the limits. O(n log n) comparisons, O(n) where
 * the lines are in order.
 */
export function buildTextTable(
  kind: Exclude<TableKind, 'u64-u32'>,
  text: TableText,
  limits: TableLimits,
): SharedArrayBuffer {
  const spans = findSpans(kind, text, limits);
  const order = orderOf(spans, text.bytes);
  const memory = createMemory(
    { kind, size: order.length, slots: slotsFor(order.length), ...heapOf(spans, order) },
    text.file,
    limits,
  );
  const rows = new TextRows(memory, readShape(memory, text.file));
  order.forEach((line, row) => {
    rows.fill(row, text.bytes, spanOf(spans, line));
  });
  seal(memory);
  return memory;
}

function findSpans(kind: 'set' | 'sorted', text: TableText, limits: TableLimits): Spans {
  const { bytes } = text;
  const lines = countLines(text, limits);
  const column = () => new Uint32Array(lines);
  const spans: Spans = { keyAt: column(), keyEnd: column(), end: column(), count: 0 };
  visitLines(text, (start, end) => {
    const tabAt = bytes.subarray(start, end).indexOf(tab);
    if (kind === 'set' && tabAt >= 0) return 'has a tab, expected one key';
    if (kind === 'sorted' && tabAt < 0) return 'has no tab, expected key, tab and value';
    const keyBytes = tabAt < 0 ? end - start : tabAt;
    if (keyBytes === 0) return 'has an empty key';
    if (keyBytes > maxKeyBytes)
      return `has a key of ${keyBytes} bytes, expected ${maxKeyBytes} at most`;
    spans.keyAt[spans.count] = start;
    spans.keyEnd[spans.count] = start + keyBytes;
    spans.end[spans.count] = end;
    spans.count += 1;
    return undefined;
  });
  return spans;
}

/** The lines in the order of their keys, of equal keys only the last. */
function orderOf({ keyAt, keyEnd, count }: Spans, bytes: Buffer): Uint32Array {
  const compare = (a: number, b: number): number => {
    const shared = Math.min(keyEnd[a] - keyAt[a], keyEnd[b] - keyAt[b]);
    for (let i = 0; i < shared; i++) {
      const difference = bytes[keyAt[a] + i] - bytes[keyAt[b] + i];
      if (difference !== 0) return difference;
    }
    return keyEnd[a] - keyAt[a] - (keyEnd[b] - keyAt[b]);
  };
  const order = Uint32Array.from({ length: count }, (_, line) => line);
  order.sort((a, b) => compare(a, b) || a - b);
  return order.filter((line, i) => i + 1 === count || compare(line, order[i + 1]) !== 0);
}

function heapOf(spans: Spans, order: Uint32Array): { keyBytes: number; valueBytes: number } {
  let keyBytes = 0;
  let valueBytes = 0;
  for (const line of order) {
    const { keyAt, keyEnd, valueAt, valueEnd } = spanOf(spans, line);
    keyBytes += keyEnd - keyAt;
    valueBytes += valueEnd - valueAt;
  }
  return { keyBytes, valueBytes };
}

/** In a set the value is empty. */
function spanOf({ keyAt, keyEnd, end }: Spans, line: number): TextSpan {
  const valueAt = Math.min(keyEnd[line] + 1, end[line]);
  return { keyAt: keyAt[line], keyEnd: keyEnd[line], valueAt, valueEnd: end[line] };
}
