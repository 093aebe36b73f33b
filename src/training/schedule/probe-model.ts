import { Hits, type Interactions, type Model, type ModelQuery } from '../../models/model.ts';
import type { ItemTable } from '../../stores/item-table.ts';

/** How a model behaves when it is asked, whatever the quality of its answers. */
export interface ModelProbe {
  /** Whether all scores were finite and none negative, and all items exist. */
  readonly isSound: boolean;
  /** Share of the items of the table that were among the first 20 of any answer. */
  readonly coverage: number;
  /** Median milliseconds of an answer; 0 where nothing was asked. */
  readonly queryMs: number;
}

const listLength = 20;
const recentCapacity = 50;
const scoredItems = 500;

/**
 * Asks a model what comes next in sessions, evenly chosen, and once without any. O(queries · cost of a query).
 *
 * @example probeModel(model, interactions, table).coverage // 0.31
 */
export function probeModel(
  model: Pick<Model, 'retrieve' | 'score'>,
  interactions: Interactions,
  table: ItemTable,
  { queries = 500, now = () => performance.now() }: { queries?: number; now?: () => number } = {},
): ModelProbe {
  const hits = new Hits(listLength);
  const scored = Int32Array.from({ length: Math.min(table.size, scoredItems) }, (_, i) => i);
  const scores = new Float32Array(scored.length);
  const seen = new Uint8Array(table.size);
  const times: number[] = [];
  let isSound = true;
  for (const query of queriesOf(interactions, table, queries)) {
    const startedAt = now();
    model.retrieve(query, listLength, hits);
    times.push(now() - startedAt);
    model.score(query, scored, scored.length, scores);
    isSound &&= areSound(hits.scores, hits.count) && areSound(scores, scores.length);
    for (let i = 0; i < hits.count; i++) {
      const item = hits.items[i];
      if (item >= 0 && item < table.size) seen[item] = 1;
      else isSound = false;
    }
  }
  const covered = seen.reduce((sum, one) => sum + one, 0);
  return { isSound, coverage: covered / Math.max(1, table.size), queryMs: median(times) };
}

function* queriesOf(
  { items, offsets, codes, atMs }: Interactions,
  table: ItemTable,
  queries: number,
): Generator<ModelQuery> {
  const dense = items.map((id) => table.indexOf(id));
  const sessions = offsets.length - 1;
  const every = Math.max(1, Math.ceil(sessions / queries));
  const nothing = { anchor: -1, recent: new Int32Array(0), purpose: 'next' } as const;
  yield { ...nothing, nowMs: atMs.at(-1) ?? 0 };
  for (let session = 0; session < sessions; session += every) {
    const [start, end] = [offsets[session], offsets[session + 1]];
    if (end === start) continue;
    const first = Math.max(start, end - recentCapacity);
    const recent = Int32Array.from(codes.subarray(first, end), (code) => dense[code]);
    yield { ...nothing, anchor: recent[recent.length - 1], recent, nowMs: atMs[end - 1] };
  }
}

function areSound(scores: Float32Array, count: number): boolean {
  for (let i = 0; i < count; i++)
    if (!(scores[i] >= 0 && scores[i] < Number.POSITIVE_INFINITY)) return false;
  return true;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
