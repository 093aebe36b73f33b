import type { LeafTick } from '../../../src/anomaly/cube/leaf-tick.ts';
import {
  fallbackMark,
  latencyBucket,
  type PlainMark,
  plainMark,
  timeMark,
} from '../../../src/anomaly/cube/marks.ts';
import { degradationReasons, stageNames } from '../../../src/domain/degradation.ts';
import type { Rng } from '../../../src/math/rng.ts';
import { EventCodes } from '../../../src/telemetry/event-codes.ts';

/** Where a request of the made-up shop belongs. */
export interface Place {
  readonly work: string;
  readonly strategy: string;
  readonly segment: string;
  readonly catalog: string;
}

/** What happens at a place in a tick; a fault changes it. */
export interface Habits {
  requests: number;
  clickRate: number;
  fallbackRate: number;
  slowRate: number;
  missingRate: number;
}

const works = [
  { work: 'home', strategy: 'home-blend', weight: 3 },
  { work: 'session', strategy: 'session-blend', weight: 5 },
  { work: 'similar', strategy: 'similar-blend', weight: 2 },
];
const segments = { poland: 8, 'czech-republic': 3, 'other-eu': 2, 'outside-eu': 1 };
const catalogs = { trousers: 4, skirts: 3, blouses: 3, sale: 2 };

/** Traffic of a made-up shop, tick by tick: Poisson requests at 48 leaves, about 600 a tick. */
export class LeafTraffic {
  readonly codes: EventCodes;
  readonly #rng: Rng;
  #atMs = Date.UTC(2026, 0, 31);

  constructor(rng: Rng, codes = new EventCodes()) {
    this.#rng = rng;
    this.codes = codes;
  }

  get atMs(): number {
    return this.#atMs;
  }

  /** The next tick of 30 seconds; `change` may alter the habits of a place. */
  tick(change: (habits: Habits, place: Place) => void = () => {}): LeafTick {
    this.#atMs += 30_000;
    const columns: number[][] = [[], [], [], [], []];
    const leaf: number[] = [];
    const mark: number[] = [];
    const count: number[] = [];
    let row = 0;
    for (const place of places()) {
      const { weight, ...names } = place;
      const habits = {
        requests: weight,
        clickRate: 0.02,
        fallbackRate: 0.01,
        slowRate: 0.02,
        missingRate: 0.05,
      };
      change(habits, names);
      const counts = this.#countsOf(habits);
      if (counts.size === 0) continue;
      const { work, strategy, segment, catalog } = names;
      [work, strategy, segment, catalog].forEach((name, l) => {
        columns[l].push(this.codes.codeOf(name));
      });
      columns[4].push(0);
      for (const [key, value] of counts) {
        leaf.push(row);
        mark.push(key);
        count.push(value);
      }
      row += 1;
    }
    return {
      atMs: this.#atMs,
      seconds: 30,
      labels: columns.map((column) => Uint16Array.from(column)),
      leaf: Uint32Array.from(leaf),
      mark: Uint16Array.from(mark),
      count: Float64Array.from(count),
      overflow: 0,
    };
  }

  #countsOf(habits: Habits): Map<number, number> {
    const counts = new Map<number, number>();
    const add = (mark: number, n: number) => {
      if (n > 0) counts.set(mark, (counts.get(mark) ?? 0) + n);
    };
    const plain = (name: PlainMark, n: number) => add(plainMark[name], n);
    const requests = this.#poisson(habits.requests);
    plain('requests', requests);
    plain('exposures', 20 * requests);
    plain('clicks', this.#binomial(20 * requests, habits.clickRate));
    plain('featuresAsked', requests);
    plain('featuresMissing', this.#binomial(requests, habits.missingRate));
    const fallbacks = this.#binomial(requests, habits.fallbackRate);
    const score = 1 + stageNames.indexOf('score');
    add(fallbackMark(score, degradationReasons.indexOf('model.unavailable')), fallbacks);
    const slow = this.#binomial(requests, habits.slowRate);
    const features = 1 + stageNames.indexOf('features');
    add(timeMark(features, latencyBucket(0.06)), slow);
    const fast = this.#binomial(requests - slow, 0.5);
    add(timeMark(score, latencyBucket(0.004)), fast);
    add(timeMark(score, latencyBucket(0.006)), requests - slow - fast);
    return counts;
  }

  #poisson(mean: number): number {
    const limit = Math.exp(-mean);
    let product = this.#rng.unit();
    let n = 0;
    while (product > limit) {
      product *= this.#rng.unit();
      n += 1;
    }
    return n;
  }

  #binomial(trials: number, rate: number): number {
    let hits = 0;
    for (let t = 0; t < trials; t++) if (this.#rng.unit() < rate) hits += 1;
    return hits;
  }
}

function* places() {
  for (const { work, strategy, weight } of works) {
    for (const [segment, share] of Object.entries(segments)) {
      for (const [catalog, part] of Object.entries(catalogs)) {
        yield { work, strategy, segment, catalog, weight: (600 * weight * share * part) / 1680 };
      }
    }
  }
}
