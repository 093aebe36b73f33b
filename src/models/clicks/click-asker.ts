import type { Block, Crew } from '../../math/kernels/crew/crew.ts';
import type { ItemCodes } from '../item-codes.ts';
import { latestClicks } from '../latest-clicks.ts';
import type { ModelQuery } from '../model.ts';
import { type ClickFeatures, eachHistoryFeature } from './click-features.ts';
import type { ClickForward } from './click-forward.ts';
import type { ClickWeights } from './click-weights.ts';

/** Who asks, as a click model sees it. */
export interface ClickAsker {
  /** The sum of the embeddings, and a 1 behind it: its product with the factors of an item is their part of the logit. */
  readonly query: Float32Array;
  /** What who asks brings to the first layer; absent without a network. */
  readonly firstLayer: Block<Float32Array> | undefined;
  /** Writes both, and answers the part of the logit that is the same for all items. O(features · first layer). */
  set(query: ModelQuery): number;
}

/** Makes the side of who asks: the user, where one is known, and the clicks so far. */
export function createClickAsker(
  crew: Crew,
  {
    forward,
    features,
    codes,
    weights,
    window,
  }: {
    forward: ClickForward;
    features: ClickFeatures;
    codes: ItemCodes;
    weights: Pick<ClickWeights, 'dimensions' | 'bias'>;
    window: number;
  },
): ClickAsker {
  const { dimensions, bias } = weights;
  const { users, userRows, historyItems, fieldOf } = features;
  const userAt = new Map(users.map((user, row) => [user, row]));
  const [layer] = forward.layers;
  const firstLayer = layer && crew.float32(layer.outputs);
  const input = new Float32Array(layer?.inputs ?? features.fields * dimensions);
  const query = new Float32Array(dimensions + 1);
  const clicks = new Int32Array(window);
  const embeddings = forward.embeddings.values;
  let [own, squares] = [0, 0];
  const add = (code: number, value: number): void => {
    own += value * forward.linear.values[code];
    const field = fieldOf[code] * dimensions;
    for (let d = 0; d < dimensions; d++) {
      const part = value * embeddings[code * dimensions + d];
      query[d] += part;
      squares += part * part;
      input[field + d] += part;
    }
  };
  const history = { codeAt: (place: number) => clicks[place], say: add };
  return {
    query,
    firstLayer,
    set(asked) {
      [own, squares] = [bias, 0];
      query.fill(0);
      input.fill(0);
      const user = asked.user === undefined ? undefined : userAt.get(asked.user);
      if (user !== undefined)
        for (let at = userRows.offsets[user]; at < userRows.offsets[user + 1]; at++)
          add(userRows.codes[at], userRows.values[at]);
      const count = latestClicks(asked, codes, clicks);
      // Items that nobody clicked have no feature of history.
      let known = 0;
      for (let i = 0; i < count; i++) if (clicks[i] < historyItems) clicks[known++] = clicks[i];
      eachHistoryFeature(features, known, history);
      let pairs = -squares;
      for (let d = 0; d < dimensions; d++) pairs += query[d] * query[d];
      query[dimensions] = 1;
      if (layer !== undefined && firstLayer !== undefined)
        multiplyInput(input, forward.dense.values, layer, firstLayer.values);
      return own + pairs / 2;
    },
  };
}

/** Writes input · weights; most inputs are 0, those of the items among them. */
function multiplyInput(
  input: Float32Array,
  dense: Float32Array,
  { outputs, weightsAt }: { outputs: number; weightsAt: number },
  out: Float32Array,
): void {
  out.fill(0);
  for (let k = 0; k < input.length; k++) {
    if (input[k] === 0) continue;
    const row = weightsAt + k * outputs;
    for (let column = 0; column < outputs; column++) out[column] += input[k] * dense[row + column];
  }
}
