import type { KeptTick } from './kept-ticks.ts';
import type { LeafIndex } from './leaf-index.ts';
import { markCount } from './marks.ts';
import type { Roles } from './roles.ts';
import type { Windows } from './windows.ts';

/** What was counted of a measure, now and before: kind k of leaf l is row `l * kinds + k`. */
export interface Rows {
  readonly count: number;
  /** Codes of each label. */
  readonly codes: readonly Uint16Array[];
  readonly hits: Float64Array;
  readonly pastHits: Float64Array;
  /** Those of the leaf, the same for all its kinds. */
  readonly trials: Float64Array;
  readonly pastTrials: Float64Array;
  /** The same in stretches of the past that are as long as the present. */
  readonly quiet: readonly { readonly hits: Float64Array; readonly trials: Float64Array }[];
}

/** Stretches of the past that are looked at one by one. */
const maxStretches = 4;

/**
 * Sums the hits and trials of the leaves that have any, at most `maxLeaves` of them: smaller ones are summed up as one,
 * `__other__` in all labels. O(cells of the windows + leaves · log leaves).
 */
export function gatherRows(
  { present, past }: Windows,
  leaves: LeafIndex,
  { roles, width, maxLeaves }: { roles: Roles; width: number; maxLeaves: number },
): Rows {
  const weights = new Float64Array(leaves.size);
  for (const tick of [...present, ...past]) addWeights(tick, roles, weights);
  const { placeOf, codes } = chooseLeaves(weights, leaves, { width, maxLeaves });
  const kinds = roles.kinds.length;
  const sum = (ticks: readonly KeptTick[]) => {
    const hits = new Float64Array(codes[0].length * kinds);
    const trials = new Float64Array(codes[0].length);
    for (const tick of ticks) addTick(tick, { roles, placeOf, hits, trials });
    const ofLeaf = (_: number, row: number) => trials[Math.floor(row / kinds)];
    return { hits, trials: hits.map(ofLeaf) };
  };
  const now = sum(present);
  const before = sum(past);
  return {
    count: now.hits.length,
    codes: codes.map((column) => repeat(column, kinds)),
    ...now,
    pastHits: before.hits,
    pastTrials: before.trials,
    quiet: stretchesOf(past, present.length).map(sum),
  };
}

/** The last stretches of as many ticks each. */
function stretchesOf(ticks: readonly KeptTick[], length: number): readonly KeptTick[][] {
  const stretches = Math.min(maxStretches, Math.floor(ticks.length / length));
  return Array.from({ length: stretches }, (_, s) => {
    const end = ticks.length - s * length;
    return ticks.slice(end - length, end);
  });
}

function repeat(column: Uint16Array, times: number): Uint16Array {
  const repeated = new Uint16Array(column.length * times);
  for (let at = 0; at < repeated.length; at++) repeated[at] = column[Math.floor(at / times)];
  return repeated;
}

/** Counts of each mark in some ticks together. O(cells). */
export function markTotals(ticks: readonly KeptTick[]): Float64Array {
  const totals = new Float64Array(markCount);
  for (const { mark, count } of ticks) {
    for (let i = 0; i < mark.length; i++) totals[mark[i]] += count[i];
  }
  return totals;
}

function addWeights({ leaf, mark, count }: KeptTick, roles: Roles, weights: Float64Array): void {
  const { hitOf, isTrial } = roles;
  for (let i = 0; i < leaf.length; i++) {
    if (hitOf[mark[i]] >= 0 || isTrial[mark[i]] === 1) weights[leaf[i]] += count[i];
  }
}

function addTick(
  { leaf, mark, count }: KeptTick,
  {
    roles: { hitOf, isTrial, kinds },
    placeOf,
    hits,
    trials,
  }: { roles: Roles; placeOf: Int32Array; hits: Float64Array; trials: Float64Array },
): void {
  for (let i = 0; i < leaf.length; i++) {
    const place = placeOf[leaf[i]];
    if (place < 0) continue;
    const kind = hitOf[mark[i]];
    if (kind >= 0) hits[place * kinds.length + kind] += count[i];
    if (isTrial[mark[i]] === 1) trials[place] += count[i];
  }
}

/** Gives the heaviest leaves places of their own, and the others one together. */
function chooseLeaves(
  weights: Float64Array,
  leaves: LeafIndex,
  { width, maxLeaves }: { width: number; maxLeaves: number },
) {
  const live = Uint32Array.from(weights.keys()).filter((leaf) => weights[leaf] > 0);
  const isTooMany = live.length > maxLeaves;
  if (isTooMany) live.sort((a, b) => weights[b] - weights[a] || a - b);
  const kept = isTooMany ? live.subarray(0, maxLeaves - 1) : live;
  const placeOf = new Int32Array(weights.length).fill(-1);
  for (const leaf of live) placeOf[leaf] = kept.length;
  for (const [place, leaf] of kept.entries()) placeOf[leaf] = place;
  const places = kept.length + (isTooMany ? 1 : 0);
  // The place of the others stays at code 0 in all labels.
  const codes = Array.from({ length: width }, () => new Uint16Array(places));
  const own = new Uint16Array(width);
  for (const [place, leaf] of kept.entries()) {
    leaves.read(leaf, own);
    for (let label = 0; label < width; label++) codes[label][place] = own[label];
  }
  return { placeOf, codes };
}
