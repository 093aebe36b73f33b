import type { Interactions } from './model.ts';

/** Sessions in the codes of a trained model, and the items that are to be learnt from them. */
export interface FoldInWindow {
  /** Codes below this have vectors; those from here on are items that the model does not know. */
  readonly known: number;
  /** Code of each item to learn, in the order in which they were asked for. */
  readonly asked: ReadonlyMap<string, number>;
  /** Session s has the codes `offsets[s]` to `offsets[s + 1] - 1`. */
  readonly offsets: Uint32Array;
  readonly codes: Uint32Array;
  /** Epoch milliseconds of each event. */
  readonly atMs: Float64Array;
}

/** Where an item occurs in a window. */
export interface Occurrences {
  readonly clicks: number;
  /** Epoch milliseconds of the first click, infinite where there is none. */
  readonly firstAtMs: number;
  readonly sessions: readonly number[];
  /** Codes of the other, known items that were clicked just before or after it, once for each time. */
  readonly neighbours: readonly number[];
}

/** The code of every item that is neither known nor asked for. */
const nobody = 0xffffffff;

/**
 * Puts sessions into the codes of a model's `ids`; items to learn that are not among them get the codes behind them.
 * O(ids + events).
 *
 * @example createFoldInWindow(['A', 'B'], ['B', 'C'], interactions).asked // Map { 'B' => 1, 'C' => 2 }
 */
export function createFoldInWindow(
  ids: readonly string[],
  items: readonly string[],
  interactions: Interactions,
): FoldInWindow {
  const codeOf = new Map(ids.map((id, code) => [id, code]));
  const asked = new Map<string, number>();
  let next = ids.length;
  for (const id of items) asked.set(id, codeOf.get(id) ?? asked.get(id) ?? next++);
  const recoded = interactions.items.map((id) => codeOf.get(id) ?? asked.get(id) ?? nobody);
  return {
    known: ids.length,
    asked,
    offsets: interactions.offsets,
    atMs: interactions.atMs,
    codes: Uint32Array.from(interactions.codes, (code) => recoded[code]),
  };
}

/** Finds where each item to learn occurs, by code; nowhere is an entry too. O(events). */
export function findOccurrences(window: FoldInWindow): ReadonlyMap<number, Occurrences> {
  const { known, asked, offsets, codes, atMs } = window;
  const found = new Map(
    [...asked.values()].map((code) => [
      code,
      {
        clicks: 0,
        firstAtMs: Number.POSITIVE_INFINITY,
        sessions: [] as number[],
        neighbours: [] as number[],
      },
    ]),
  );
  for (let session = 0; session + 1 < offsets.length; session++)
    for (let at = offsets[session]; at < offsets[session + 1]; at++) {
      const item = found.get(codes[at]);
      if (item === undefined) continue;
      item.clicks += 1;
      item.firstAtMs = Math.min(item.firstAtMs, atMs[at]);
      if (item.sessions.at(-1) !== session) item.sessions.push(session);
      for (const other of [at - 1, at + 1]) {
        const inside = other >= offsets[session] && other < offsets[session + 1];
        if (inside && codes[other] < known && codes[other] !== codes[at])
          item.neighbours.push(codes[other]);
      }
    }
  return found;
}

/**
 * Whether every session holds an item to learn: then the sessions were picked for that, and how often the items occur
 * in them does not tell how often they are clicked. O(events).
 */
export function isPicked({ asked, offsets, codes }: FoldInWindow): boolean {
  const wanted = new Set(asked.values());
  for (let session = 0; session + 1 < offsets.length; session++) {
    const clicks = codes.subarray(offsets[session], offsets[session + 1]);
    if (!clicks.some((code) => wanted.has(code))) return false;
  }
  return true;
}
