import { createRng, type Rng } from '../../math/rng.ts';
import type { Interactions } from '../model.ts';
import { userItems } from '../user-items.ts';
import type { ClickExamples } from './click-examples.ts';
import { type ClickFeatures, eachHistoryFeature } from './click-features.ts';
import { createExampleColumns } from './example-columns.ts';
import type { FeatureRows } from './feature-rows.ts';

/** How examples are made of interactions. */
export interface ExampleOptions {
  /** Events before an example that are its history. */
  readonly window: number;
  /** Negatives drawn for each event, where no reads are known. */
  readonly negatives: number;
  readonly sampling: 'uniform' | 'popularity';
  /** Share of all reads that the data hold, above 0. */
  readonly keptReads: number;
  /** Share of the examples that go without the id of the user, and share of those without the id of the item. */
  readonly idDropout: number;
  /** The latest events that are learnt from. */
  readonly maxEvents: number;
  readonly seed: number;
}

/** Examples, and what their making does to logits. */
export interface InteractionExamples {
  readonly examples: ClickExamples;
  /** The event, or read, that an example was made for: those of one stay together. */
  readonly groups: Uint32Array;
  /**
   * By item, ln w of how often it is a negative of an event, where naturally it is once. Added to a logit it makes p of
   * the fit the natural p / (p + (1 - p) / w) (He et al. 2014).
   */
  readonly corrections: Float32Array;
}

/** Draws for one negative before it is given up: whoever had nearly everything has few. */
const maxDraws = 50;

/**
 * Makes an example of each event, and negatives: the reads whose user never took the item up, or, where there are no
 * reads, items drawn from those that the user, or the session of nobody known, never had. The history of an example
 * are the events before it in its session, of a read those in the last session of its user. Deterministic for a seed.
 * O(examples · features).
 */
export function interactionExamples(
  interactions: Interactions,
  features: ClickFeatures,
  options: ExampleOptions,
): InteractionExamples {
  const { codes } = interactions;
  const rng = createRng(options.seed);
  const had = hadItems(interactions);
  const maker = createExampleMaker(features, options, rng);
  const reads = interactions.reads?.items.length ? interactions.reads : undefined;
  const drawing = reads === undefined ? createDraw(interactions, options, rng) : undefined;
  const skipped = Math.max(0, codes.length - options.maxEvents);
  let group = 0;
  eachEvent(interactions, (event, { session, start, user }) => {
    if (event < skipped) return;
    const history = codes.subarray(Math.max(start, event - options.window), event);
    maker.add({ user, history, item: codes[event], clicked: 1, group });
    for (let n = 0; drawing !== undefined && n < options.negatives; n++) {
      const item = drawing.draw((code) => had(session, user, code));
      if (item >= 0) maker.add({ user, history, item, clicked: 0, group });
    }
    group += 1;
  });
  if (reads !== undefined) {
    const historyOf = createHistories(interactions, options.window);
    for (const [r, item] of reads.items.entries()) {
      const user = reads.users[r];
      if (had(-1, user, item)) continue;
      maker.add({
        user,
        history: historyOf(user, reads.atMs[r]),
        item,
        clicked: 0,
        group: group++,
      });
    }
  }
  const corrections =
    drawing?.corrections ??
    new Float32Array(interactions.items.length).fill(Math.log(options.keptReads));
  return { ...maker.finish(), corrections };
}

interface Place {
  readonly session: number;
  /** First event of the session. */
  readonly start: number;
  /** -1 for nobody known. */
  readonly user: number;
}

function eachEvent(
  { offsets, userOf }: Interactions,
  visit: (event: number, place: Place) => void,
): void {
  for (let session = 0; session + 1 < offsets.length; session++) {
    const place = { session, start: offsets[session], user: userOf?.[session] ?? -1 };
    for (let event = offsets[session]; event < offsets[session + 1]; event++) visit(event, place);
  }
}

/** Says whether a user, or a session of nobody known, ever had an item. */
function hadItems(
  interactions: Interactions,
): (session: number, user: number, item: number) => boolean {
  const { offsets, codes, users = [] } = interactions;
  const rows = userItems(interactions);
  return (session, user, item) => {
    if (user < 0) return codes.subarray(offsets[session], offsets[session + 1]).includes(item);
    if (user >= users.length) return false;
    return includesSorted(rows.codes, item, rows.offsets[user], rows.offsets[user + 1]);
  };
}

function includesSorted(list: Uint32Array, value: number, from: number, to: number): boolean {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low < to && list[low] === value;
}

/** Draws negatives, and says how often each item is one. */
function createDraw({ items, codes }: Interactions, options: ExampleOptions, rng: Rng) {
  const { negatives, sampling } = options;
  const counts = new Float64Array(items.length);
  for (const code of codes) counts[code] += 1;
  const once =
    sampling === 'uniform' ? () => rng.below(items.length) : () => codes[rng.below(codes.length)];
  const share = (count: number) =>
    sampling === 'uniform' ? 1 / counts.length : Math.max(1, count) / codes.length;
  return {
    corrections: Float32Array.from(counts, (count) => Math.log(negatives * share(count))),
    /** An item that `isTaken` does not hold; -1 when none was found. */
    draw(isTaken: (item: number) => boolean): number {
      for (let tries = 0; tries < maxDraws; tries++) {
        const item = once();
        if (!isTaken(item)) return item;
      }
      return -1;
    },
  };
}

/** What a user had done last in a session before a time. */
function createHistories(
  { offsets, codes, atMs, users = [], userOf }: Interactions,
  window: number,
): (user: number, beforeMs: number) => Uint32Array {
  const sessions: number[][] = users.map(() => []);
  for (let session = 0; session + 1 < offsets.length; session++)
    sessions[userOf?.[session] ?? -1]?.push(session);
  return (user, beforeMs) => {
    // Sessions are in order of time; that which began last before the read is looked for from the end.
    const last = sessions[user]?.findLast((session) => atMs[offsets[session]] < beforeMs);
    if (last === undefined) return new Uint32Array(0);
    let end = offsets[last + 1];
    while (end > offsets[last] && atMs[end - 1] >= beforeMs) end -= 1;
    return codes.subarray(Math.max(offsets[last], end - window), end);
  };
}

interface Example {
  readonly user: number;
  readonly history: Uint32Array;
  readonly item: number;
  readonly clicked: 0 | 1;
  readonly group: number;
}

function createExampleMaker(features: ClickFeatures, { idDropout }: ExampleOptions, rng: Rng) {
  const { userRows, itemRows } = features;
  const columns = createExampleColumns();
  const groups: number[] = [];
  /** The id is the first feature of a row that has one. */
  const addRow = ({ offsets, codes, values }: FeatureRows, row: number): void => {
    const dropped = rng.unit() < idDropout ? 1 : 0;
    for (let at = offsets[row] + dropped; at < offsets[row + 1]; at++)
      columns.feature(codes[at], values[at]);
  };
  return {
    add({ user, history, item, clicked, group }: Example): void {
      if (user >= 0 && user + 1 < userRows.offsets.length) addRow(userRows, user);
      eachHistoryFeature(features, history.length, {
        codeAt: (place) => history[history.length - 1 - place],
        say: columns.feature,
      });
      addRow(itemRows, item);
      columns.end(clicked);
      groups.push(group);
    },
    finish: () => ({ examples: columns.build(), groups: Uint32Array.from(groups) }),
  };
}
