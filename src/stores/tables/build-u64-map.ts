import type { TableLimits } from './global-table.ts';
import { countLines, type TableText, visitLines } from './table-lines.ts';
import { createMemory, headWord, readShape, seal, slotsFor } from './table-memory.ts';
import { U64Key } from './u64-key.ts';
import { U64Map } from './u64-map.ts';

const tab = 9;
const maxValue = 0xffff_ffff;

/**
 * Makes a `u64-u32` map of lines `key TAB value`, both decimal; the last line of a key stays. Throws `SL_DATA_INVALID`
 * for wrong lines, and before it takes more memory than the limits.
 */
export function buildU64Map(text: TableText, limits: TableLimits): SharedArrayBuffer {
  const lines = countLines(text, limits);
  const shape = {
    kind: 'u64-u32',
    size: lines,
    slots: slotsFor(lines),
    keyBytes: 0,
    valueBytes: 0,
  } as const;
  const memory = createMemory(shape, text.file, limits);
  const map = new U64Map(memory, readShape(memory, text.file));
  const { bytes } = text;
  const key = new U64Key();
  const value = new U64Key();
  let size = 0;
  visitLines(text, (start, end) => {
    const tabAt = bytes.subarray(start, end).indexOf(tab);
    if (tabAt < 0) return 'has no tab, expected key, tab and value';
    if (!key.takeBytes(bytes, start, start + tabAt))
      return 'has a wrong key, expected decimal digits below 2^64';
    if (!value.takeBytes(bytes, start + tabAt + 1, end) || value.high !== 0)
      return `has a wrong value, expected decimal digits up to ${maxValue}`;
    if (map.put(key, value.low)) size += 1;
    return undefined;
  });
  new Uint32Array(memory)[headWord.size] = size;
  seal(memory);
  return memory;
}
