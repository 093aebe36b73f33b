import type { ItemColumns, ItemVectors } from '../../../src/signals/known/item-columns.ts';
import type { PastEvents } from '../../../src/signals/signal.ts';
import { EventCodes, hashId } from '../../../src/telemetry/event-codes.ts';
import { createRandom } from '../harness/random.ts';

type Random = () => number;

export const itemCount = 100_000;
export const sessionCount = 100_000;
export const catalogCount = 4;
const dimensions = 48;
const centreCount = 300;
const pastCount = 100_000;
const pastMs = 3_600_000;

/** A made-up shop at full size: what the signals know of it, and what its events are drawn from. */
export interface Shop {
  readonly codes: EventCodes;
  readonly items: ItemColumns;
  readonly vectors: ItemVectors;
  /** Ends at the moment it was made. */
  readonly past: PastEvents;
  /** Hash of each session. */
  readonly sessions: Float64Array;
}

/** Makes a shop; the same for the same seed but for the times of its past. */
export function createShop({ nowMs, seed = 1 }: { nowMs: number; seed?: number }): Shop {
  const random = createRandom(seed);
  const codes = new EventCodes();
  const sessions = Float64Array.from({ length: sessionCount }, (_, s) => hashId(`session ${s}`));
  return {
    codes,
    items: createItems(codes),
    vectors: createVectors(random),
    past: createPast(sessions, { random, nowMs }),
    sessions,
  };
}

/**
 * An item of a catalogue, popularity after Zipf with exponent 1: ranks are log-uniform. Neighbours in rank are far
 * from each other in memory, as they are in a real shop.
 */
export function drawItem(random: Random, catalog: number): number {
  const ranks = itemCount / catalogCount;
  const rank = Math.floor(ranks ** random());
  return ((rank * 7919) % ranks) * catalogCount + catalog;
}

/** Ordinal of a session; a tenth of the sessions have a third of the events. */
export function drawSession(random: Random): number {
  return Math.floor(sessionCount * random() ** 2);
}

function createItems(codes: EventCodes): ItemColumns {
  const code = Array.from({ length: catalogCount }, (_, c) => codes.codeOf(`catalog-${c}`));
  const catalog = new Uint16Array(new SharedArrayBuffer(2 * itemCount));
  const live = new Uint8Array(new SharedArrayBuffer(itemCount)).fill(1);
  for (let item = 0; item < itemCount; item++) catalog[item] = code[item % catalogCount];
  return { count: itemCount, catalog, live };
}

/** Unit vectors around some centres, and lengths from 0.1 to 2; one item in 50 has none. */
function createVectors(random: Random): ItemVectors {
  const centres = Float64Array.from({ length: centreCount * dimensions }, () => random() - 0.5);
  const values = new Float32Array(new SharedArrayBuffer(4 * itemCount * dimensions));
  const norms = new Float32Array(new SharedArrayBuffer(4 * itemCount));
  const vector = new Float64Array(dimensions);
  for (let item = 0; item < itemCount; item++) {
    if (item % 50 === 7) continue;
    const centre = Math.floor(centreCount * random()) * dimensions;
    for (let d = 0; d < dimensions; d++) vector[d] = centres[centre + d] + 0.6 * (random() - 0.5);
    const length = Math.hypot(...vector);
    for (let d = 0; d < dimensions; d++) values[item * dimensions + d] = vector[d] / length;
    norms[item] = 0.1 * 20 ** random();
  }
  return { version: 'v1', dimensions, count: itemCount, values, norms };
}

function createPast(
  sessions: Float64Array,
  { random, nowMs }: { random: Random; nowMs: number },
): PastEvents {
  const past = {
    count: pastCount,
    session: new Float64Array(pastCount),
    item: new Int32Array(pastCount),
    atMs: new Float64Array(pastCount),
  };
  for (let i = 0; i < pastCount; i++) {
    const session = drawSession(random);
    past.session[i] = sessions[session];
    past.item[i] = drawItem(random, session % catalogCount);
    past.atMs[i] = nowMs - pastMs * (1 - i / pastCount);
  }
  return past;
}
