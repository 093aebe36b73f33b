import { instantiateKernels } from './instantiate.ts';
import { RowCodes } from './row-codes.ts';
import type { Rows } from './vector-table.ts';

/** From this many rows on codes pay. */
export const minCodedRows = 2048;

/** Positions that one pool may have. */
export const poolCapacity = 4096;

/** The kernels of a vector table in WebAssembly; undefined where that, or its SIMD, is missing. */
export function createSimdRows(
  rowCount: number,
  stride: number,
  hasCodes: boolean,
): Rows | undefined {
  const rowBytes = stride * 4;
  const listBytes = poolCapacity * 4;
  // Rows are scanned in fours, and one more, always zero, stands for every item outside the table.
  const rows = 64;
  const query = rows + ((rowCount + 4) & ~3) * rowBytes;
  const items = align(query + rowBytes);
  const scores = items + listBytes;
  const order = scores + listBytes;
  const work = order + listBytes;
  const heap = work + 4 * listBytes;
  const codesAt = align(heap + rowCount * 8 + 16);
  const codesBytes = hasCodes ? RowCodes.bytes(rowCount, stride) : 0;
  const instance = instantiateKernels(codesAt + codesBytes);
  if (!instance) return undefined;
  const { kernels, buffer } = instance;
  const queryView = new Float32Array(buffer, query, stride);
  const itemsView = new Int32Array(buffer, items, poolCapacity);
  const scoresView = new Float32Array(buffer, scores, poolCapacity);
  const orderView = new Int32Array(buffer, order, poolCapacity);
  const foundRows = new Int32Array(buffer, heap, rowCount * 2);
  const foundScores = new Float32Array(buffer, heap, rowCount * 2);
  const rowCodes = hasCodes ? new RowCodes(buffer, { at: codesAt, rowCount, stride }) : undefined;
  // Where more rows than this need their exact product, one scan of them all is faster.
  const patience = Math.max(4 * minCodedRows, rowCount) >> 3;
  const twoStage = (codes: RowCodes, limit: number): number => {
    if (limit > patience >> 1 || !codes.encodeQuery(queryView)) return -1;
    const { scalesAt, marginsAt, queryAt, workAt, unit, length } = codes;
    // Sixteen times as many groups as rows are wanted: the best rows are hardly ever in one.
    const merged = Math.max(1, Math.floor(rowCount / (64 * limit)));
    return kernels.nearestTwoStage(
      rows,
      rowCount,
      rowBytes,
      query,
      limit,
      heap,
      codes.codesAt,
      scalesAt,
      marginsAt,
      queryAt,
      unit,
      length,
      workAt,
      merged,
      patience,
    );
  };
  return {
    values: new Float32Array(buffer, rows, rowCount * stride),
    changed(row) {
      rowCodes?.encode(row, new Float32Array(buffer, rows + row * rowBytes, stride));
    },
    dot(vector, list, count, out) {
      queryView.set(vector);
      for (let from = 0; from < count; from += poolCapacity) {
        const size = Math.min(poolCapacity, count - from);
        itemsView.set(list.subarray(from, from + size));
        kernels.dot(rows, rowCount, rowBytes, query, items, size, scores);
        out.set(scoresView.subarray(0, size), from);
      }
    },
    nearest(vector, limit, outItems, outScores) {
      if (limit === 0) return 0;
      queryView.set(vector);
      let found = rowCodes === undefined ? -1 : twoStage(rowCodes, limit);
      if (found < 0) found = kernels.nearest(rows, rowCount, rowBytes, query, limit, heap);
      for (let i = 0; i < found; i++) {
        outItems[i] = foundRows[2 * i];
        outScores[i] = foundScores[2 * i + 1];
      }
      return found;
    },
    mmr(pool) {
      const { count } = pool;
      const wanted = Math.min(pool.wanted, count);
      if (wanted === 0) return 0;
      itemsView.set(pool.items.subarray(0, count));
      scoresView.set(pool.scores.subarray(0, count));
      const { diversity } = pool;
      kernels.mmr(rows, rowCount, rowBytes, items, scores, count, wanted, diversity, order, work);
      pool.order.set(orderView.subarray(0, wanted));
      return wanted;
    },
  };
}

/** The next cache line. */
function align(address: number): number {
  return Math.ceil(address / 64) * 64;
}
