import type { ModelSlot } from '../../models/model.ts';
import type { Algorithms } from '../catalogue.ts';

/** Retrieves with a model. */
export function modelRetriever(slot: ModelSlot): Algorithms['retrievers'] {
  if ('unavailable' in slot) return { unavailable: slot.unavailable, retrieve: () => {} };
  const { model } = slot;
  return {
    usesGraph: model.graph !== undefined,
    retrieve: ({ query }, hits, limit) => model.retrieve(query, limit, hits),
  };
}

/** Scores with a model. */
export function modelScorer(slot: ModelSlot): Algorithms['scorers'] {
  if ('unavailable' in slot) return { unavailable: slot.unavailable, score: () => {} };
  const { model } = slot;
  return {
    usesGraph: model.graph !== undefined,
    score: ({ query }, { items, count }, scores) => model.score(query, items, count, scores),
  };
}
