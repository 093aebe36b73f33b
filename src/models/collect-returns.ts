import { createVectorTable } from '../math/kernels/vector-table.ts';
import {
  type CbowMatrices,
  type CbowTraining,
  type Clicks,
  clicksBefore,
  predictableEvents,
  sumContext,
} from './cbow-training.ts';
import type { Interactions } from './model.ts';
import { type ReturnCases, returnBucket, returnReach } from './return-bias.ts';

/** Clicks that returns are counted at, and multiplications that may cost. */
const maxReturnClicks = 50_000;
const maxReturnProducts = 4e9;

/** What the matrices say of returning, at clicks spread evenly over all; `bias` is added to the logits. */
export function collectReturns(
  interactions: Interactions,
  matrices: CbowMatrices,
  { window, decay, bias }: Pick<CbowTraining, 'window' | 'decay'> & { readonly bias: Float32Array },
): ReturnCases {
  const { dimensions, output } = matrices;
  const { codes, items } = interactions;
  const { at: events, before } = predictableEvents(interactions);
  const wanted = Math.min(maxReturnClicks, maxReturnProducts / (items.length * dimensions));
  const step = Math.max(1, Math.ceil(events.length / wanted));
  const table = createVectorTable(Math.max(1, items.length), dimensions);
  for (let code = 0; code < items.length; code++)
    table.setRow(code, output.subarray(code * dimensions, (code + 1) * dimensions));
  const all = Int32Array.from(items, (_, code) => code);
  const shares = new Float32Array(items.length);
  const clicks: Clicks = { codes: new Int32Array(returnReach), count: 0, decay };
  const context = new Float32Array(dimensions);
  const cases = { buckets: [] as number[], shares: [] as number[], returned: [] as number[] };
  const starts = [0];
  for (let i = 0; i < events.length; i += step) {
    const at = events[i];
    const count = clicksBefore(codes, at, before[at], clicks.codes);
    clicks.count = Math.min(count, window);
    sumContext(matrices, clicks, context);
    table.dot(context, all, items.length, shares);
    const total = exponentiate(shares, bias);
    for (let lag = 1; lag <= count; lag++) {
      const code = clicks.codes[lag - 1];
      if (clicks.codes.indexOf(code) < lag - 1) continue;
      cases.buckets.push(returnBucket(lag));
      cases.shares.push(shares[code] / total);
      cases.returned.push(codes[at] === code ? 1 : 0);
    }
    starts.push(cases.buckets.length);
  }
  return {
    starts: Uint32Array.from(starts),
    buckets: Uint8Array.from(cases.buckets),
    shares: Float32Array.from(cases.shares),
    returned: Uint8Array.from(cases.returned),
  };
}

/** Replaces logits by e^(logit + bias - greatest), and returns their sum. */
function exponentiate(logits: Float32Array, bias: Float32Array): number {
  let best = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    logits[i] += bias[i];
    best = Math.max(best, logits[i]);
  }
  let total = 0;
  for (let i = 0; i < logits.length; i++) {
    logits[i] = Math.exp(logits[i] - best);
    total += logits[i];
  }
  return total;
}
