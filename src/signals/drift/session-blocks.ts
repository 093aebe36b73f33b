import type { Rng } from '../../math/rng.ts';

/** The items of a domain's clicks, session by session. */
export interface SessionBlocks {
  readonly items: Int32Array;
  /** Session s has the items `offsets[s]` to `offsets[s + 1] - 1`. */
  readonly offsets: Uint32Array;
}

/**
 * Puts clicks together by session, each session's in their order. A click without session is one of its own. O(n).
 *
 * @example blocksOf(Int32Array.of(7, 8, 9), Float64Array.of(1, 2, 1)).items // Int32Array [7, 9, 8]
 */
export function blocksOf(item: Int32Array, session: Float64Array): SessionBlocks {
  const bySession = new Map<number, number[]>();
  for (let i = 0; i < item.length; i++) {
    const key = session[i] === 0 ? -1 - i : session[i];
    const block = bySession.get(key);
    if (block === undefined) bySession.set(key, [item[i]]);
    else block.push(item[i]);
  }
  const items = new Int32Array(item.length);
  const offsets = new Uint32Array(bySession.size + 1);
  for (const [s, block] of [...bySession.values()].entries()) {
    items.set(block, offsets[s]);
    offsets[s + 1] = offsets[s] + block.length;
  }
  return { items, offsets };
}

/**
 * Fills a window with whole sessions in random order, the first one from a random place on: what the last clicks
 * of a domain look like while nothing changes. Clicks of one session are alike, so single clicks in random order
 * would vary far less than real windows do. O(window).
 */
export function drawWindow({ items, offsets }: SessionBlocks, rng: Rng, out: Int32Array): void {
  const sessions = offsets.length - 1;
  for (let filled = 0; filled < out.length; ) {
    const session = rng.below(sessions);
    const end = offsets[session + 1];
    let at = offsets[session];
    if (filled === 0) at += rng.below(end - at);
    while (at < end && filled < out.length) out[filled++] = items[at++];
  }
}
