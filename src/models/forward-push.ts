import type { ItemRows } from './item-rows.ts';

/** How exact a push is and how long it may take. */
export interface PushLimits {
  /** Mass below this times the items that go with an item waits there; a share of the mass that started. */
  readonly epsilon: number;
  /** Entries of rows and waiting items that are looked at before a push gives up on being as exact as that. */
  readonly work: number;
}

/** Where random walks end; `clear` comes before those of the next session. */
export interface ForwardPush {
  /** Mass of the walks that end at each item code, from below; 0 for most. */
  readonly estimate: Float64Array;
  /** Codes that walks came to; the first `count()` are in use. */
  readonly reached: Int32Array;
  count(): number;
  /** Puts mass on an item and takes the first step of its walks; an item that nothing goes with starts none. */
  start(code: number, mass: number): void;
  /** Lets the walks go on, each with chance `alpha` (0 to below 1) after each step. Called once. */
  push(alpha: number): void;
  /** Mass of walks that have not ended: with the estimates it is what started. */
  waiting(): number;
  clear(): void;
}

/**
 * Personalised PageRank from a few items by forward push (Andersen, Chung & Lang 2006, "Local graph partitioning
 * using PageRank vectors"): the mass that waits at an item is settled there by 1 - alpha and spread over its row by
 * alpha, wherever there is enough of it. A walk takes its first step always, and ends where nothing goes on.
 * What ends at any set of items is at least its estimates and at most them and what waits.
 * O(min(work, 1 / (epsilon · (1 - alpha)))), whatever the size of the graph, and without allocation.
 */
export function createForwardPush(
  rows: ItemRows,
  { epsilon, work: budget }: PushLimits,
): ForwardPush {
  const { offsets } = rows;
  const items = offsets.length - 1;
  // Signed numbers are indices without a conversion: a fifth of the time of a push.
  const codes = Int32Array.from(rows.codes);
  const shares = rowShares(rows);
  const estimate = new Float64Array(items);
  const residual = new Float64Array(items);
  const listed = new Uint8Array(items);
  const reached = new Int32Array(items);
  let count = 0;
  let started = 0;

  const spread = (code: number, mass: number): void => {
    const end = offsets[code + 1];
    for (let at = offsets[code]; at < end; at++) {
      const to = codes[at];
      residual[to] += mass * shares[at];
      if (listed[to] === 1) continue;
      listed[to] = 1;
      reached[count++] = to;
    }
  };
  /** Goes once over the items reached, those that join on the way too; returns its work, 0 when all was settled. */
  const sweep = (alpha: number, budget: number): number => {
    const enough = epsilon * started;
    let work = 0;
    let pushed = false;
    for (let i = 0; i < count && work < budget; i++) {
      const code = reached[i];
      const degree = offsets[code + 1] - offsets[code];
      const mass = residual[code];
      work += 1;
      if (mass <= enough * degree) continue;
      residual[code] = 0;
      estimate[code] += degree > 0 ? (1 - alpha) * mass : mass;
      spread(code, alpha * mass);
      work += degree;
      pushed = true;
    }
    return pushed ? work : 0;
  };
  return {
    estimate,
    reached,
    count: () => count,
    start(code, mass) {
      if (offsets[code] === offsets[code + 1]) return;
      started += mass;
      spread(code, mass);
    },
    push(alpha) {
      let left = budget;
      let work = 1;
      // Walks of one step have ended already.
      while (alpha > 0 && work > 0 && left > 0) {
        work = sweep(alpha, left);
        left -= work;
      }
      // What waits is settled for the last time where it is: without this, items with little would read as nothing.
      for (let i = 0; i < count; i++) {
        estimate[reached[i]] += (1 - alpha) * residual[reached[i]];
        residual[reached[i]] *= alpha;
      }
    },
    waiting() {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += residual[reached[i]];
      return sum;
    },
    clear() {
      for (let i = 0; i < count; i++) {
        estimate[reached[i]] = 0;
        residual[reached[i]] = 0;
        listed[reached[i]] = 0;
      }
      count = 0;
      started = 0;
    },
  };
}

/** The weights of each row over their sum. */
function rowShares({ offsets, weights }: ItemRows): Float32Array {
  const shares = new Float32Array(weights.length);
  for (let row = 0; row + 1 < offsets.length; row++) {
    let sum = 0;
    for (let at = offsets[row]; at < offsets[row + 1]; at++) sum += weights[at];
    for (let at = offsets[row]; at < offsets[row + 1]; at++) shares[at] = weights[at] / sum;
  }
  return shares;
}
